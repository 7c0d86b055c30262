#include <doctest/doctest.h>

#include "checkpoint/torch_goldens.hpp"

namespace sam6d::test {
namespace {

TEST_CASE("files of PyTorch, damaged and hostile ones") {
  const std::filesystem::path folder = std::filesystem::path(SAM6D_TEST_DATA) / "checkpoints";
  std::ifstream file(folder / "expected.json");
  const Json expected = Json::parse(file);
  CHECK(expected.size() == 82);
  check_torch_goldens(folder, expected);
}

TEST_CASE("a list that holds itself does not keep its dictionary from being read") {
  const std::filesystem::path folder = std::filesystem::path(SAM6D_TEST_DATA) / "checkpoints";
  const Checkpoint checkpoint = Checkpoint::from_file(folder / "recursive_memo.pth");
  REQUIRE(checkpoint.tensors().size() == 1);
  CHECK(at<float>(checkpoint.tensors().at("w"), 0) == 1);
  CHECK(at<float>(checkpoint.tensors().at("w"), 1) == 1);
}

}  // namespace
}  // namespace sam6d::test

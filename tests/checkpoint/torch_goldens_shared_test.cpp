#include <doctest/doctest.h>

#include "checkpoint/torch_goldens.hpp"
#include "support/shared_data.hpp"

namespace sam6d::test {
namespace {

TEST_CASE("all files of the goldens") {
  const auto folder = shared_data("goldens/checkpoints");
  if (!folder) return;
  std::ifstream file(*folder / "expected.json");
  const Json expected = Json::parse(file);
  CHECK(expected.at("torch").size() == 83);
  check_torch_goldens(*folder, expected.at("torch"));

  CHECK(expected.at("safetensors").size() > 20);
  for (const auto& [key, entry] : expected.at("safetensors").items()) {
    const std::string& name = key;  // clang 14 cannot capture structured bindings
    CAPTURE(name);
    const std::optional<Checkpoint> read = read_in_every_way(*folder / name);
    if (entry.at("ok") == false) CHECK_MESSAGE(!read, "was read");
    if (entry.at("ok") == true) CHECK_MESSAGE(read, "was refused");
    if (!read || !entry.contains("value")) continue;
    CHECK(read->tensors().size() == entry.at("value").size());
    for (const auto& [tensor_key, golden] : entry.at("value").items()) {
      const std::string& tensor = tensor_key;
      CAPTURE(tensor);
      check_tensor(read->tensors().at(tensor), golden.at("tensor"));
    }
  }
}

}  // namespace
}  // namespace sam6d::test

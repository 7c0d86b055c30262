#include "nets/stored_shapes.hpp"

#include <cstddef>
#include <memory>
#include <vector>

#include <doctest/doctest.h>

#include "checkpoint/safetensors.hpp"
#include "support/errors.hpp"

namespace sam6d::test {
namespace {

/// Weights of one file with these tensors, all zero.
Weights weights_of(const std::map<std::string, std::vector<std::uint64_t>>& shapes) {
  TensorMap tensors;
  for (const auto& [name, shape] : shapes) {
    tensors[name] = {DType::kUint8, shape,
                     std::vector<std::byte>(static_cast<std::size_t>(*element_count(shape)))};
  }
  const auto bytes = std::make_shared<std::vector<std::byte>>(safetensors_bytes(tensors));
  return Weights::from_memory(*bytes, "made up", bytes);
}

TEST_CASE("sizes are found under whichever prefix a file has, later files first") {
  const Weights first = weights_of({{"model.token", {1, 4}},
                                    {"model.blocks.0.weight", {4, 3}},
                                    {"model.blocks.1.weight", {4, 3}},
                                    {"model.blocks.3.weight", {4, 3}},
                                    {"other", {7}}});
  const nets::StoredShapes shapes(first, "token");
  CHECK(shapes.side("token", 1) == 4);
  CHECK(shapes.side("blocks.0.weight", 1) == 3);
  CHECK(shapes.count("blocks.", ".weight") == 2);
  CHECK_FALSE(shapes.has("other"));
  const nets::StoredShapes both(
      first.overridden_by(weights_of({{"token", {1, 4}}, {"blocks.0.weight", {4, 5}}})), "token");
  CHECK(both.side("blocks.0.weight", 1) == 5);
  CHECK(both.count("blocks.", ".weight") == 2);
}

TEST_CASE("what is not there is an error that names it, and formulas have no shapes") {
  const nets::StoredShapes shapes(weights_of({{"a_token", {1, 4}}, {"model.token", {2}}}), "token");
  CHECK(shapes.side("token", 0) == 2);
  check_error([&] { static_cast<void>(shapes.side("token", 1)); }, ErrorCode::kBadWeights, "token");
  check_error([&] { static_cast<void>(shapes.side("norm", 0)); }, ErrorCode::kBadWeights, "norm");
  CHECK(nets::StoredShapes(weights_of({{"a", {1}}}), "token").empty());
  CHECK(nets::StoredShapes(Weights::synthetic(Network::kSam), "token").empty());
}

}  // namespace
}  // namespace sam6d::test

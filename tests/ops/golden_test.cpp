#include <filesystem>

#include <doctest/doctest.h>

#include "ops/golden.hpp"

namespace sam6d::test {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(SAM6D_TEST_DATA) / "point_sets";

TEST_CASE("furthest point sampling returns the reference's indices") {
  check_furthest_point_sampling(kFolder / "furthest_point_sampling.safetensors");
}

TEST_CASE("ball query returns the reference's indices") {
  check_ball_query(kFolder / "ball_query.safetensors");
}

TEST_CASE("gather, group, three_nn and three_interpolate return the reference's values") {
  check_operators(kFolder / "operators.safetensors");
}

TEST_CASE("set abstraction and feature propagation return the reference's values") {
  check_modules(kFolder / "modules.safetensors");
}

}  // namespace
}  // namespace sam6d::test

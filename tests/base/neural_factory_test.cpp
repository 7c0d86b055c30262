#include "base/neural_factory.hpp"

#include <string>

#include <doctest/doctest.h>

#include "support/errors.hpp"

namespace sam6d {
namespace {

// This program does not link the neural library.
TEST_CASE("a program without the neural library is told what to do, and takes none but its own") {
  const NeuralLibrary library = neural_library();
  CHECK(!library.available);
  CHECK(library.problem.find("SAM6D_WITH_TORCH") != std::string::npos);
  const auto missing = test::error_of([] { (void)neural_factory(); });
  REQUIRE(missing);
  CHECK(missing->code() == ErrorCode::kNotBuilt);

  static constexpr NeuralFactory kOther{"0.0.9", nullptr, nullptr, nullptr, nullptr};
  register_neural_factory(&kOther);
  const auto other = test::error_of([] { (void)neural_factory(); });
  REQUIRE(other);
  CHECK(other->code() == ErrorCode::kNotBuilt);
  CHECK(test::mentions(other, "0.0.9"));
}

}  // namespace
}  // namespace sam6d

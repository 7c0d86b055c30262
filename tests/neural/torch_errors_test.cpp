#include "neural/torch_errors.hpp"

#include <stdexcept>

#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <doctest/doctest.h>

#include "support/errors.hpp"

namespace sam6d {
namespace {

ErrorCode code_of(const char* text) {
  const auto error =
      test::error_of([&] { with_torch_errors("who", [&] { TORCH_CHECK(false, text); }); });
  REQUIRE(error);
  CHECK(test::mentions(error, "who: "));
  CHECK(test::mentions(error, text));
  return error->code();
}

TEST_CASE("what LibTorch throws becomes an Error of the code that fits") {
  CHECK(code_of("CUDA out of memory. Tried to allocate 20.00 MiB") == ErrorCode::kOutOfMemory);
  CHECK(code_of("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.") ==
        ErrorCode::kOutOfMemory);
  CHECK(code_of("CUDA error: device-side assert triggered") == ErrorCode::kDevice);
  CHECK(code_of("shapes do not fit") == ErrorCode::kInvalidArgument);
}

TEST_CASE("a real failure of LibTorch is one line") {
  const auto error = test::error_of([] {
    with_torch_errors("product", [] {
      (void)at::matmul(at::empty({2, 3}, at::kFloat), at::empty({2, 3}, at::kFloat));
    });
  });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kInvalidArgument);
  CHECK(std::string(error->what()).find('\n') == std::string::npos);
}

TEST_CASE("other exceptions and results pass through") {
  CHECK(with_torch_errors("who", [] { return 7; }) == 7);
  CHECK_THROWS_AS(with_torch_errors("who", [] { throw std::logic_error("mine"); }),
                  std::logic_error);
  const auto error = test::error_of(
      [] { with_torch_errors("who", [] { throw Error(ErrorCode::kCancelled, "stop"); }); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kCancelled);
}

}  // namespace
}  // namespace sam6d

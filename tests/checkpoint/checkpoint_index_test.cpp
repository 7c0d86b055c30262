#include "checkpoint/checkpoint_index.hpp"

#include <doctest/doctest.h>

namespace sam6d {
namespace {

using Numbers = std::vector<std::uint64_t>;

StoredTensor tensor(DType dtype, Numbers shape, Numbers strides) {
  return {0, dtype, std::move(shape), std::move(strides), 0};
}

TEST_CASE("strides of C order") {
  CHECK(c_strides({}).empty());
  CHECK(c_strides({5}) == Numbers{1});
  CHECK(c_strides({2, 3, 4}) == Numbers{12, 4, 1});
}

TEST_CASE("what lies in C order") {
  CHECK(is_contiguous(tensor(DType::kFloat32, {}, {})));
  CHECK(is_contiguous(tensor(DType::kFloat32, {2, 3}, {3, 1})));
  CHECK(!is_contiguous(tensor(DType::kFloat32, {2, 3}, {1, 2})));
  CHECK(!is_contiguous(tensor(DType::kFloat32, {2, 3}, {4, 1})));
  CHECK(!is_contiguous(tensor(DType::kFloat32, {3}, {0})));
  CHECK(!is_contiguous(tensor(DType::kFloat32, {3}, {2})));
  // The step along one element is never taken, and along none neither.
  CHECK(is_contiguous(tensor(DType::kFloat32, {2, 1, 3}, {3, 99, 1})));
  CHECK(is_contiguous(tensor(DType::kFloat32, {1}, {0})));
  CHECK(is_contiguous(tensor(DType::kFloat32, {0, 3}, {7, 7})));
}

TEST_CASE("bytes of all elements, and from the first to the last") {
  CHECK(byte_count(tensor(DType::kFloat64, {2, 3}, {3, 1})) == 48);
  CHECK(byte_extent(tensor(DType::kFloat64, {2, 3}, {3, 1})) == 48);
  CHECK(byte_count(tensor(DType::kFloat16, {2, 3}, {10, 2})) == 12);
  CHECK(byte_extent(tensor(DType::kFloat16, {2, 3}, {10, 2})) == 30);
  CHECK(byte_count(tensor(DType::kUint8, {100}, {0})) == 100);
  CHECK(byte_extent(tensor(DType::kUint8, {100}, {0})) == 1);
  CHECK(byte_count(tensor(DType::kInt32, {}, {})) == 4);
  CHECK(byte_extent(tensor(DType::kInt32, {}, {})) == 4);
  CHECK(byte_count(tensor(DType::kInt32, {3, 0}, {1, 1})) == 0);
  CHECK(byte_extent(tensor(DType::kInt32, {3, 0}, {1, 1})) == 0);
}

TEST_CASE("what does not fit 64 bits is nothing") {
  constexpr std::uint64_t kLarge = std::uint64_t{1} << 62U;
  CHECK(!byte_count(tensor(DType::kUint8, {kLarge, kLarge}, {0, 0})));
  CHECK(!byte_count(tensor(DType::kFloat64, {kLarge}, {0})));
  CHECK(!byte_extent(tensor(DType::kUint8, {kLarge}, {8})));
  CHECK(!byte_extent(tensor(DType::kUint8, {2, 2}, {3 * kLarge, 3 * kLarge})));
  CHECK(!byte_extent(tensor(DType::kFloat64, {2}, {kLarge})));
}

}  // namespace
}  // namespace sam6d

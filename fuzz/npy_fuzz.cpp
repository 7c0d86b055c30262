// Covers: src/io/npy.cpp src/io/npy_array.cpp src/io/half.cpp
#include <cstddef>
#include <cstdint>
#include <span>

#include "sam6d/error.hpp"
#include "sam6d/npy.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sam6d::NpyArray;
  try {
    const NpyArray array =
        sam6d::parse_npy(std::as_bytes(std::span(data, size)), "fuzz", 1U << 20U);
    (void)array.to_float();
    (void)array.to_double();
    // What was read can be written, and then says the same.
    const NpyArray again = sam6d::parse_npy(sam6d::npy_bytes(array), "again", 1U << 20U);
    if (again.shape != array.shape || again.bytes != array.bytes) __builtin_trap();
    (void)array.to_int64();
  } catch (const sam6d::Error&) {
    // The expected answer to bad input.
  }
  return 0;
}

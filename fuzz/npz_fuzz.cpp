// Covers: src/io/npz.cpp
#include <cstddef>
#include <cstdint>
#include <span>

#include "sam6d/error.hpp"
#include "sam6d/npy.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    (void)sam6d::parse_npz(std::as_bytes(std::span(data, size)), "fuzz", 1U << 20U);
  } catch (const sam6d::Error&) {
    // The expected answer to bad input.
  }
  return 0;
}

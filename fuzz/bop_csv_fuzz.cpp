// Covers: src/io/bop_csv.cpp
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "io/bop_csv.hpp"
#include "sam6d/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto last_line : {sam6d::LastLine::kMustBeWhole, sam6d::LastLine::kMayBeCut}) {
    try {
      for (const sam6d::EstimatedPose& pose : sam6d::parse_bop_results(text, "fuzz", last_line)) {
        if (!pose.cam_from_obj.matrix().allFinite()) __builtin_trap();
      }
    } catch (const sam6d::Error&) {
      // The expected answer to bad input.
    }
  }
  return 0;
}

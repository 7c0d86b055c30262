// Covers: src/io/camera_json.cpp src/io/camera_claims.cpp src/io/json_cursor.cpp
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "io/camera_json.hpp"
#include "sam6d/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const sam6d::CameraFile camera =
        sam6d::parse_camera({reinterpret_cast<const char*>(data), size}, "fuzz");
    const sam6d::CameraIntrinsics& k = camera.intrinsics;
    const bool usable = k.fx > 0 && k.fy > 0 && std::isfinite(k.fx) && std::isfinite(k.fy) &&
                        std::isfinite(k.cx) && std::isfinite(k.cy) && camera.depth_scale > 0;
    if (!usable) __builtin_trap();
  } catch (const sam6d::Error&) {
    // The expected answer to bad input.
  }
  return 0;
}

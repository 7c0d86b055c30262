// Covers: src/io/detection_json.cpp src/io/json_stream.cpp
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "io/detection_json.hpp"
#include "sam6d/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream text(std::string(reinterpret_cast<const char*>(data), size));
  try {
    sam6d::for_each_object(text, "fuzz", [](const sam6d::JsonCursor& entry) {
      const sam6d::DetectionEntry read = sam6d::read_detection(entry);
      // What was read can be written, and then says the same.
      const nlohmann::json written = nlohmann::json::parse(sam6d::detection_to_json(read).dump());
      const sam6d::DetectionEntry again =
          sam6d::read_detection(sam6d::JsonCursor(written, "again"));
      if (again.detection.mask != read.detection.mask ||
          again.detection.score != read.detection.score) {
        __builtin_trap();
      }
      (void)sam6d::read_pose(entry);
    });
  } catch (const sam6d::Error&) {
    // The expected answer to bad input.
  }
  return 0;
}

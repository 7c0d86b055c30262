// Covers: src/io/dataset_json.cpp src/io/models_info.cpp src/io/result_json.cpp
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "io/dataset_json.hpp"
#include "io/result_json.hpp"
#include "sam6d/error.hpp"

/// The first byte chooses what the JSON behind it is read as.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    const nlohmann::json document = sam6d::parse_json(text, "fuzz");
    const sam6d::JsonCursor root(document, "fuzz");
    sam6d::BopScene scene;
    switch (data[0] % 6) {
      case 0: sam6d::read_truths(root, scene); break;
      case 1:
        for (int im_id = 0; im_id < 2; ++im_id) scene.by_image[im_id].resize(1);
        sam6d::read_infos(root, scene);
        break;
      case 2: (void)sam6d::read_targets(root); break;
      case 3: (void)sam6d::read_models_info(root); break;
      case 4: (void)sam6d::read_result(root); break;
      default: (void)sam6d::read_any_poses(root); break;
    }
  } catch (const sam6d::Error&) {
    // The expected answer to bad input.
  }
  return 0;
}

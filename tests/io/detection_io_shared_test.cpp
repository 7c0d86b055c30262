#include <algorithm>
#include <cstddef>

#include "io/json_cursor.hpp"
#include "sam6d/detection_io.hpp"
#include "sam6d/rle.hpp"
#include "support/golden_values.hpp"
#include "support/shared_data.hpp"

namespace sam6d {
namespace {

using test::shared_data;

TEST_CASE("detections that the reference wrote are read") {
  const auto path = shared_data("goldens/ism/detection_ism_custom.json");
  if (!path) return;
  const nlohmann::json expected = load_json(*path);
  const std::vector<DetectionEntry> entries = load_detections(*path);
  REQUIRE(entries.size() == expected.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    CHECK(entries[i].detection.object == expected[i]["category_id"]);
    const Rle rle = encode_rle(entries[i].detection.mask, entries[i].width, entries[i].height);
    CHECK(nlohmann::json(rle.counts) == expected[i]["segmentation"]["counts"]);
  }
}

TEST_CASE("run lengths are those of the reference") {
  const auto path = shared_data("goldens/ism/mask_to_rle.json");
  if (!path) return;
  for (const nlohmann::json& entry : load_json(*path)) {
    const int height = entry["rle"]["size"][0];
    const int width = entry["rle"]["size"][1];
    Mask mask(Box{0, 0, width, height});
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) mask.set(x, y, entry["mask"][y][x] == 1);
    }
    CHECK(nlohmann::json(encode_rle(mask, width, height).counts) == entry["rle"]["counts"]);
  }
}

TEST_CASE("boxes, areas, run lengths and their text of masks are COCO's") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const test::GoldenValues golden(*folder / "amg_units.safetensors");
  const nlohmann::json units = load_json(*folder / "amg_units.json");
  // Of the tensor's type, bool, there is a byte each.
  const auto& tensor = golden.tensor("mask.masks");
  const auto boxes = golden.values<std::int64_t>("mask.boxes");
  const int height = static_cast<int>(tensor.shape[1]);
  const int width = static_cast<int>(tensor.shape[2]);
  REQUIRE(tensor.shape[0] == units["mask.rles"].size());
  for (std::size_t i = 0; i < tensor.shape[0]; ++i) {
    CAPTURE(i);
    Mask mask(Box{0, 0, width, height});
    const std::byte* pixel = tensor.bytes.data() + i * tensor.shape[1] * tensor.shape[2];
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) mask.set(x, y, *pixel++ != std::byte{0});
    }
    const Rle rle = encode_rle(mask, width, height);
    CHECK(nlohmann::json(rle.counts) == units["mask.rles"][i]["counts"]);
    CHECK(nlohmann::json(compress_counts(rle.counts)) ==
          units["mask.coco_compressed"][i]["counts"]);
    CHECK(decode_rle(rle, "golden") == mask.cropped());
    CHECK(mask.area() == units["mask.areas"][i].get<std::int64_t>());
    const Box box = mask.cropped().box();
    const std::int64_t* const b = boxes.data() + 4 * i;
    if (box.empty()) {
      CHECK(std::count(b, b + 4, 0) == 4);
    } else {  // theirs end at the last pixel
      CHECK(box == Box{static_cast<int>(b[0]), static_cast<int>(b[1]), static_cast<int>(b[2]) + 1,
                       static_cast<int>(b[3]) + 1});
    }
  }
}

}  // namespace
}  // namespace sam6d

#include <fstream>

#include "io/json_cursor.hpp"
#include "sam6d/detection_io.hpp"
#include "sam6d/rle.hpp"
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

}  // namespace
}  // namespace sam6d

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "neural/detection_crop.hpp"
#include "sam6d/detection_io.hpp"
#include "sam6d/frame_io.hpp"
#include "sam6d/image_io.hpp"
#include "support/golden_values.hpp"
#include "support/shared_data.hpp"

namespace sam6d {
namespace {

// Of a point's largest coordinate. A unit in the last place of single precision: the reference
// back-projects in single or in double precision, depending on the version of numpy.
constexpr float kPointTolerance = 1.2e-7F;
constexpr double kReach = 1.2;  // radii

TEST_CASE("detections of a real picture become what the reference makes of them") {
  const auto example = test::shared_data("example");
  const auto goldens = test::shared_data("goldens/pem");
  if (!example || !goldens) return;
  const FrameData picture =
      load_frame(*example / "rgb.png", *example / "depth.png", *example / "camera.json");
  const auto entries = load_detections(*goldens / "pre_detections.json");
  const test::GoldenValues golden(*goldens / "pre_example.safetensors");
  const double reach_m = kReach * static_cast<double>(golden.values<float>("radius")[0]);
  REQUIRE(entries.size() == 7);
  CHECK(entries[0].detection.mask.cropped() ==
        Mask::from_image(load_mask(*goldens / "pre_mask.png").view()).cropped());

  for (std::size_t i = 0; i < entries.size(); ++i) {
    CAPTURE(i);
    const DetectionCrop found = crop_detection(picture.view(), entries[i].detection, reach_m, true);
    const std::string name = "det" + std::to_string(i) + ".";
    if (i == 4) {
      CHECK(found.reason == NoPoseReason::kTooFewPoints);
      continue;
    }
    REQUIRE(found.crop);
    if (!golden.has(name + "pts")) continue;  // its score is too low for the reference
    const MaskedCrop& crop = *found.crop;
    const auto box = golden.values<std::int32_t>(name + "bbox_y1y2x1x2");
    REQUIRE(crop.box_px == Box{box[2], box[0], box[3], box[1]});
    const auto counts = golden.values<std::int32_t>(name + "n_pixels");
    CHECK(static_cast<int>(crop.pixels.size()) == counts.back());

    // The radius test, pixel by pixel.
    const auto mask = golden.values<std::uint8_t>(name + "mask_crop");
    const auto inside = golden.values<std::uint8_t>(name + "inside");
    std::vector<std::int32_t> kept;
    std::size_t number = 0;
    for (std::size_t pixel = 0; pixel < mask.size(); ++pixel) {
      if (mask[pixel] == 0) continue;
      if (inside[number++] != 0) kept.push_back(static_cast<std::int32_t>(pixel));
    }
    REQUIRE(number == inside.size());
    CHECK(crop.pixels == kept);

    const auto colors = golden.values<std::uint8_t>(name + "crop_bgr_masked");
    REQUIRE(colors.size() == 3 * crop.rgb.size());
    bool equal = true;
    for (std::size_t pixel = 0; pixel < crop.rgb.size(); ++pixel) {
      const Rgb8& color = crop.rgb.data()[pixel];
      equal =
          equal && color == Rgb8{colors[3 * pixel + 2], colors[3 * pixel + 1], colors[3 * pixel]};
    }
    CHECK(equal);

    const NetworkCrop result = network_crop(crop, golden.values<std::int32_t>(name + "choice"));
    CHECK(result.bgr == golden.values<std::uint8_t>(name + "resized_bgr_u8"));
    CHECK(result.pixels == golden.values<std::int32_t>(name + "rgb_choose"));
    for (const char* const which : {"pts", "pts_float64_path"}) {
      const auto points = golden.values<float>(name + which);
      REQUIRE(points.size() == 3 * result.points_m.size());
      float worst = 0;
      for (std::size_t k = 0; k < result.points_m.size(); ++k) {
        const Eigen::Vector3f expected(points[3 * k], points[3 * k + 1], points[3 * k + 2]);
        const float error = (result.points_m[k] - expected).cwiseAbs().maxCoeff();
        worst = std::max(worst, error / expected.cwiseAbs().maxCoeff());
      }
      CAPTURE(std::string(which));
      CHECK(worst <= kPointTolerance);
    }
  }
}

}  // namespace
}  // namespace sam6d

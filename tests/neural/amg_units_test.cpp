// Single steps of SAM's automatic mask generation against the reference's numbers.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "neural/antialiased_resize.hpp"
#include "neural/mask_logits.hpp"
#include "segment/box_suppression.hpp"
#include "segment/small_regions.hpp"
#include "support/golden_values.hpp"

namespace sam6d::test {
namespace {

const std::filesystem::path kData = std::filesystem::path(SAM6D_TEST_DATA) / "ism";

/// Of logits of order 10, by rounding in another order.
constexpr float kLogits = 5e-5F;

/// A whole grid as a patch.
LogitPatch whole(const float* logits, int grid) {
  return {{0, 0, grid, grid}, {logits, logits + std::ptrdiff_t{grid} * grid}};
}

/// Every `step`-th pixel of a grid's logits in the picture.
std::vector<float> sampled(const LogitSampler& sampler, const float* logits, int grid, int step) {
  const Box all{0, 0, sampler.size().width, sampler.size().height};
  std::vector<float> result;
  std::vector<float> scratch;
  std::vector<float> row;
  for (int y = 0; y < all.y1; y += step) {
    sampler.row(whole(logits, grid), all, y, scratch, row);
    for (int x = 0; x < all.x1; x += step) result.push_back(row[static_cast<std::size_t>(x)]);
  }
  return result;
}

TEST_CASE("logits are interpolated to the picture as the reference does in two steps") {
  const GoldenValues golden(kData / "amg_units.safetensors");
  const std::vector<float> low = golden.values<float>("up.low");
  const auto check = [&](const char* name, const SamFrame& frame) {
    const LogitSampler sampler(frame, frame.picture);
    const std::vector<float> expected = golden.values<float>(name);
    std::vector<float> found;
    for (int i = 0; i < 6; ++i) {
      const std::vector<float> one =
          sampled(sampler, low.data() + std::ptrdiff_t{i} * 64 * 64, 64, 4);
      found.insert(found.end(), one.begin(), one.end());
    }
    REQUIRE(found.size() == expected.size());
    float largest = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      largest = std::max(largest, std::abs(found[i] - expected[i]));
    }
    CHECK(largest <= kLogits);
  };
  check("up.out_192x256_to_97x131_sub", {{131, 97}, {256, 192}, 256, 64});
  check("up.out_256x142_to_300x166_sub", {{166, 300}, {142, 256}, 256, 64});
}

TEST_CASE("stability is that of the reference, and the grid's bound holds") {
  const GoldenValues golden(kData / "amg_units.safetensors");
  const std::vector<float> logits = golden.values<float>("stab.logits");
  const std::vector<float> expected = golden.values<float>("stab.score");
  constexpr int kGrid = 50;  // of which 40 rows are given
  const SamFrame frame{{50, 40}, {50, 40}, kGrid, kGrid};
  const LogitSampler sampler(frame, frame.picture);
  const StabilityBound bound(sampler, kGrid);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    std::vector<float> grid(logits.begin() + static_cast<std::ptrdiff_t>(i) * 2000,
                            logits.begin() + static_cast<std::ptrdiff_t>(i + 1) * 2000);
    grid.resize(kGrid * kGrid, -100.0F);
    const MaskMeasure mask = measure(sampler, logits_above(grid.data(), kGrid, -1.0F), 1.0F);
    if (std::isnan(expected[i])) {
      CHECK(std::isnan(mask.stability()));
    } else {
      CHECK(mask.stability() == expected[i]);
      CHECK(bound.largest(grid.data(), 1.0F) >= static_cast<double>(expected[i]));
    }
  }
}

TEST_CASE("a part of the grid gives the pixels that the whole grid gives") {
  constexpr int kGrid = 64;
  const SamFrame frame{{97, 61}, {256, 160}, 256, kGrid};
  const LogitSampler sampler(frame, frame.picture);
  const StabilityBound bound(sampler, kGrid);
  // Rings whose rim is steep or flat.
  for (const float slope : {0.3F, 1.0F, 4.0F, 30.0F}) {
    CAPTURE(slope);
    std::vector<float> logits;
    for (int y = 0; y < kGrid; ++y) {
      for (int x = 0; x < kGrid; ++x) {
        const float r = std::hypot(static_cast<float>(x) - 40, static_cast<float>(y) - 15);
        logits.push_back(slope * (6 - std::abs(r - 9)));
      }
    }
    const MaskMeasure all = measure(sampler, whole(logits.data(), kGrid), 1.0F);
    const MaskMeasure part = measure(sampler, logits_above(logits.data(), kGrid, -1.0F), 1.0F);
    CHECK(all.sure == part.sure);
    CHECK(all.area == part.area);
    CHECK(all.possible == part.possible);
    CHECK(all.box == part.box);
    CHECK(all.area > 100);
    const double most = bound.largest(logits.data(), 1.0F);
    CHECK(most >= static_cast<double>(all.stability()));
    CHECK((slope >= 1 || most < 1));  // it says something of masks with a flat rim
    const Mask mask = mask_of(sampler, logits_above(logits.data(), kGrid, 0.0F));
    CHECK(mask.box() == all.box);
    CHECK(mask.area() == all.area);
  }
  const std::vector<float> nothing(kGrid * kGrid, -5.0F);
  const LogitPatch none = logits_above(nothing.data(), kGrid, -1.0F);
  CHECK(measure(sampler, none, 1.0F).area == 0);
  CHECK(mask_of(sampler, none).empty());
}

TEST_CASE("boxes are suppressed as in the reference, ties and boxes without area too") {
  const GoldenValues golden(kData / "amg_units.safetensors");
  const auto check = [&](const std::string& boxes_name, const std::string& scores_name,
                         const std::string& kept_name, double threshold) {
    INFO(kept_name);
    const std::vector<float> values = golden.values<float>(boxes_name);
    std::vector<BoxCorners> boxes;
    for (std::size_t i = 0; i < values.size(); i += 4) {
      boxes.push_back({values[i], values[i + 1], values[i + 2], values[i + 3]});
    }
    const std::vector<int> kept =
        suppress_boxes(boxes, golden.values<float>(scores_name), threshold);
    const auto expected = golden.values<std::int64_t>(kept_name);
    CHECK(std::vector<std::int64_t>(kept.begin(), kept.end()) == expected);
  };
  for (const auto& [name, threshold] :
       {std::pair{"0.1", 0.1}, {"0.25", 0.25}, {"0.5", 0.5}, {"0.7", 0.7}, {"0.9", 0.9}}) {
    check("nms.boxes", "nms.scores", std::string("nms.keep_") + name, threshold);
  }
  check("nms.edge_boxes", "nms.edge_scores", "nms.edge_keep_0.5", 0.5);
  check("nms.edge_boxes", "nms.edge_scores", "nms.edge_keep_0.7", 0.7);
}

TEST_CASE("boxes of several kinds are suppressed kind by kind as in the reference") {
  const GoldenValues golden(kData / "amg_units.safetensors");
  const std::vector<float> values = golden.values<float>("nms.boxes");
  const std::vector<float> scores = golden.values<float>("nms.scores");
  const auto kinds = golden.values<std::int64_t>("nms.category");
  std::vector<std::int64_t> kept;
  for (const std::int64_t kind : std::set<std::int64_t>(kinds.begin(), kinds.end())) {
    std::vector<std::int64_t> indices;
    std::vector<BoxCorners> boxes;
    std::vector<float> of_kind;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      if (kinds[i] != kind) continue;
      indices.push_back(static_cast<std::int64_t>(i));
      boxes.push_back({values[4 * i], values[4 * i + 1], values[4 * i + 2], values[4 * i + 3]});
      of_kind.push_back(scores[i]);
    }
    for (const int i : suppress_boxes(boxes, of_kind, 0.5)) {
      kept.push_back(indices[static_cast<std::size_t>(i)]);
    }
  }
  std::ranges::sort(kept);
  std::ranges::stable_sort(kept, [&](std::int64_t a, std::int64_t b) {
    return scores[static_cast<std::size_t>(a)] > scores[static_cast<std::size_t>(b)];
  });
  CHECK(kept == golden.values<std::int64_t>("nms.batched_keep_0.5"));
}

TEST_CASE("small regions go as in the reference") {
  const GoldenValues golden(kData / "amg_units.safetensors");
  const auto mask = golden.values<std::uint8_t>("small.mask");
  for (const int area : {3, 5, 7, 120, 5000}) {
    CAPTURE(area);
    Image<std::uint8_t> pixels(80, 60);
    std::ranges::copy(mask, pixels.data());
    const auto expected = golden.values<std::uint8_t>("small.islands_" + std::to_string(area));
    CHECK(remove_small_regions(pixels, area));
    bool same = true;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      same = same && (pixels.data()[i] != 0) == (expected[i] != 0);
    }
    CHECK(same);
  }
}

TEST_CASE("pictures are resized to the bit as Pillow does") {
  const GoldenValues golden(kData / "antialiased_resize.safetensors");
  for (int i = 0; i < 5; ++i) {
    CAPTURE(i);
    const std::string name = std::to_string(i);
    const auto from_shape = golden.shape(name + ".from");
    const auto to_shape = golden.shape(name + ".to");
    const auto from = golden.values<std::uint8_t>(name + ".from");
    const auto expected = golden.values<std::uint8_t>(name + ".to");
    Image<Rgb8> picture(static_cast<int>(from_shape[1]), static_cast<int>(from_shape[0]));
    std::memcpy(picture.data(), from.data(), from.size());
    const Image<Rgb8> resized = resize_antialiased(picture.view(), static_cast<int>(to_shape[1]),
                                                   static_cast<int>(to_shape[0]));
    REQUIRE(resized.size() * 3 == expected.size());
    CHECK(std::memcmp(resized.data(), expected.data(), expected.size()) == 0);
  }
}

}  // namespace
}  // namespace sam6d::test

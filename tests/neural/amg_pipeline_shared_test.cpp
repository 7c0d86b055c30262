// SAM's automatic mask generation on the reference's logits, from candidates to proposals.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "neural/sam_candidates.hpp"
#include "neural/sam_proposals.hpp"
#include "sam6d/rle.hpp"
#include "support/golden.hpp"
#include "support/shared_data.hpp"

namespace sam6d::test {
namespace {

/// Interpolated logits of order 10.
constexpr float kLogits = 5e-5F;
/// A pixel whose logit is nearer to a cut may fall on either side.
constexpr double kSureMargin = 1e-5;
/// A final mask of up to a picture's pixels in float32 and 8 bits.
constexpr double kMaskSum = 1e-6;
constexpr float kEighthBit = 0.5F / 255 + 1e-5F;

struct Case {
  std::string name;
  PictureSize picture;
  PictureSize working;
};

std::vector<Case> cases() {
  return {{"e640x480", {640, 480}, {640, 480}},
          {"e1280x720", {1280, 720}, {640, 360}},
          {"e500x391", {500, 391}, {640, 500}}};
}

SamFrame frame_of(const Case& example) {
  return {example.working, longest_side_size(example.working, 256), 256, 64};
}

SamSelection selection_of(float stability) {
  SamSelection selection;
  selection.stability_threshold = stability;
  selection.reference_quirks = true;
  return selection;
}

struct Logits {
  Logits(const Golden& golden, const Case& example)
      : values(golden[example.name + ".logits_f16"].to(at::kFloat).contiguous()),
        quality(golden[example.name + ".iou"].contiguous()),
        points(golden[example.name + ".grid_points"].contiguous()) {}
  [[nodiscard]] std::int64_t count() const { return quality.numel(); }
  [[nodiscard]] const float* of(std::int64_t i) const {
    return values.data_ptr<float>() + i * 64 * 64;
  }
  at::Tensor values, quality, points;
};

std::vector<SamCandidate> kept_of(const Logits& logits, const SamSamplers& samplers,
                                  const SamSelection& selection) {
  std::vector<SamCandidate> candidates;
  for (std::int64_t i = 0; i < logits.count(); ++i) {
    auto candidate = judge(samplers, selection, logits.quality.data_ptr<float>()[i], logits.of(i));
    if (!candidate) continue;
    candidate->x_px = logits.points.data_ptr<double>()[2 * (i / 3)];
    candidate->y_px = logits.points.data_ptr<double>()[2 * (i / 3) + 1];
    candidates.push_back(*candidate);
  }
  return without_duplicates(candidates, selection);
}

std::vector<std::int64_t> inclusive(const Box& box) {
  if (box.empty()) return {0, 0, 0, 0};
  return {box.x0, box.y0, box.x1 - 1, box.y1 - 1};
}

std::vector<std::int64_t> row_of(const at::Tensor& tensor, std::int64_t i) {
  const at::Tensor row = tensor[i].contiguous();
  return {row.data_ptr<std::int64_t>(), row.data_ptr<std::int64_t>() + row.numel()};
}

Rle rle_of(const nlohmann::json& json) {
  return {json.at("size")[1].get<int>(), json.at("size")[0].get<int>(),
          json.at("counts").get<std::vector<std::uint32_t>>()};
}

void check_kept(const Golden& golden, const std::string& name,
                const std::vector<SamCandidate>& kept) {
  REQUIRE(static_cast<std::int64_t>(kept.size()) == golden[name + ".kept_iou"].size(0));
  for (std::size_t i = 0; i < kept.size(); ++i) {
    CAPTURE(i);
    const auto at = static_cast<std::int64_t>(i);
    CHECK(inclusive(kept[i].box) == row_of(golden[name + ".kept_boxes"], at));
    CHECK(kept[i].quality == golden[name + ".kept_iou"][at].item<float>());
    CHECK(kept[i].stability == golden[name + ".kept_stability"][at].item<float>());
    CHECK(kept[i].x_px == golden[name + ".kept_points"][at][0].item<double>());
    CHECK(kept[i].y_px == golden[name + ".kept_points"][at][1].item<double>());
  }
}

void check_proposals(const Golden& golden, const std::string& name,
                     const std::vector<Proposal>& proposals) {
  REQUIRE(static_cast<std::int64_t>(proposals.size()) ==
          golden[name + ".final_boxes_long"].size(0));
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    CAPTURE(i);
    const Proposal& proposal = proposals[i];
    const Box& box = proposal.box_px;
    const std::vector<std::int64_t> found = {box.x0, box.y0, box.x1, box.y1};
    CHECK(found == row_of(golden[name + ".final_boxes_long"], static_cast<std::int64_t>(i)));
    if (!golden.has(name + ".final_mask_sum")) continue;
    double sum = 0;
    for (std::size_t p = 0; p < proposal.weights.size(); ++p) {
      sum += static_cast<double>(proposal.weights.data()[p]);
    }
    const double expected =
        golden[name + ".final_mask_sum"][static_cast<std::int64_t>(i)].item<double>();
    CHECK(std::abs(sum - expected) <= kMaskSum * std::max(1.0, expected));
    if (i >= 4 || !golden.has(name + ".final_masks_u8_sub")) continue;
    const at::Tensor some = golden[name + ".final_masks_u8_sub"][static_cast<std::int64_t>(i)];
    float largest = 0;
    for (std::int64_t y = 0; y < some.size(0); ++y) {
      for (std::int64_t x = 0; x < some.size(1); ++x) {
        const Box& extent = proposal.extent_px;
        const int px = static_cast<int>(5 * x);
        const int py = static_cast<int>(5 * y);
        const float weight =
            extent.contains(px, py) ? proposal.weights(px - extent.x0, py - extent.y0) : 0.0F;
        largest = std::max(
            largest, std::abs(weight - static_cast<float>(some[y][x].item<std::uint8_t>()) / 255));
      }
    }
    CHECK(largest <= kEighthBit);
  }
}

TEST_CASE("each mask has the reference's pixels, box and stability") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "amg_pipeline.safetensors");
  for (const Case& example : cases()) {
    CAPTURE(example.name);
    const Logits logits(golden, example);
    const SamSamplers samplers(frame_of(example), example.picture);
    std::vector<float> scratch;
    std::vector<float> row;
    int sure = 0;
    for (std::int64_t i = 0; i < logits.count(); ++i) {
      CAPTURE(i);
      const LogitPatch whole{{0, 0, 64, 64}, {logits.of(i), logits.of(i) + 64 * 64}};
      if (i < 6) {
        const at::Tensor expected = golden[example.name + ".upscaled_sub"][i];
        float largest = 0;
        const Box all{0, 0, example.working.width, example.working.height};
        for (std::int64_t y = 0; y < expected.size(0); ++y) {
          samplers.working.row(whole, all, static_cast<int>(9 * y), scratch, row);
          for (std::int64_t x = 0; x < expected.size(1); ++x) {
            largest = std::max(largest, std::abs(row[static_cast<std::size_t>(9 * x)] -
                                                 expected[y][x].item<float>()));
          }
        }
        CHECK(largest <= kLogits);
      }
      if (golden[example.name + ".margin_all"][i].min().item<double>() < kSureMargin) continue;
      ++sure;
      const MaskMeasure mask =
          measure(samplers.working, logits_above(logits.of(i), 64, -1.0F), 1.0F);
      CHECK(mask.area == golden[example.name + ".area_all"][i].item<std::int64_t>());
      CHECK(inclusive(mask.box) == row_of(golden[example.name + ".box_all"], i));
      const float stability = golden[example.name + ".stability_all"][i].item<float>();
      CHECK((mask.stability() == stability || (mask.possible == 0 && std::isnan(stability))));
      CHECK((std::isnan(stability) ||
             samplers.bound.largest(logits.of(i), 1.0F) >= static_cast<double>(stability)));
    }
    CHECK(sure > 50);
  }
}

TEST_CASE("the masks that stay, and their proposals, are the reference's") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "amg_pipeline.safetensors");
  std::ifstream stream(*folder / "amg_pipeline_rles.json");
  const auto rles = nlohmann::json::parse(stream);
  for (const Case& example : cases()) {
    CAPTURE(example.name);
    const Logits logits(golden, example);
    const SamSamplers samplers(frame_of(example), example.picture);
    const SamSelection selection = selection_of(0.85F);
    const std::vector<SamCandidate> kept = kept_of(logits, samplers, selection);
    check_kept(golden, example.name, kept);
    const auto& kept_rles = rles.at(example.name).at("kept_rles");
    for (std::size_t i = 0; i < kept.size(); ++i) {
      CHECK(encode_rle(mask_of(samplers.working, kept[i].logits), example.working.width,
                       example.working.height) == rle_of(kept_rles[i]));
    }
    const std::vector<Proposal> proposals = to_proposals(kept, samplers, selection);
    check_proposals(golden, example.name, proposals);
    if (!rles.at(example.name).contains("final_positive_rles")) continue;
    const auto& final_rles = rles.at(example.name).at("final_positive_rles");
    for (std::size_t i = 0; i < proposals.size(); ++i) {
      Mask positive(proposals[i].extent_px);
      for (int y = positive.box().y0; y < positive.box().y1; ++y) {
        for (int x = positive.box().x0; x < positive.box().x1; ++x) {
          positive.set(x, y,
                       proposals[i].weights(x - positive.box().x0, y - positive.box().y0) > 0);
        }
      }
      CHECK(encode_rle(positive, example.picture.width, example.picture.height) ==
            rle_of(final_rles[i]));
    }
  }
}

TEST_CASE("a higher stability and small regions change what the reference changes") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "amg_pipeline.safetensors");
  const Case example = cases()[0];
  const Logits logits(golden, example);
  const SamSamplers samplers(frame_of(example), example.picture);
  const SamSelection strict = selection_of(0.97F);
  const std::vector<SamCandidate> kept = kept_of(logits, samplers, strict);
  check_kept(golden, "e640x480_s97", kept);
  check_proposals(golden, "e640x480_s97", to_proposals(kept, samplers, strict));

  const SamSelection selection = selection_of(0.85F);
  const std::vector<SamCandidate> more = kept_of(logits, samplers, selection);
  check_kept(golden, "e640x480_small", more);
  std::vector<SamMask> masks;
  for (const SamCandidate& candidate : more) {
    const Mask mask = mask_of(samplers.working, candidate.logits);
    masks.push_back({mask, mask.box(), candidate.quality});
  }
  masks = without_small_regions(masks, example.working, 120, selection);
  std::ifstream stream(*folder / "amg_pipeline_rles.json");
  const auto rles = nlohmann::json::parse(stream).at("e640x480_small").at("rles");
  REQUIRE(masks.size() == rles.size());
  for (std::size_t i = 0; i < masks.size(); ++i) {
    CAPTURE(i);
    CHECK(encode_rle(masks[i].mask, 640, 480) == rle_of(rles[i]));
    CHECK(inclusive(masks[i].box) ==
          row_of(golden["e640x480_small.boxes"], static_cast<std::int64_t>(i)));
    CHECK(masks[i].quality ==
          golden["e640x480_small.iou"][static_cast<std::int64_t>(i)].item<float>());
  }
}

TEST_CASE("the grid of points is the reference's to the bit") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "amg_pipeline.safetensors");
  for (const int n : {8, 32}) {
    const at::Tensor expected = golden["grid" + std::to_string(n)];
    const auto points = point_grid(n);
    REQUIRE(static_cast<std::int64_t>(points.size()) == expected.size(0));
    bool same = true;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const auto at = static_cast<std::int64_t>(i);
      same = same && points[i].first == expected[at][0].item<double>() &&
             points[i].second == expected[at][1].item<double>();
      if (n == 8) continue;
      const at::Tensor in_input = golden["grid32_in_1024_of_640x480"][at];
      same = same && points[i].first * 640 * (1024.0 / 640) == in_input[0].item<double>() &&
             points[i].second * 480 * (768.0 / 480) == in_input[1].item<double>();
    }
    CHECK(same);
  }
}

}  // namespace
}  // namespace sam6d::test

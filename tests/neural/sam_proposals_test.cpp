#include "neural/sam_proposals.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <vector>

#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <doctest/doctest.h>

#include "base/random.hpp"
#include "neural/sam_predictor.hpp"
#include "support/errors.hpp"
#include "support/tiny_sam.hpp"

namespace sam6d::test {
namespace {

/// Stripes and discs in noise.
Image<Rgb8> scene(int width, int height) {
  Image<Rgb8> picture(width, height);
  Random random(7);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool disc = std::hypot(x - width / 3, y - height / 2) < height / 4.0;
      const auto noise = static_cast<std::uint8_t>(random.uniform() * 40);
      picture(x, y) = {static_cast<std::uint8_t>(disc ? 200 : 30 + noise),
                       static_cast<std::uint8_t>(x / 16 % 2 == 0 ? 180 : noise),
                       static_cast<std::uint8_t>(y * 200 / height + noise)};
    }
  }
  return picture;
}

/// Formula weights judge no mask good, and their logits are of order 0.2.
SamProposer tiny() {
  SamProposerOptions options;
  options.points_per_side = 6;
  options.selection.pred_iou_threshold = 0;
  options.selection.stability_threshold = 0.5F;
  options.selection.stability_offset = 0.03F;
  return {nets::Sam(Weights::synthetic(Network::kSam), tiny_sam_a()), options};
}

std::vector<Proposal> propose(const SamProposer& proposer, const Image<Rgb8>& picture,
                              const PointFilter& allowed = {}) {
  SamCounts counts;
  return proposer.propose(picture.view(), allowed, {}, counts);
}

bool same(const std::vector<Proposal>& a, const std::vector<Proposal>& b) {
  return std::ranges::equal(a, b, [](const Proposal& p, const Proposal& q) {
    return p.box_px == q.box_px && p.extent_px == q.extent_px && p.score == q.score &&
           std::equal(p.weights.data(), p.weights.data() + p.weights.size(), q.weights.data(),
                      q.weights.data() + q.weights.size());
  });
}

TEST_CASE("proposals have boxes around their pixels, best first, and counts that add up") {
  const Image<Rgb8> picture = scene(200, 120);
  SamProposer proposer = tiny();
  proposer.options.selection.box_nms = 1;  // nothing is a duplicate
  SamCounts counts;
  const std::vector<Proposal> found = proposer.propose(picture.view(), {}, {}, counts);
  REQUIRE(found.size() >= 2);
  CHECK(counts.grid_points == 36);
  CHECK(counts.skipped_points == 0);
  CHECK(counts.masks == 108);
  CHECK(counts.confident == 108);
  CHECK(counts.stable >= counts.proposals);
  CHECK(counts.proposals == static_cast<int>(found.size()));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Proposal& proposal = found[i];
    CHECK((i == 0 || proposal.score <= found[i - 1].score));
    CHECK(proposal.box_px == proposal.extent_px);
    CHECK(intersect(proposal.box_px, {0, 0, 200, 120}) == proposal.box_px);
    Mask mask(proposal.extent_px);
    for (int y = 0; y < proposal.weights.height(); ++y) {
      for (int x = 0; x < proposal.weights.width(); ++x) {
        const float weight = proposal.weights(x, y);
        CHECK((weight == 0.0F || weight == 1.0F));
        mask.set(x + proposal.extent_px.x0, y + proposal.extent_px.y0, weight > 0);
      }
    }
    CHECK(mask.cropped().box() == proposal.box_px);
    for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(same({found[j]}, {proposal}));
  }
  CHECK(same(found, propose(proposer, picture)));
}

TEST_CASE("points that are not allowed get no prompt, and the others get what they got") {
  const Image<Rgb8> picture = scene(200, 120);
  SamProposer proposer = tiny();
  proposer.options.selection.box_nms = 1;  // nothing is a duplicate
  SamCounts counts;
  std::vector<std::pair<double, double>> asked;
  const std::vector<Proposal> left = proposer.propose(
      picture.view(),
      [&](double x, double y) {
        asked.emplace_back(x, y);
        return x < 100;
      },
      {}, counts);
  CHECK(counts.skipped_points == 18);
  CHECK(counts.masks == 54);
  REQUIRE(asked.size() == 36);
  CHECK(asked.front().first == doctest::Approx(200.0 / 12));
  CHECK(asked.front().second == doctest::Approx(10.0));
  const std::vector<Proposal> all = propose(proposer, picture);
  // In batches of other points sums are rounded in another order.
  const auto near = [](const Proposal& a, const Proposal& b) {
    constexpr float kScore = 1e-5F;
    constexpr int kPixels = 2;
    return std::abs(a.score - b.score) <= kScore &&
           std::abs(a.box_px.x0 - b.box_px.x0) <= kPixels &&
           std::abs(a.box_px.y0 - b.box_px.y0) <= kPixels &&
           std::abs(a.box_px.x1 - b.box_px.x1) <= kPixels &&
           std::abs(a.box_px.y1 - b.box_px.y1) <= kPixels;
  };
  REQUIRE_FALSE(left.empty());
  for (const Proposal& proposal : left) {
    CHECK(std::ranges::any_of(all, [&](const Proposal& other) { return near(proposal, other); }));
  }
  CHECK(left.size() < all.size());
  CHECK(proposer
            .propose(
                picture.view(), [](double, double) { return false; }, {}, counts)
            .empty());
  CHECK(counts.skipped_points == 36);
}

TEST_CASE("masks that are not drawn and logits that are not interpolated would not have passed") {
  const Image<Rgb8> picture = scene(160, 160);
  SamProposer proposer = tiny();
  proposer.options.selection.box_nms = 1;  // nothing is a duplicate
  const SamSelection& selection = proposer.options.selection;
  // Every mask of every point, judged by its pixels alone.
  const SamView view =
      look_at(proposer.network, resize_bilinear(picture.view(), {640, 640}).view());
  const LogitSampler sampler(view.frame, view.frame.picture);
  const auto grid = point_grid(proposer.options.points_per_side);
  int stable = 0;
  for (const auto& [x, y] : grid) {
    const nets::SamPrompts prompt{at::tensor({x * 640, y * 640}, at::kDouble).reshape({1, 1, 2}),
                                  at::ones({1, 1}, at::kLong),
                                  {},
                                  {}};
    const SamPrediction found = predict(proposer.network, view, prompt, true);
    for (int m = 0; m < 3; ++m) {
      const Image<float> logits = logits_in_picture(view.frame, found.logits[0][m]);
      const auto above = [&](float cut) {
        return std::count_if(logits.data(), logits.data() + logits.size(),
                             [&](float v) { return v > cut; });
      };
      const auto sure = static_cast<float>(above(selection.stability_offset));
      const auto possible = static_cast<float>(above(-selection.stability_offset));
      if (sure / possible >= selection.stability_threshold && above(0) > 0) ++stable;
    }
  }
  SamCounts counts;
  static_cast<void>(proposer.propose(picture.view(), {}, {}, counts));
  CHECK(counts.stable == stable);
  CHECK(stable > 0);
  CHECK(stable < counts.masks);
}

TEST_CASE("a prediction's threshold keeps exactly what is above it") {
  const Image<Rgb8> picture = scene(160, 160);
  SamProposer proposer = tiny();
  proposer.options.selection.box_nms = 1;
  // Predictions of these weights are negative: the threshold that all pass is below them.
  const std::vector<Proposal> all = propose(proposer, picture);
  REQUIRE(all.size() >= 2);
  proposer.options.selection.pred_iou_threshold = 1e-6F;
  std::vector<Proposal> expected;
  std::ranges::copy_if(all, std::back_inserter(expected),
                       [](const Proposal& p) { return p.score > 1e-6F; });
  CHECK(same(propose(proposer, picture), expected));
}

TEST_CASE("no candidate and one candidate are lists like others") {
  const Image<Rgb8> picture = scene(200, 120);
  SamProposer proposer = tiny();
  for (const bool quirks : {false, true}) {
    proposer.options.selection.reference_quirks = quirks;
    proposer.options.selection.pred_iou_threshold = 1e9F;
    CHECK(propose(proposer, picture).empty());
    proposer.options.selection.pred_iou_threshold = 0;
    proposer.options.selection.box_nms = -1;  // any box of a place takes all others'
    CHECK(propose(proposer, picture).size() == 1);
    proposer.options.selection.box_nms = 0.7;
  }
}

TEST_CASE("pictures of any size work") {
  SamProposer proposer = tiny();
  proposer.options.points_per_side = 2;
  proposer.options.selection.stability_threshold = 0;
  for (const auto& [width, height] :
       {std::pair{1, 1}, {1, 40}, {40, 1}, {3, 2}, {2000, 3}, {7, 900}, {641, 479}}) {
    CAPTURE(width);
    CAPTURE(height);
    for (const bool quirks : {false, true}) {
      proposer.options.selection.reference_quirks = quirks;
      const std::vector<Proposal> found = propose(proposer, scene(width, height));
      for (const Proposal& proposal : found) {
        const Box whole{0, 0, width, height};
        CHECK(intersect(proposal.extent_px, whole) == proposal.extent_px);
        CHECK(proposal.weights.width() == proposal.extent_px.width());
        if (!quirks) CHECK_FALSE(proposal.box_px.empty());
      }
    }
  }
  check_error([&] { static_cast<void>(propose(proposer, Image<Rgb8>())); },
              ErrorCode::kInvalidArgument, "picture");
}

TEST_CASE("with quirks boxes end with their last pixel and edges are fractions") {
  const Image<Rgb8> picture = scene(200, 120);
  SamProposer proposer = tiny();
  proposer.options.selection.reference_quirks = true;
  const std::vector<Proposal> found = propose(proposer, picture);
  REQUIRE_FALSE(found.empty());
  bool fractions = false;
  for (const Proposal& proposal : found) {
    CHECK(proposal.box_px.x1 <= 199);
    CHECK(proposal.box_px.y1 <= 119);
    for (std::size_t i = 0; i < proposal.weights.size(); ++i) {
      const float weight = proposal.weights.data()[i];
      CHECK((weight >= 0 && weight <= 1.000001F));
      fractions = fractions || (weight > 0.01F && weight < 0.99F);
    }
  }
  CHECK(fractions);
}

TEST_CASE("a host hears of every step and can stop, and options are checked") {
  const Image<Rgb8> picture = scene(64, 64);
  const SamProposer proposer = tiny();
  SamCounts counts;
  std::vector<std::string> stages;
  static_cast<void>(proposer.propose(
      picture.view(), {},
      [&](const Progress& progress) {
        if (stages.empty() || stages.back() != progress.stage) stages.emplace_back(progress.stage);
        return true;
      },
      counts));
  CHECK(stages == std::vector<std::string>{"image encoder", "proposals"});
  check_error(
      [&] {
        static_cast<void>(proposer.propose(
            picture.view(), {},
            [](const Progress& progress) {
              return progress.stage != "proposals" || progress.done == 0;
            },
            counts));
      },
      ErrorCode::kCancelled, "proposals");
  SamProposer wrong = proposer;
  wrong.options.points_per_side = 0;
  check_error([&] { static_cast<void>(propose(wrong, picture)); }, ErrorCode::kInvalidArgument,
              "points_per_side");
}

}  // namespace
}  // namespace sam6d::test

#include "neural/sam_proposals.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>

#include "base/fail.hpp"
#include "base/progress.hpp"
#include "neural/sam_predictor.hpp"
#include "ops/parallel.hpp"

namespace sam6d {
namespace {

using Point = std::pair<double, double>;

constexpr std::string_view kStage = "proposals";
/// At full size a prompt has 4 MB of keys, which every step goes through.
constexpr int kPointsACpuBatch = 8;
constexpr std::int64_t kMasks = nets::kSamMasks - 1;  ///< a point may mean several things

/// A mask of a batch that is worth being looked at.
struct Confident {
  Point point;
  float quality = 0;
  const float* logits = nullptr;
};

/// Asks for the points of the working picture and judges what comes back, in the points' order.
void judge_points(const nets::Sam& sam, const SamView& view, const SamSamplers& samplers,
                  const SamSelection& selection, const std::vector<Point>& points,
                  std::vector<SamCandidate>& candidates, SamCounts& counts) {
  const auto count = static_cast<std::int64_t>(points.size());
  const at::Tensor places = at::empty({count, 1, 2}, at::kDouble);
  for (std::size_t i = 0; i < points.size(); ++i) {
    places.data_ptr<double>()[2 * i] = points[i].first;
    places.data_ptr<double>()[2 * i + 1] = points[i].second;
  }
  const nets::SamAnswers answers = sam.answer(
      view.image, to_network(view.frame, {places, at::ones({count, 1}, at::kLong), {}, {}}));
  const at::Tensor quality = answers.quality.narrow(1, 1, kMasks).cpu().contiguous();
  const auto quality_of = [&](std::int64_t i, std::int64_t m) {
    return quality.data_ptr<float>()[i * kMasks + m];
  };
  // Masks are drawn only of prompts one of whose predictions passes.
  const at::Tensor which = at::empty({count}, at::kLong);
  std::int64_t drawn = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    bool any = false;
    for (std::int64_t m = 0; m < kMasks; ++m) any |= passes(selection, quality_of(i, m));
    if (any) which.data_ptr<std::int64_t>()[drawn++] = i;
  }
  counts.masks += static_cast<int>(count * kMasks);
  if (drawn == 0) return;
  const at::Tensor logits =
      sam.draw(answers, which.narrow(0, 0, drawn)).narrow(1, 1, kMasks).cpu().contiguous();
  std::vector<Confident> confident;
  for (std::int64_t d = 0; d < drawn; ++d) {
    const std::int64_t i = which.data_ptr<std::int64_t>()[d];
    for (std::int64_t m = 0; m < kMasks; ++m) {
      if (!passes(selection, quality_of(i, m))) continue;
      confident.push_back({points[static_cast<std::size_t>(i)], quality_of(i, m),
                           logits.data_ptr<float>() + d * logits.stride(0) + m * logits.stride(1)});
    }
  }
  std::vector<std::optional<SamCandidate>> judged(confident.size());
  ops::parallel_for(static_cast<int>(confident.size()), at::get_num_threads(), [&](int i) {
    const Confident& mask = confident[static_cast<std::size_t>(i)];
    judged[static_cast<std::size_t>(i)] = judge(samplers, selection, mask.quality, mask.logits);
  });
  counts.confident += static_cast<int>(confident.size());
  for (std::size_t i = 0; i < judged.size(); ++i) {
    if (!judged[i]) continue;
    judged[i]->x_px = confident[i].point.first;
    judged[i]->y_px = confident[i].point.second;
    candidates.push_back(std::move(*judged[i]));
    ++counts.stable;
  }
}

}  // namespace

void SamProposerOptions::validate() const {
  constexpr int kMost = 4096;
  const auto expect = [&](std::string_view field, int value) {
    if (value < 1 || value > kMost) {
      fail(ErrorCode::kInvalidArgument, "sam proposals: {}: expected 1 to {}, found {}", field,
           kMost, value);
    }
  };
  expect("points_per_side", points_per_side);
  expect("points_per_batch", points_per_batch);
  expect("working_width", working_width);
  if (selection.min_region_area < 0) {
    fail(ErrorCode::kInvalidArgument,
         "sam proposals: min_region_area: expected 0 or more, found {}", selection.min_region_area);
  }
  if (!(selection.stability_offset >= 0)) {
    fail(ErrorCode::kInvalidArgument,
         "sam proposals: stability_offset: expected 0 or more, found {}",
         selection.stability_offset);
  }
}

std::vector<Point> point_grid(int n) {
  const double first = 1.0 / (2 * n);
  const double last = 1 - first;
  const double step = n > 1 ? (last - first) / (n - 1) : 0.0;
  const auto place = [&](int i) { return i > 0 && i == n - 1 ? last : first + i * step; };
  std::vector<Point> points;
  for (int y = 0; y < n; ++y) {
    for (int x = 0; x < n; ++x) points.emplace_back(place(x), place(y));
  }
  return points;
}

std::vector<Proposal> SamProposer::propose(const ImageView<Rgb8>& picture,
                                           const PointFilter& allowed, const ProgressFn& progress,
                                           SamCounts& counts) const {
  const c10::InferenceMode inference;
  options.validate();
  counts = {};
  if (picture.empty()) {
    fail(ErrorCode::kInvalidArgument, "sam proposals: expected a picture, found {} x {} pixels",
         picture.width, picture.height);
  }
  const PictureSize size{picture.width, picture.height};
  const PictureSize working = working_size(size, options.working_width);
  std::vector<Point> points;
  for (const auto& [x, y] : point_grid(options.points_per_side)) {
    ++counts.grid_points;
    if (!allowed || allowed(x * size.width, y * size.height)) {
      points.emplace_back(x * working.width, y * working.height);
    }
  }
  counts.skipped_points = counts.grid_points - static_cast<int>(points.size());
  if (points.empty()) return {};

  const SamView view = look_at(network, resize_bilinear(picture, working).view(), progress);
  const SamSamplers samplers(view.frame, size);
  const int most = view.image.keys.device().is_cpu()
                       ? std::min(options.points_per_batch, kPointsACpuBatch)
                       : options.points_per_batch;
  std::vector<SamCandidate> candidates;
  const int count = static_cast<int>(points.size());
  for (int first = 0; first < count; first += most) {
    report(progress, kStage, first, count);
    const std::vector<Point> batch(points.begin() + first,
                                   points.begin() + std::min(count, first + most));
    judge_points(network, view, samplers, options.selection, batch, candidates, counts);
  }
  report(progress, kStage, count, count);
  std::vector<Proposal> proposals = to_proposals(
      without_duplicates(std::move(candidates), options.selection), samplers, options.selection);
  counts.proposals = static_cast<int>(proposals.size());
  return proposals;
}

}  // namespace sam6d

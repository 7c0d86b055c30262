#include "neural/semantic_scores.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>

#include <ATen/ops/empty.h>

#include "base/fail.hpp"
#include "ops/parallel.hpp"

namespace sam6d {
namespace {

constexpr std::int64_t kLanes = 16;
constexpr float kLeastNorm = 1e-12F;  // the reference's

/// In an order that does not depend on what stands around the two rows.
float dot(const float* a, const float* b, std::int64_t count) {
  std::array<float, kLanes> sums{};
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      sums[static_cast<std::size_t>(lane)] += a[i + lane] * b[i + lane];
    }
  }
  float sum = std::accumulate(sums.begin(), sums.end(), 0.0F);
  for (; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

at::Tensor unit_rows(const at::Tensor& rows) {
  at::Tensor unit = rows.to(at::kCPU, at::kFloat).contiguous().clone();
  auto* const values = unit.data_ptr<float>();
  const std::int64_t channels = unit.size(1);
  for (std::int64_t i = 0; i < unit.size(0); ++i) {
    float* const row = values + i * channels;
    const float norm = std::max(std::sqrt(dot(row, row, channels)), kLeastNorm);
    for (std::int64_t c = 0; c < channels; ++c) row[c] /= norm;
  }
  return unit;
}

/// `scores` is in any order afterwards.
float aggregate(std::vector<float>& scores, const SemanticSettings& settings) {
  const auto mean = [](auto begin, auto end) {
    return std::accumulate(begin, end, 0.0F) / static_cast<float>(end - begin);
  };
  switch (settings.aggregation) {
    case ViewAggregation::kMax: return *std::max_element(scores.begin(), scores.end());
    case ViewAggregation::kMean: return mean(scores.begin(), scores.end());
    case ViewAggregation::kMedian: {
      const auto middle = scores.begin() + static_cast<std::ptrdiff_t>((scores.size() - 1) / 2);
      std::nth_element(scores.begin(), middle, scores.end());
      return *middle;
    }
    case ViewAggregation::kMeanOfBest: break;
  }
  const auto best = static_cast<std::ptrdiff_t>(
      std::min(scores.size(), static_cast<std::size_t>(std::max(settings.best_views, 1))));
  std::partial_sort(scores.begin(), scores.begin() + best, scores.end(), std::greater<>());
  return mean(scores.begin(), scores.begin() + best);
}

void check(const at::Tensor& proposals, std::span<const at::Tensor> objects) {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const at::Tensor& views = objects[i];
    if (views.dim() == 2 && views.size(0) > 0 && views.size(1) == proposals.size(1)) continue;
    fail(ErrorCode::kInvalidArgument,
         "descriptors of object {}: expected one row of {} numbers for each view, found sizes {}",
         i, proposals.size(1), fmt::join(views.sizes(), " x "));
  }
}

}  // namespace

at::Tensor clamped_cosines(const at::Tensor& proposals, const at::Tensor& views, int threads) {
  const at::Tensor a = unit_rows(proposals);
  const at::Tensor b = unit_rows(views);
  at::Tensor result = at::empty({a.size(0), b.size(0)}, at::kFloat);
  const auto* const rows = a.data_ptr<float>();
  const auto* const columns = b.data_ptr<float>();
  auto* const scores = result.data_ptr<float>();
  const std::int64_t channels = a.size(1);
  const std::int64_t count = b.size(0);
  ops::parallel_for_ranges(static_cast<int>(a.size(0)), 8, threads, [&](int begin, int end) {
    for (std::int64_t i = begin; i < end; ++i) {
      for (std::int64_t j = 0; j < count; ++j) {
        const float cosine = dot(rows + i * channels, columns + j * channels, channels);
        scores[i * count + j] = cosine > 0 ? std::min(cosine, 1.0F) : 0.0F;
      }
    }
  });
  return result;
}

std::vector<SemanticMatch> match_semantically(const at::Tensor& proposals,
                                              std::span<const at::Tensor> objects,
                                              const SemanticSettings& settings) {
  std::vector<SemanticMatch> best(static_cast<std::size_t>(proposals.size(0)));
  if (best.empty()) return {};
  check(proposals, objects);
  for (std::size_t i = 0; i < best.size(); ++i) best[i] = {static_cast<int>(i), -1, 0, 0};
  std::vector<float> of_views;
  for (std::size_t object = 0; object < objects.size(); ++object) {
    const at::Tensor cosines = clamped_cosines(proposals, objects[object], settings.threads);
    const auto* row = cosines.data_ptr<float>();
    for (SemanticMatch& match : best) {
      of_views.assign(row, row + cosines.size(1));
      const auto view = std::max_element(of_views.begin(), of_views.end()) - of_views.begin();
      const float score = aggregate(of_views, settings);
      if (match.object < 0 || score > match.score) {
        match.object = static_cast<int>(object);
        match.view = static_cast<int>(view);
        match.score = score;
      }
      row += cosines.size(1);
    }
  }
  std::erase_if(best, [&](const SemanticMatch& match) {
    return match.object < 0 || !(match.score > settings.threshold);
  });
  return best;
}

}  // namespace sam6d

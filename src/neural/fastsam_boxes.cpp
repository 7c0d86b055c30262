#include "neural/fastsam_boxes.hpp"

#include <cstdint>

#include <ATen/ops/from_blob.h>

namespace sam6d {
namespace {

constexpr std::int64_t kScoreRow = 4;
/// More boxes than any picture of a supported size has are not looked at.
constexpr std::size_t kMostCandidates = 30'000;

}  // namespace

FastSamBoxes kept_fastsam_boxes(const at::Tensor& pred, float least_score, double iou_threshold,
                                int most) {
  const at::Tensor rows = pred.cpu().contiguous();
  const std::int64_t count = rows.size(1);
  const auto row = [&](std::int64_t i) { return rows.data_ptr<float>() + i * count; };
  std::vector<BoxCorners> boxes;
  std::vector<float> scores;
  std::vector<std::int64_t> cells;
  for (std::int64_t i = 0; i < count && cells.size() < kMostCandidates; ++i) {
    if (!(row(kScoreRow)[i] > least_score)) continue;
    const float half_width = row(2)[i] / 2;
    const float half_height = row(3)[i] / 2;
    boxes.push_back({row(0)[i] - half_width, row(1)[i] - half_height, row(0)[i] + half_width,
                     row(1)[i] + half_height});
    scores.push_back(row(kScoreRow)[i]);
    cells.push_back(i);
  }
  FastSamBoxes kept;
  std::vector<std::int64_t> columns;
  for (const int i : suppress_boxes(boxes, scores, iou_threshold, most)) {
    kept.boxes_px.push_back(boxes[static_cast<std::size_t>(i)]);
    kept.scores.push_back(scores[static_cast<std::size_t>(i)]);
    columns.push_back(cells[static_cast<std::size_t>(i)]);
  }
  const at::Tensor index =
      at::from_blob(columns.data(), {static_cast<std::int64_t>(columns.size())}, at::kLong);
  kept.coefficients = rows.slice(0, kScoreRow + 1).index_select(1, index).t().contiguous();
  return kept;
}

}  // namespace sam6d

#include "neural/fastsam_masks.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include <ATen/ops/matmul.h>
#include <ATen/ops/sigmoid.h>

#include "base/parallel.hpp"
#include "nets/fastsam.hpp"

namespace sam6d {
namespace {

constexpr float kOn = 0.5F;

/// One axis of the way from the picture's pixels to the prototypes' cells.
struct Axis {
  int length = 0;  ///< of the picture
  int offset = 0;  ///< of the scaled picture in the letterbox
  int inner = 0;   ///< its length
  int cells = 0;   ///< of the prototypes

  /// The first pixel whose centre is not before a place in the letterbox, within the picture.
  [[nodiscard]] int pixel_from(float place) const {
    const double scale = static_cast<double>(length) / inner;
    const double pixel = std::ceil((place - offset) * scale - 0.5);
    return static_cast<int>(std::clamp(pixel, 0.0, static_cast<double>(length)));
  }
};

/// Between which cells a pixel's centre lies, and how far from the first.
struct Sample {
  int low = 0;
  int high = 0;
  float weight = 0;
};

/// Cells that lie in the borders have no part; where the picture is smaller than a cell, all have.
std::vector<Sample> samples_of(const Axis& axis) {
  constexpr double kCell = nets::kFastSamProtoStride;
  int first = static_cast<int>(std::ceil(axis.offset / kCell));
  int last = static_cast<int>(std::floor((axis.offset + axis.inner) / kCell)) - 1;
  if (first > last) std::tie(first, last) = std::pair(0, axis.cells - 1);
  std::vector<Sample> samples;
  for (int i = 0; i < axis.length; ++i) {
    const double place = (i + 0.5) * axis.inner / axis.length + axis.offset;
    const double cell = std::clamp<double>(place / kCell - 0.5, first, last);
    const int low = static_cast<int>(cell);
    samples.push_back({low, std::min(low + 1, last), static_cast<float>(cell - low)});
  }
  return samples;
}

/// The smallest box around what is not zero; an empty one where nothing is.
Box support_of(const Image<float>& weights) {
  Box box{weights.width(), weights.height(), 0, 0};
  for (int y = 0; y < weights.height(); ++y) {
    const float* const row = weights.row(y);
    for (int x = 0; x < weights.width(); ++x) {
      if (row[x] == 0.0F) continue;
      box.x0 = std::min(box.x0, x);
      box.x1 = std::max(box.x1, x + 1);
      box.y0 = std::min(box.y0, y);
      box.y1 = y + 1;
    }
  }
  return box.empty() ? Box{} : box;
}

Image<float> cropped(const Image<float>& weights, const Box& box) {
  Image<float> result(box.width(), box.height());
  for (int y = 0; y < result.height(); ++y) {
    std::copy_n(weights.row(box.y0 + y) + box.x0, result.width(), result.row(y));
  }
  return result;
}

/// The mask inside `box` of the picture, with as little around it as there may be.
Proposal proposal_of(const float* probabilities, int columns, const Box& box,
                     const std::vector<Sample>& xs, const std::vector<Sample>& ys) {
  Image<float> weights(box.width(), box.height());
  for (int y = 0; y < weights.height(); ++y) {
    const Sample& down = ys[static_cast<std::size_t>(box.y0 + y)];
    const float* const above = probabilities + std::ptrdiff_t{down.low} * columns;
    const float* const below = probabilities + std::ptrdiff_t{down.high} * columns;
    float* const row = weights.row(y);
    for (int x = 0; x < weights.width(); ++x) {
      const Sample& across = xs[static_cast<std::size_t>(box.x0 + x)];
      const auto between = [&](const float* line) {
        return line[across.low] + across.weight * (line[across.high] - line[across.low]);
      };
      const float upper = between(above);
      row[x] = upper + down.weight * (between(below) - upper) > kOn ? 1.0F : 0.0F;
    }
  }
  const Box support = support_of(weights);
  Proposal proposal;
  proposal.box_px = {box.x0 + support.x0, box.y0 + support.y0, box.x0 + support.x1,
                     box.y0 + support.y1};
  proposal.extent_px = proposal.box_px;
  proposal.weights = cropped(weights, support);
  return proposal;
}

}  // namespace

at::Tensor fastsam_mask_probabilities(const at::Tensor& coefficients, const at::Tensor& proto) {
  const at::Tensor logits = at::matmul(coefficients, proto.flatten(1));
  return at::sigmoid(logits).reshape({coefficients.size(0), proto.size(1), proto.size(2)});
}

std::vector<Proposal> fastsam_proposals(const FastSamMaskInput& input) {
  const Letterbox& letterbox = input.letterbox;
  const at::Tensor probabilities =
      fastsam_mask_probabilities(input.boxes.coefficients, input.proto).contiguous();
  const auto rows = static_cast<int>(probabilities.size(1));
  const auto columns = static_cast<int>(probabilities.size(2));
  const Axis across = {input.width, letterbox.left, letterbox.inner_width, columns};
  const Axis down = {input.height, letterbox.top, letterbox.inner_height, rows};
  const std::vector<Sample> xs = samples_of(across);
  const std::vector<Sample> ys = samples_of(down);
  const float* const values = probabilities.data_ptr<float>();

  std::vector<Proposal> proposals(input.boxes.scores.size());
  parallel_for(static_cast<int>(proposals.size()), 0, [&](int i) {
    const auto index = static_cast<std::size_t>(i);
    const BoxCorners& corners = input.boxes.boxes_px[index];
    const Box box = {across.pixel_from(corners[0]), down.pixel_from(corners[1]),
                     across.pixel_from(corners[2]), down.pixel_from(corners[3])};
    if (box.empty()) return;
    proposals[index] =
        proposal_of(values + std::ptrdiff_t{i} * rows * columns, columns, box, xs, ys);
    proposals[index].score = input.boxes.scores[index];
  });
  std::erase_if(proposals, [](const Proposal& proposal) { return proposal.weights.empty(); });
  return proposals;
}

}  // namespace sam6d

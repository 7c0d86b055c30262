#include <algorithm>
#include <cmath>
#include <cstdint>

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/upsample_bilinear2d.h>

#include "neural/fastsam_masks.hpp"

namespace sam6d {
namespace {

constexpr double kOn = 0.5;
/// Masks of the picture's size that are held at a time.
constexpr std::int64_t kMasksAtATime = 8;

at::Tensor resized(const at::Tensor& masks, std::int64_t height, std::int64_t width) {
  return at::upsample_bilinear2d(masks.unsqueeze(1), {height, width}, false).squeeze(1);
}

/// What lies in the box's columns and rows, from the first one that is not before its corner.
at::Tensor inside_boxes(const at::Tensor& masks, const at::Tensor& boxes) {
  const auto between = [&](std::int64_t length, std::int64_t low, std::int64_t high) {
    const at::Tensor places = at::arange(length, boxes.options()).unsqueeze(0);
    return places.ge(boxes.select(1, low).unsqueeze(1))
        .logical_and(places.lt(boxes.select(1, high).unsqueeze(1)));
  };
  const at::Tensor columns = between(masks.size(2), 0, 2).unsqueeze(1);
  const at::Tensor rows = between(masks.size(1), 1, 3).unsqueeze(2);
  return masks.mul(columns.logical_and(rows));
}

/// To the picture, cut off at its border, and truncated.
Box truncated_box(const BoxCorners& corners, const FastSamMaskInput& input) {
  const Letterbox& letterbox = input.letterbox;
  const double gain = std::min(static_cast<double>(letterbox.height) / input.height,
                               static_cast<double>(letterbox.width) / input.width);
  const auto place = [&](float value, int whole, int length) {
    const auto border = static_cast<float>(std::lrint((whole - length * gain) / 2 - 0.1));
    const float in_picture = (value - border) / static_cast<float>(gain);
    return static_cast<int>(std::clamp(in_picture, 0.0F, static_cast<float>(length)));
  };
  return {place(corners[0], letterbox.width, input.width),
          place(corners[1], letterbox.height, input.height),
          place(corners[2], letterbox.width, input.width),
          place(corners[3], letterbox.height, input.height)};
}

/// Of a mask of the picture's size, what is not zero.
void set_weights(Proposal& proposal, const at::Tensor& mask) {
  const auto height = static_cast<int>(mask.size(0));
  const auto width = static_cast<int>(mask.size(1));
  const float* const values = mask.data_ptr<float>();
  Box& extent = proposal.extent_px = {width, height, 0, 0};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (values[std::ptrdiff_t{y} * width + x] == 0.0F) continue;
      extent = {std::min(extent.x0, x), std::min(extent.y0, y), std::max(extent.x1, x + 1), y + 1};
    }
  }
  if (extent.empty()) extent = {};
  proposal.weights = Image<float>(extent.width(), extent.height());
  for (int y = 0; y < extent.height(); ++y) {
    std::copy_n(values + std::ptrdiff_t{extent.y0 + y} * width + extent.x0, extent.width(),
                proposal.weights.row(y));
  }
}

}  // namespace

at::Tensor letterboxed_fastsam_masks(const FastSamMaskInput& input, std::int64_t begin,
                                     std::int64_t end) {
  const std::int64_t count = end - begin;
  const at::Tensor boxes = at::empty({count, 4}, at::kFloat);
  for (std::int64_t i = 0; i < count; ++i) {
    const BoxCorners& corners = input.boxes.boxes_px[static_cast<std::size_t>(begin + i)];
    for (int k = 0; k < 4; ++k) {
      const auto cells = static_cast<double>(input.proto.size(k % 2 == 0 ? 2 : 1));
      const double pixels = k % 2 == 0 ? input.letterbox.width : input.letterbox.height;
      boxes.data_ptr<float>()[4 * i + k] =
          corners[static_cast<std::size_t>(k)] * static_cast<float>(cells / pixels);
    }
  }
  const at::Tensor probabilities =
      fastsam_mask_probabilities(input.boxes.coefficients.slice(0, begin, end), input.proto);
  return resized(inside_boxes(probabilities, boxes), input.letterbox.height, input.letterbox.width)
      .gt(kOn)
      .to(at::kFloat);
}

std::vector<Proposal> reference_fastsam_proposals(const FastSamMaskInput& input) {
  const auto count = static_cast<std::int64_t>(input.boxes.scores.size());
  std::vector<Proposal> proposals(input.boxes.scores.size());
  for (std::int64_t begin = 0; begin < count; begin += kMasksAtATime) {
    const std::int64_t end = std::min(count, begin + kMasksAtATime);
    const at::Tensor masks =
        resized(letterboxed_fastsam_masks(input, begin, end), input.height, input.width)
            .contiguous();
    for (std::int64_t i = begin; i < end; ++i) {
      const auto index = static_cast<std::size_t>(i);
      Proposal& proposal = proposals[index];
      proposal.box_px = truncated_box(input.boxes.boxes_px[index], input);
      proposal.score = input.boxes.scores[index];
      set_weights(proposal, masks[i - begin]);
    }
  }
  return proposals;
}

}  // namespace sam6d

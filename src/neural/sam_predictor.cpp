#include "neural/sam_predictor.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <c10/core/InferenceMode.h>

#include "base/fail.hpp"
#include "neural/sam_input.hpp"

namespace sam6d {
namespace {

/// The whole grid.
LogitPatch patch_of(const at::Tensor& logits) {
  const at::Tensor values = logits.to(at::kCPU, at::kFloat).contiguous();
  return {{0, 0, static_cast<int>(values.size(1)), static_cast<int>(values.size(0))},
          {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()}};
}

}  // namespace

SamView look_at(const nets::Sam& sam, const ImageView<Rgb8>& picture, const ProgressFn& progress) {
  if (picture.empty()) {
    fail(ErrorCode::kInvalidArgument, "sam: expected a picture, found {} x {} pixels",
         picture.width, picture.height);
  }
  const nets::SamConfig& config = sam.config();
  const int side = static_cast<int>(config.image_size);
  SamView view;
  view.frame.picture = {picture.width, picture.height};
  view.frame.input = longest_side_size(view.frame.picture, side);
  view.frame.network = side;
  view.frame.grid = static_cast<int>(config.mask_size());
  view.image = sam.share(sam.encode(sam_input(picture, side), progress));
  return view;
}

nets::SamPrompts to_network(const SamFrame& frame, const nets::SamPrompts& prompts) {
  const c10::InferenceMode inference;
  const double x = static_cast<double>(frame.input.width) / frame.picture.width;
  const double y = static_cast<double>(frame.input.height) / frame.picture.height;
  nets::SamPrompts result = prompts;
  if (prompts.points.defined()) {
    result.points = prompts.points.to(at::kDouble).mul(at::tensor({x, y}, at::kDouble));
  }
  if (prompts.boxes.defined()) {
    result.boxes = prompts.boxes.to(at::kDouble).mul(at::tensor({x, y, x, y}, at::kDouble));
  }
  return result;
}

SamPrediction predict(const nets::Sam& sam, const SamView& view, const nets::SamPrompts& prompts,
                      bool three_masks) {
  const c10::InferenceMode inference;
  const nets::SamAnswers answers = sam.answer(view.image, to_network(view.frame, prompts));
  const std::int64_t first = three_masks ? 1 : 0;
  const std::int64_t count = three_masks ? nets::kSamMasks - 1 : 1;
  return {answers.quality.narrow(1, first, count).cpu(),
          sam.draw(answers, at::arange(answers.quality.size(0))).narrow(1, first, count).cpu()};
}

Image<float> logits_in_picture(const SamFrame& frame, const at::Tensor& logits) {
  const LogitSampler sampler(frame, frame.picture);
  const LogitPatch patch = patch_of(logits);
  const Box all{0, 0, frame.picture.width, frame.picture.height};
  Image<float> result(all.x1, all.y1);
  std::vector<float> scratch;
  std::vector<float> row;
  for (int y = 0; y < all.y1; ++y) {
    sampler.row(patch, all, y, scratch, row);
    std::ranges::copy(row, result.row(y));
  }
  return result;
}

Mask mask_in_picture(const SamFrame& frame, const at::Tensor& logits) {
  return mask_of(LogitSampler(frame, frame.picture), patch_of(logits));
}

}  // namespace sam6d

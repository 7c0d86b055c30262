#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>

#include "base/fail.hpp"
#include "base/stopwatch.hpp"
#include "nets/forward.hpp"
#include "nets/sam.hpp"

namespace sam6d::nets {
namespace {

/// Prompts that are worked off together: 4 MB of keys each, at full size.
constexpr std::int64_t kPromptsACpuBatch = 8;
constexpr std::int64_t kPromptsABatch = 64;

Sam load(const Weights& weights, const ForwardRun& run) {
  SamConfig config = sam_config_of(weights);
  if (!run.options.config.empty()) config = sam_config_from_json(run.options.config, config);
  const Stopwatch watch;
  Sam sam(weights, config, run.options.device, run.options.precision, run.progress);
  run.result.load_seconds = watch.seconds();
  return sam;
}

/// points_in (P,2), one point inside of each thing, or (P,n,2); labels (P,n); boxes_in; mask_in.
SamPrompts prompts_of(const ForwardRun& run) {
  SamPrompts prompts;
  if (run.has("points_in")) {
    prompts.points = run.input("points_in");
    if (prompts.points.dim() == 2) prompts.points = prompts.points.unsqueeze(1);
    if (!prompts.points.is_floating_point() || prompts.points.dim() != 3) {
      fail(ErrorCode::kInvalidArgument,
           "forward: tensor points_in: expected numbers of (P,2) or (P,n,2)");
    }
    prompts.labels = run.has("labels")
                         ? run.input("labels")
                         : at::ones({prompts.points.size(0), prompts.points.size(1)}, at::kLong);
  }
  if (run.has("boxes_in")) prompts.boxes = run.input("boxes_in");
  if (run.has("mask_in")) prompts.masks = run.input("mask_in");
  return prompts;
}

std::int64_t count_of(const SamPrompts& prompts) {
  for (const at::Tensor& tensor : {prompts.points, prompts.boxes, prompts.masks}) {
    if (tensor.defined()) return tensor.size(0);
  }
  return 0;
}

SamPrompts some_of(const SamPrompts& prompts, std::int64_t first, std::int64_t count) {
  const auto part = [&](const at::Tensor& tensor) {
    return tensor.defined() ? tensor.narrow(0, first, count) : tensor;
  };
  return {part(prompts.points), part(prompts.labels), part(prompts.boxes), part(prompts.masks)};
}

}  // namespace

void forward_sam_encoder(const Weights& weights, const ForwardRun& run) {
  const Sam sam = load(weights, run);
  const at::Tensor& input = run.input("input");
  at::Tensor embedding;
  run.time([&] { embedding = sam.encode(input, run.progress); });
  if (run.options.stages) {
    embedding =
        sam.encode(input, run.progress, [&](std::string_view name, const at::Tensor& value) {
          run.give(name, value.to(at::kFloat));
        });
  }
  run.give("embedding", embedding);
  run.give("image_pe", sam.image_positions());
}

void forward_sam_decoder(const Weights& weights, const ForwardRun& run) {
  const Sam sam = load(weights, run);
  const SamPrompts prompts = prompts_of(run);
  const SamPromptTokens tokens = sam.embed(prompts);
  const std::int64_t count = count_of(prompts);
  const std::int64_t batch =
      run.options.device.kind == Device::kCpu ? kPromptsACpuBatch : kPromptsABatch;
  std::vector<at::Tensor> masks;
  std::vector<at::Tensor> qualities;
  const auto decode = [&](const StageFn& stage) {
    masks.clear();
    qualities.clear();
    const SamImage image = sam.share(run.input("embedding"));
    for (std::int64_t first = 0; first < count; first += batch) {
      const std::int64_t some = std::min(batch, count - first);
      const SamAnswers answers = sam.answer(image, some_of(prompts, first, some), stage);
      masks.push_back(sam.draw(answers, at::arange(some), stage));
      qualities.push_back(answers.quality);
    }
  };
  run.time([&] { decode({}); });
  if (run.options.stages) {
    std::map<std::string, std::vector<at::Tensor>, std::less<>> stages;
    decode([&](std::string_view name, const at::Tensor& value) {
      stages[std::string(name)].push_back(value.to(at::kFloat).cpu());
    });
    for (const auto& [name, values] : stages) run.give(name, at::cat(values));
    run.give("dense", tokens.dense);
  }
  run.give("low_res_all", at::cat(masks));
  run.give("iou_all", at::cat(qualities));
  run.give("sparse", tokens.sparse);
}

}  // namespace sam6d::nets

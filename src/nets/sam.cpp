#include "nets/sam.hpp"

#include <utility>

#include <ATen/ops/arange.h>
#include <c10/core/InferenceMode.h>

#include "base/fail.hpp"
#include "base/progress.hpp"
#include "nets/sam_encoder.hpp"
#include "nets/tensor_checks.hpp"

namespace sam6d::nets {

struct SamNetwork {
  SamConfig config;
  SamEncoder encoder;
  SamPromptEncoder prompts;
  SamDecoder decoder;
  at::Tensor positions;  ///< (1,channels,grid,grid) float32
  at::ScalarType type = at::kFloat;
  at::Device device = at::kCPU;
  std::string hash;
  std::int64_t bytes = 0;
};

namespace {

constexpr std::string_view kLoading = "load sam";
constexpr std::string_view kEncoding = "image encoder";

void check_labels(const at::Tensor& labels) {
  if (!labels.device().is_cpu()) return;
  const at::Tensor numbers = labels.to(at::kLong);
  if (numbers.numel() == 0 || (numbers.min().item<std::int64_t>() >= kSamNoPoint &&
                               numbers.max().item<std::int64_t>() <= kSamInside)) {
    return;
  }
  fail(ErrorCode::kInvalidArgument, "sam: labels: expected {} (outside), {} (inside) or {} (none)",
       kSamOutside, kSamInside, kSamNoPoint);
}

void check_prompts(const SamPrompts& prompts, std::int64_t mask_size) {
  std::int64_t count = -1;
  const auto expect = [&](const char* name, const at::Tensor& tensor, std::int64_t dimensions) {
    if (!tensor.defined()) return;
    if (count < 0 && tensor.dim() > 0) count = tensor.size(0);
    if (tensor.dim() != dimensions || tensor.size(0) != count) {
      fail(ErrorCode::kInvalidArgument,
           "sam: {}: expected {} dimensions, the first of which is {} prompts, found {}", name,
           dimensions, count, tensor.dim());
    }
  };
  expect("points", prompts.points, 3);
  expect("labels", prompts.labels, 2);
  expect("boxes", prompts.boxes, 2);
  expect("masks", prompts.masks, 4);
  if (count <= 0) fail(ErrorCode::kInvalidArgument, "sam: expected points, boxes or masks");
  if (prompts.points.defined()) {
    check_shape("sam", "points", prompts.points, prompts.points.scalar_type(),
                {count, prompts.points.size(1), 2});
    check_shape("sam", "labels", prompts.labels,
                prompts.labels.defined() ? prompts.labels.scalar_type() : at::kLong,
                {count, prompts.points.size(1)});
    check_labels(prompts.labels);
  }
  if (prompts.boxes.defined()) {
    check_shape("sam", "boxes", prompts.boxes, prompts.boxes.scalar_type(), {count, 4});
  }
  if (prompts.masks.defined()) {
    check_shape("sam", "masks", prompts.masks, prompts.masks.scalar_type(),
                {count, 1, mask_size, mask_size});
  }
}

SamNetwork take(Parameters& parameters, const SamConfig& config) {
  SamNetwork network;
  network.config = config;
  network.encoder = take_sam_encoder(parameters, config);
  network.prompts = take_sam_prompts(parameters, config);
  network.decoder = take_sam_decoder(parameters, config);
  network.bytes = parameters.bytes();
  return network;
}

}  // namespace

Sam::Sam(const Weights& weights, const SamConfig& config, const Device& device, Precision precision,
         const ProgressFn& progress) {
  config.validate();
  const c10::InferenceMode inference;
  report(progress, kLoading, 0, 1);
  const at::Device place = torch_device(device);
  const at::ScalarType type = torch_type(precision, place);
  SamNetwork network =
      Parameters::load(weights, Network::kSam, place, type,
                       [&](Parameters& parameters) { return take(parameters, config); });
  network.type = type;
  network.device = place;
  network.hash = weights.hash();
  network.positions = nets::image_positions(network.prompts);
  network_ = std::make_shared<const SamNetwork>(std::move(network));
  report(progress, kLoading, 1, 1);
}

Sam::Sam(const Weights& weights, const Device& device, Precision precision,
         const ProgressFn& progress)
    : Sam(weights, sam_config_of(weights), device, precision, progress) {}

const SamConfig& Sam::config() const { return network_->config; }
const std::string& Sam::hash() const { return network_->hash; }
std::int64_t Sam::bytes() const { return network_->bytes; }
const at::Tensor& Sam::image_positions() const { return network_->positions; }

at::Tensor Sam::encode(const at::Tensor& input, const ProgressFn& progress,
                       const StageFn& stage) const {
  const c10::InferenceMode inference;
  const std::int64_t size = network_->config.image_size;
  check_shape("sam", "input", input, at::kFloat, {1, 3, size, size});
  const int depth = static_cast<int>(network_->config.depth);
  report(progress, kEncoding, 0, depth);
  return nets::encode(
             network_->encoder, input.to(network_->device, network_->type), stage,
             [&](std::int64_t done) { report(progress, kEncoding, static_cast<int>(done), depth); })
      .to(at::kFloat);
}

SamImage Sam::share(const at::Tensor& embedding) const {
  const c10::InferenceMode inference;
  check_shape("sam", "embedding", embedding, at::kFloat, network_->positions.sizes());
  return share_image(network_->decoder, embedding.to(network_->device), network_->positions,
                     network_->prompts.no_mask);
}

SamPromptTokens Sam::embed(const SamPrompts& prompts) const {
  const c10::InferenceMode inference;
  check_prompts(prompts, network_->config.mask_size());
  const auto here = [&](const at::Tensor& tensor) {
    return tensor.defined() ? tensor.to(network_->device) : tensor;
  };
  return embed_prompts(network_->prompts, {here(prompts.points), here(prompts.labels),
                                           here(prompts.boxes), here(prompts.masks)});
}

SamAnswers Sam::answer(const SamImage& image, const SamPrompts& prompts,
                       const StageFn& stage) const {
  const c10::InferenceMode inference;
  const SamPromptTokens tokens = embed(prompts);
  return nets::answer(network_->decoder, image, tokens.sparse,
                      prompts.masks.defined() ? tokens.dense : at::Tensor(), stage);
}

at::Tensor Sam::draw(const SamAnswers& answers, const at::Tensor& which,
                     const StageFn& stage) const {
  const c10::InferenceMode inference;
  const at::Tensor rows = which.to(network_->device);
  return draw_masks(network_->decoder,
                    {answers.quality.index_select(0, rows), answers.tokens.index_select(0, rows),
                     answers.keys.index_select(0, rows)},
                    stage);
}

}  // namespace sam6d::nets

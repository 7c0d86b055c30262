#include "nets/dinov2.hpp"

#include <cmath>

#include <ATen/ops/addcmul.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/upsample_bicubic2d.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include "base/fail.hpp"
#include "checkpoint/xxh64.hpp"
#include "nets/tensor_checks.hpp"

namespace sam6d::nets {
namespace {

constexpr double kNormEpsilon = 1e-6;
constexpr double kPositionOffset = 0.1;
constexpr std::int64_t kChannels = 3;
constexpr std::size_t kKeptSizes = 8;

Dinov2Block take_block(Parameters& parameters, const std::string& prefix,
                       const Dinov2Config& config) {
  const std::int64_t width = config.width;
  Dinov2Block block;
  block.norm1 = take_layer_norm(parameters, prefix + "norm1", width, kNormEpsilon);
  block.qkv = take_linear(parameters, prefix + "attn.qkv", width, 3 * width);
  block.projection = take_linear(parameters, prefix + "attn.proj", width, width);
  block.scale1 = parameters.take(prefix + "ls1.gamma", {width});
  block.norm2 = take_layer_norm(parameters, prefix + "norm2", width, kNormEpsilon);
  block.expand = take_linear(parameters, prefix + (config.gated ? "mlp.w12" : "mlp.fc1"), width,
                             (config.gated ? 2 : 1) * config.hidden());
  block.squeeze = take_linear(parameters, prefix + (config.gated ? "mlp.w3" : "mlp.fc2"),
                              config.hidden(), width);
  block.scale2 = parameters.take(prefix + "ls2.gamma", {width});
  return block;
}

void check_images(const at::Tensor& images) {
  const bool shaped = images.defined() && images.is_floating_point() && images.dim() == 4 &&
                      images.size(1) == kChannels && images.size(2) > 0 && images.size(3) > 0 &&
                      images.size(2) % kDinov2Patch == 0 && images.size(3) % kDinov2Patch == 0;
  if (shaped) return;
  fail(ErrorCode::kInvalidArgument,
       "dinov2: input: expected floating-point numbers of (B,3,H,W), H and W multiples of {}, "
       "found {}",
       kDinov2Patch, described(images));
}

at::Tensor embed(const Dinov2& network, const at::Tensor& images, const StageFn& stage) {
  const std::int64_t batch = images.size(0);
  const std::int64_t rows = images.size(2) / kDinov2Patch;
  const std::int64_t columns = images.size(3) / kDinov2Patch;
  const at::Tensor pixels =
      images.to(network.device, network.type)
          .reshape({batch, kChannels, rows, kDinov2Patch, columns, kDinov2Patch})
          .permute({0, 2, 4, 1, 3, 5})
          .reshape({batch, rows * columns, kChannels * kDinov2Patch * kDinov2Patch});
  const at::Tensor positions = network.positions->of(rows, columns);
  at::Tensor x =
      at::cat({network.class_token.expand({batch, 1, -1}), apply(network.patches, pixels)}, 1);
  x.add_(positions);
  if (stage) {
    stage("pos", positions);
    stage("tokens", x);
  }
  return x;
}

at::Tensor attention(const Dinov2& network, const Dinov2Block& block, const at::Tensor& x) {
  const std::vector<at::Tensor> qkv = apply(block.qkv, apply(block.norm1, x)).chunk(3, 2);
  return attend(qkv[0], qkv[1], qkv[2], network.config.heads);
}

/// What follows on attention, for any rows of the tokens `x`, (...,C), and what they attended to.
at::Tensor finish(const Dinov2& network, const Dinov2Block& block, const at::Tensor& x,
                  const at::Tensor& attended) {
  // LayerScale comes in the same pass as the sum. In the weights it would cost nothing either, but
  // those may be shared with others.
  const at::Tensor sum = at::addcmul(x, apply(block.projection, attended), block.scale1);
  at::Tensor hidden = apply(block.expand, apply(block.norm2, sum));
  if (network.config.gated) {
    const std::vector<at::Tensor> halves = hidden.chunk(2, -1);
    hidden = at::silu(halves[0]).mul_(halves[1]);
  } else {
    hidden = at::gelu_(hidden);
  }
  return at::addcmul(sum, apply(block.squeeze, hidden), block.scale2);
}

}  // namespace

at::Tensor PositionTable::of(std::int64_t rows, std::int64_t columns) const {
  const std::scoped_lock lock(mutex_);
  const std::pair size(rows, columns);
  if (const auto found = kept_.find(size); found != kept_.end()) return found->second;
  if (kept_.size() >= kKeptSizes) kept_.clear();
  return kept_[size] = interpolated(rows, columns).to(type_);
}

at::Tensor PositionTable::interpolated(std::int64_t rows, std::int64_t columns) const {
  const std::int64_t places = table_.size(1) - 1;
  const std::int64_t side = std::llround(std::sqrt(static_cast<double>(places)));
  if (rows == side && columns == side) return table_;
  const auto scale = [&](std::int64_t n) {
    return (static_cast<double>(n) + kPositionOffset) / static_cast<double>(side);
  };
  const at::Tensor grid = table_.narrow(1, 1, places)
                              .reshape({1, side, side, table_.size(2)})
                              .permute({0, 3, 1, 2})
                              .contiguous();
  const at::Tensor resized =
      at::upsample_bicubic2d(grid, {rows, columns}, false, scale(rows), scale(columns));
  return at::cat({table_.narrow(1, 0, 1), resized.flatten(2).transpose(1, 2)}, 1);
}

Dinov2 take_dinov2(Parameters& parameters, const Dinov2Config& config, at::ScalarType type) {
  const std::int64_t side = config.image_size / kDinov2Patch;
  const std::int64_t width = config.width;
  Dinov2 network;
  network.class_token = parameters.take("cls_token", {1, 1, width});
  const at::Tensor table = parameters.in_float32([&] {
    return parameters.take("pos_embed", {1, 1 + side * side, width});
  });
  network.positions = std::make_shared<const PositionTable>(table, type);
  parameters.ignore("mask_token", {1, width});
  network.patches.weight =
      parameters.take("patch_embed.proj.weight", {width, kChannels, kDinov2Patch, kDinov2Patch});
  network.patches.bias = parameters.take("patch_embed.proj.bias", {width});
  if (network.patches.weight.defined()) {
    network.patches.weight = network.patches.weight.flatten(1);
  }
  for (std::int64_t i = 0; i < config.depth; ++i) {
    network.blocks.push_back(take_block(parameters, "blocks." + std::to_string(i) + ".", config));
  }
  network.norm = take_layer_norm(parameters, "norm", width, kNormEpsilon);
  return network;
}

Dinov2 load_dinov2(const Weights& weights, at::Device device, at::ScalarType type,
                   const Dinov2Config& config) {
  const c10::InferenceMode inference;
  const Dinov2Config whole = completed(config, weights);
  Dinov2 network =
      Parameters::load(weights, Network::kDinov2, device, type, [&](Parameters& parameters) {
        Dinov2 taken = take_dinov2(parameters, whole, type);
        taken.bytes = parameters.bytes();
        return taken;
      });
  network.config = whole;
  network.device = device;
  network.type = type;
  const std::string text = fmt::format("{} {} {} {} {} {}", weights.hash(), whole.width,
                                       whole.depth, whole.heads, whole.image_size, whole.gated);
  network.hash = fmt::format("{:016x}", xxh64(std::as_bytes(std::span(text))));
  return network;
}

Dinov2Tokens tokens(const Dinov2& network, const at::Tensor& images, const StageFn& stage) {
  const c10::InferenceMode inference;
  check_images(images);
  at::Tensor x = embed(network, images, stage);
  for (std::size_t i = 0; i < network.blocks.size(); ++i) {
    x = finish(network, network.blocks[i], x, attention(network, network.blocks[i], x));
    if (stage) stage("block" + std::to_string(i), x);
  }
  x = apply(network.norm, x).to(at::kFloat);
  return {x.select(1, 0).contiguous(), x.narrow(1, 1, x.size(1) - 1).contiguous()};
}

Dinov2Tokens tokens_of(const Dinov2& network, const at::Tensor& images, const at::Tensor& wanted) {
  const c10::InferenceMode inference;
  check_images(images);
  const std::int64_t batch = images.size(0);
  const std::int64_t count = (images.size(2) / kDinov2Patch) * (images.size(3) / kDinov2Patch);
  check_shape("dinov2", "wanted", wanted, at::kBool, {batch, count});
  at::Tensor x = embed(network, images, {});
  for (std::size_t i = 0; i + 1 < network.blocks.size(); ++i) {
    x = finish(network, network.blocks[i], x, attention(network, network.blocks[i], x));
  }
  const at::Tensor attended = attention(network, network.blocks.back(), x);
  const at::Tensor rows = at::cat({at::ones({batch, 1}, wanted.options()), wanted}, 1)
                              .flatten()
                              .nonzero()
                              .squeeze(1)
                              .to(network.device);
  const std::int64_t width = network.config.width;
  const auto some = [&](const at::Tensor& all) {
    return all.reshape({-1, width}).index_select(0, rows);
  };
  const at::Tensor last = finish(network, network.blocks.back(), some(x), some(attended));
  at::Tensor all = at::zeros({batch * (1 + count), width}, last.options().dtype(at::kFloat));
  all.index_copy_(0, rows, apply(network.norm, last).to(at::kFloat));
  all = all.view({batch, 1 + count, width});
  return {all.select(1, 0).contiguous(), all.narrow(1, 1, count).contiguous()};
}

}  // namespace sam6d::nets

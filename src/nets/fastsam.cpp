#include "nets/fastsam.hpp"

#include <algorithm>
#include <string>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/upsample_nearest2d.h>

#include <fmt/ranges.h>

#include "base/fail.hpp"

namespace sam6d::nets {
namespace {

constexpr double kNormEpsilon = 1e-3;
constexpr std::int64_t kBins = 16;
constexpr std::int64_t kSides = 4;
constexpr std::int64_t kClasses = 1;
constexpr std::int64_t kPool = 5;
constexpr std::int64_t kLeastBranchChannels = 16;
constexpr std::array<std::int64_t, 3> kStrides = {8, 16, 32};

Convolution take(Parameters& parameters, const std::string& name, const ConvolutionSizes& sizes) {
  return take_normed_convolution(parameters, name, sizes, kNormEpsilon);
}

std::string layer(int number) { return "model." + std::to_string(number); }

struct StageSizes {
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::int64_t blocks = 0;
};

FastSamStage take_stage(Parameters& parameters, const std::string& name, const StageSizes& sizes,
                        bool shortcut) {
  const std::int64_t half = sizes.out / 2;
  FastSamStage stage;
  stage.shortcut = shortcut;
  stage.cv1 = take(parameters, name + ".cv1", {sizes.in, 2 * half});
  stage.cv2 = take(parameters, name + ".cv2", {(2 + sizes.blocks) * half, sizes.out});
  for (std::int64_t i = 0; i < sizes.blocks; ++i) {
    const std::string block = name + ".m." + std::to_string(i);
    stage.blocks.push_back({take(parameters, block + ".cv1", {half, half, 3}),
                            take(parameters, block + ".cv2", {half, half, 3})});
  }
  return stage;
}

FastSamBranch take_branch(Parameters& parameters, const std::string& name, std::int64_t in,
                          std::int64_t width, std::int64_t out) {
  return {take(parameters, name + ".0", {in, width, 3}),
          take(parameters, name + ".1", {width, width, 3}),
          take_convolution(parameters, name + ".2", {width, out})};
}

void take_backbone(Parameters& parameters, FastSam& network) {
  const auto& [half, quarter, eighth, sixteenth, last] = network.sizes.channels;
  const std::int64_t few = network.sizes.short_blocks;
  const std::int64_t many = network.sizes.long_blocks;
  network.down[0] = take(parameters, layer(0), {3, half, 3, 2});
  network.down[1] = take(parameters, layer(1), {half, quarter, 3, 2});
  network.backbone[0] = take_stage(parameters, layer(2), {quarter, quarter, few}, true);
  network.down[2] = take(parameters, layer(3), {quarter, eighth, 3, 2});
  network.backbone[1] = take_stage(parameters, layer(4), {eighth, eighth, many}, true);
  network.down[3] = take(parameters, layer(5), {eighth, sixteenth, 3, 2});
  network.backbone[2] = take_stage(parameters, layer(6), {sixteenth, sixteenth, many}, true);
  network.down[4] = take(parameters, layer(7), {sixteenth, last, 3, 2});
  network.backbone[3] = take_stage(parameters, layer(8), {last, last, few}, true);
  network.pool_in = take(parameters, layer(9) + ".cv1", {last, last / 2});
  network.pool_out = take(parameters, layer(9) + ".cv2", {4 * (last / 2), last});
}

void take_neck(Parameters& parameters, FastSam& network) {
  const std::int64_t eighth = network.sizes.channels[2];
  const std::int64_t sixteenth = network.sizes.channels[3];
  const std::int64_t last = network.sizes.channels[4];
  const std::int64_t few = network.sizes.short_blocks;
  network.top_down[0] =
      take_stage(parameters, layer(12), {last + sixteenth, sixteenth, few}, false);
  network.top_down[1] = take_stage(parameters, layer(15), {sixteenth + eighth, eighth, few}, false);
  network.neck_down[0] = take(parameters, layer(16), {eighth, eighth, 3, 2});
  network.bottom_up[0] =
      take_stage(parameters, layer(18), {eighth + sixteenth, sixteenth, few}, false);
  network.neck_down[1] = take(parameters, layer(19), {sixteenth, sixteenth, 3, 2});
  network.bottom_up[1] = take_stage(parameters, layer(21), {sixteenth + last, last, few}, false);
}

void take_head(Parameters& parameters, FastSam& network) {
  const std::string head = layer(22) + ".";
  const std::int64_t first = network.sizes.channels[2];
  const std::int64_t of_boxes = std::max({kLeastBranchChannels, first / 4, kSides * kBins});
  const std::int64_t of_scores = std::max(first, kClasses);
  const std::int64_t of_masks = std::max(first / 4, kFastSamMasks);
  for (std::size_t i = 0; i < network.levels.size(); ++i) {
    const auto name = [&](const char* branch) { return head + branch + "." + std::to_string(i); };
    const std::int64_t in = network.sizes.channels[2 + i];
    network.levels[i] = {take_branch(parameters, name("cv2"), in, of_boxes, kSides * kBins),
                         take_branch(parameters, name("cv3"), in, of_scores, kClasses),
                         take_branch(parameters, name("cv4"), in, of_masks, kFastSamMasks)};
  }
  network.bins = parameters.in_float32([&] {
    return parameters.take(head + "dfl.conv.weight", {1, kBins, 1, 1});
  });
  const std::string proto = head + "proto.";
  network.proto_in = take(parameters, proto + "cv1", {first, first, 3});
  network.proto_up_weight = parameters.take(proto + "upsample.weight", {first, first, 2, 2});
  network.proto_up_bias = parameters.take(proto + "upsample.bias", {first});
  network.proto_mid = take(parameters, proto + "cv2", {first, first, 3});
  network.proto_out = take(parameters, proto + "cv3", {first, kFastSamMasks});
  if (!network.bins.defined()) return;
  network.bins = network.bins.flatten();
  network.proto_up_weight =
      network.proto_up_weight.permute({2, 3, 1, 0}).flatten(0, 2).contiguous();
  network.proto_up_bias = network.proto_up_bias.repeat({4});
}

at::Tensor apply(const FastSamStage& stage, const at::Tensor& x) {
  std::vector<at::Tensor> maps = apply(stage.cv1, x).chunk(2, 1);
  for (const FastSamBlock& block : stage.blocks) {
    // Both convolutions and the sum want the half with its channels together.
    if (maps.size() == 2) maps[1] = maps[1].contiguous(at::MemoryFormat::ChannelsLast);
    at::Tensor y = apply(block.cv2, apply(block.cv1, maps.back()));
    if (stage.shortcut) y.add_(maps.back());
    maps.push_back(y);
  }
  return apply(stage.cv2, at::cat(maps, 1));
}

at::Tensor pooled(const FastSam& network, const at::Tensor& x) {
  std::vector<at::Tensor> maps = {apply(network.pool_in, x)};
  for (int i = 0; i < 3; ++i) {
    maps.push_back(at::max_pool2d(maps.back(), {kPool, kPool}, {1, 1}, {kPool / 2, kPool / 2}));
  }
  return apply(network.pool_out, at::cat(maps, 1));
}

at::Tensor twice_as_large(const at::Tensor& x) {
  return at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
}

at::Tensor apply(const FastSamBranch& branch, const at::Tensor& x) {
  return apply(branch.output, apply(branch.cv2, apply(branch.cv1, x)));
}

/// A transposed convolution whose kernels do not overlap is a product of matrices.
at::Tensor upsampled_prototypes(const FastSam& network, const at::Tensor& x) {
  const std::int64_t batch = x.size(0);
  const std::int64_t height = x.size(2);
  const std::int64_t width = x.size(3);
  const at::Tensor y = at::linear(x.permute({0, 2, 3, 1}).contiguous(), network.proto_up_weight,
                                  network.proto_up_bias);
  return y.reshape({batch, height, width, 2, 2, -1})
      .permute({0, 1, 3, 2, 4, 5})
      .reshape({batch, 2 * height, 2 * width, -1})
      .permute({0, 3, 1, 2});
}

at::Tensor prototypes(const FastSam& network, const at::Tensor& x) {
  const at::Tensor larger = upsampled_prototypes(network, apply(network.proto_in, x));
  return apply(network.proto_out, apply(network.proto_mid, larger)).to(at::kFloat).contiguous();
}

/// Columns (B,4+1+32,H*W) of one level.
at::Tensor decoded(const FastSam& network, const FastSamLevel& level, const at::Tensor& x,
                   std::int64_t stride) {
  const auto of = [&](const FastSamBranch& branch) {
    return apply(branch, x).flatten(2).to(at::kFloat);
  };
  const at::Tensor weights = at::softmax(of(level.boxes).unflatten(1, {kSides, kBins}), 2);
  const at::Tensor distances = weights.mul(network.bins.reshape({1, 1, kBins, 1})).sum(2);
  const at::TensorOptions options = distances.options();
  const std::int64_t rows = x.size(2);
  const std::int64_t columns = x.size(3);
  const at::Tensor centres =
      at::stack({at::arange(columns, options).add(0.5).repeat({rows}),
                 at::arange(rows, options).add(0.5).repeat_interleave(columns)});
  const std::vector<at::Tensor> ends = distances.chunk(2, 1);
  const at::Tensor low = centres.sub(ends[0]);
  const at::Tensor high = centres.add(ends[1]);
  const at::Tensor boxes = at::cat({low.add(high).div(2), high.sub(low)}, 1);
  return at::cat(
      {boxes.mul(static_cast<double>(stride)), of(level.scores).sigmoid_(), of(level.masks)}, 1);
}

void check_images(const at::Tensor& images) {
  if (images.dim() == 4 && images.is_floating_point() && images.size(0) > 0 &&
      images.size(1) == 3 && images.size(2) > 0 && images.size(2) % kFastSamStride == 0 &&
      images.size(3) > 0 && images.size(3) % kFastSamStride == 0) {
    return;
  }
  fail(ErrorCode::kInvalidArgument,
       "fastsam: input: expected floating-point numbers (B,3,H,W), H and W multiples of {}, found "
       "{} of ({})",
       kFastSamStride, c10::toString(images.scalar_type()), fmt::join(images.sizes(), ","));
}

}  // namespace

FastSam take_fastsam(Parameters& parameters, const FastSamSizes& sizes) {
  FastSam network;
  network.sizes = sizes;
  take_backbone(parameters, network);
  take_neck(parameters, network);
  take_head(parameters, network);
  network.bytes = parameters.bytes();
  return network;
}

FastSam load_fastsam(const Weights& weights, const FastSamSizes& sizes, at::Device device,
                     at::ScalarType type) {
  FastSam network =
      Parameters::load(weights, Network::kFastSam, device, type,
                       [&](Parameters& parameters) { return take_fastsam(parameters, sizes); });
  network.device = device;
  network.type = type;
  return network;
}

FastSamOutput run(const FastSam& network, const at::Tensor& images, const StageFn& stage) {
  check_images(images);
  int number = 0;
  const auto next = [&](const at::Tensor& map) {
    if (stage) stage("layer" + std::to_string(number), map);
    ++number;
    return map;
  };
  const at::Tensor picture =
      images.to(network.device, network.type).contiguous(at::MemoryFormat::ChannelsLast);
  at::Tensor x = next(apply(network.down[0], picture));
  std::array<at::Tensor, 4> scales;
  for (std::size_t i = 0; i < scales.size(); ++i) {
    x = next(apply(network.down[i + 1], x));
    x = scales[i] = next(apply(network.backbone[i], x));
  }
  const at::Tensor deepest = x = next(pooled(network, x));

  std::array<at::Tensor, 3> maps;
  std::array<at::Tensor, 2> on_the_way = {deepest, {}};
  for (std::size_t i = 0; i < 2; ++i) {
    x = next(twice_as_large(x));
    x = next(at::cat({x, scales[2 - i]}, 1));
    x = next(apply(network.top_down[i], x));
    if (i == 0) on_the_way[1] = x;
  }
  maps[0] = x;
  for (std::size_t i = 0; i < 2; ++i) {
    x = next(apply(network.neck_down[i], x));
    x = next(at::cat({x, on_the_way[1 - i]}, 1));
    x = maps[i + 1] = next(apply(network.bottom_up[i], x));
  }

  std::vector<at::Tensor> columns;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    columns.push_back(decoded(network, network.levels[i], maps[i], kStrides[i]));
  }
  return {at::cat(columns, 2), prototypes(network, maps[0])};
}

}  // namespace sam6d::nets

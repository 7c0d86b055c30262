// Seconds of FastSAM-x on the CPU with synthetic weights: loading, the network at 480 x 640, and
// all from a picture of noise to its proposals; beside them the rate of sgemm in the same run.
// Usage: bench_fastsam [threads] [repeat] [precision] [--layers]; with --layers, milliseconds and
// rates of every kind of convolution in it.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/rand.h>
#include <c10/core/InferenceMode.h>

#include "base/stopwatch.hpp"
#include "nets/precision.hpp"
#include "nets/sgemm_rate.hpp"
#include "neural/fastsam_proposals.hpp"
#include "render/median_seconds.hpp"

namespace {

using sam6d::Stopwatch;
using sam6d::bench::matmul_gflops;
using sam6d::bench::median_seconds;
using namespace sam6d::nets;

constexpr std::int64_t kHeight = 480;
constexpr std::int64_t kWidth = 640;

/// Convolutions of a network, by channels in and out, kernel, stride and the output's rows: how
/// often each is used.
using Uses =
    std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>, int>;

void add(Uses& uses, const Convolution& layer, std::int64_t rows) {
  ++uses[{layer.weight.size(1), layer.weight.size(0), layer.weight.size(2), layer.stride, rows}];
}

void add(Uses& uses, const FastSamStage& stage, std::int64_t rows) {
  add(uses, stage.cv1, rows);
  for (const FastSamBlock& block : stage.blocks) {
    add(uses, block.cv1, rows);
    add(uses, block.cv2, rows);
  }
  add(uses, stage.cv2, rows);
}

Uses uses_of(const FastSam& network) {
  Uses uses;
  for (std::size_t i = 0; i < network.down.size(); ++i)
    add(uses, network.down[i], kHeight >> (i + 1));
  for (std::size_t i = 0; i < network.backbone.size(); ++i) {
    add(uses, network.backbone[i], kHeight >> (i + 2));
  }
  add(uses, network.pool_in, kHeight / 32);
  add(uses, network.pool_out, kHeight / 32);
  for (std::size_t i = 0; i < 2; ++i) {
    add(uses, network.top_down[i], kHeight >> (4 - i));
    add(uses, network.neck_down[i], kHeight >> (4 + i));
    add(uses, network.bottom_up[i], kHeight >> (4 + i));
  }
  for (std::size_t i = 0; i < network.levels.size(); ++i) {
    const FastSamLevel& level = network.levels[i];
    for (const FastSamBranch* branch : {&level.boxes, &level.scores, &level.masks}) {
      for (const Convolution* layer : {&branch->cv1, &branch->cv2, &branch->output}) {
        add(uses, *layer, kHeight >> (3 + i));
      }
    }
  }
  add(uses, network.proto_in, kHeight / 8);
  add(uses, network.proto_mid, kHeight / 4);
  add(uses, network.proto_out, kHeight / 4);
  return uses;
}

/// Of one use.
double gflop(const Uses::key_type& key) {
  const auto& [in, out, kernel, stride, rows] = key;
  const std::int64_t columns = rows * kWidth / kHeight;
  return 2e-9 * static_cast<double>(in * out * kernel * kernel * rows * columns);
}

/// All convolutions, and the transposed one of the prototypes.
double gflop(const FastSam& network) {
  const std::int64_t products = network.proto_up_weight.numel() * kHeight / 8 * kWidth / 8;
  double sum = 2e-9 * static_cast<double>(products);
  for (const auto& [key, count] : uses_of(network)) sum += count * gflop(key);
  return sum;
}

void print_layers(const FastSam& network) {
  for (const auto& [key, count] : uses_of(network)) {
    const auto& [in, out, kernel, stride, rows] = key;
    Convolution layer;
    layer.weight = at::rand({out, in, kernel, kernel})
                       .to(network.type)
                       .contiguous(at::MemoryFormat::ChannelsLast);
    layer.bias = at::rand({out}).to(network.type);
    layer.stride = stride;
    const at::Tensor x = at::rand({1, in, rows * stride, rows * stride * kWidth / kHeight})
                             .to(network.type)
                             .contiguous(at::MemoryFormat::ChannelsLast);
    const double seconds = median_seconds(5, [&] { static_cast<void>(apply(layer, x)); }).wall;
    std::printf(
        "%5ld to %4ld, kernel %ld, stride %ld, %3ld rows: %2d times %7.2f ms, %5.0f GFLOP/s\n",
        static_cast<long>(in), static_cast<long>(out), static_cast<long>(kernel),
        static_cast<long>(stride), static_cast<long>(rows), count, 1e3 * seconds,
        gflop(key) / seconds);
  }
}

sam6d::Image<sam6d::Rgb8> noise() {
  sam6d::Image<sam6d::Rgb8> picture(kWidth, kHeight);
  std::mt19937 random(1);
  for (std::size_t i = 0; i < picture.size(); ++i) {
    const std::uint32_t bits = random();
    picture.data()[i] = {static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(bits >> 8U),
                         static_cast<std::uint8_t>(bits >> 16U)};
  }
  return picture;
}

}  // namespace

int main(int argc, char** argv) {
  const c10::InferenceMode inference;
  at::set_num_threads(argc > 1 ? std::atoi(argv[1]) : 2);
  const int repeat = argc > 2 ? std::atoi(argv[2]) : 5;
  const sam6d::Precision precision =
      argc > 3 ? sam6d::parse_precision(argv[3]) : sam6d::Precision::kFloat32;

  const Stopwatch loading;
  sam6d::FastSamProposer proposer;
  proposer.network = load_fastsam(sam6d::Weights::synthetic(sam6d::Network::kFastSam), {}, at::kCPU,
                                  torch_type(precision, at::kCPU));
  // Synthetic weights have random bins, of which boxes come out inside out.
  proposer.network.bins = at::arange(proposer.network.bins.size(0), at::kFloat);
  const double before = matmul_gflops();
  std::printf("threads %d, %s; made and loaded in %.2f s\n", at::get_num_threads(),
              std::string(to_string(precision)).c_str(), loading.seconds());
  if (argc > 4 && std::string_view(argv[4]) == "--layers") print_layers(proposer.network);

  const at::Tensor input = at::rand({1, 3, kHeight, kWidth});
  const double seconds =
      median_seconds(repeat, [&] { static_cast<void>(run(proposer.network, input)); }).wall;
  const double after = matmul_gflops();
  const double work = gflop(proposer.network);
  const double rate = work / seconds;
  std::printf("network %.3f s: %.0f GFLOP, %.0f GFLOP/s; sgemm %.0f and %.0f, ratio %.2f\n",
              seconds, work, rate, before, after, rate / std::max(before, after));

  // Noise has no things; every cell counts instead, so that suppression sees all of them.
  proposer.options.least_score = 0;
  const sam6d::Image<sam6d::Rgb8> picture = noise();
  std::size_t count = 0;
  const double whole =
      median_seconds(repeat, [&] { count = proposer.propose(picture.view()).size(); }).wall;
  std::printf("picture to %zu proposals %.3f s\n", count, whole);
  return 0;
}

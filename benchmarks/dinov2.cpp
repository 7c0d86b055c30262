// Seconds of DINOv2 ViT-L/14 with synthetic weights for crops of 224 x 224, all their tokens and
// those of half of their patches, by the number of crops that go through it together; beside them
// the rate of sgemm in the same run. Usage: bench_dinov2 [threads] [repeat] [crops] [precision...]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include "base/stopwatch.hpp"
#include "nets/dinov2.hpp"
#include "nets/precision.hpp"
#include "nets/sgemm_rate.hpp"
#include "render/median_seconds.hpp"

namespace {

using sam6d::bench::matmul_gflops;
using sam6d::bench::median_seconds;

constexpr std::int64_t kSide = 224;
constexpr std::int64_t kPatches = 256;

/// Multiplications and additions of a crop, in 10^9.
double gflop_of(const sam6d::nets::Dinov2Config& c) {
  const double tokens = 1 + kPatches;
  const double width = static_cast<double>(c.width);
  const double layers = 2 * width * (4 * width + 2 * static_cast<double>(c.hidden()));
  const double attention = 4 * tokens * width;
  return static_cast<double>(c.depth) * tokens * (layers + attention) * 1e-9;
}

void measure(sam6d::Precision precision, int repeat, int crops) {
  const sam6d::Stopwatch loading;
  const auto network =
      sam6d::nets::load_dinov2(sam6d::Weights::synthetic(sam6d::Network::kDinov2), at::kCPU,
                               sam6d::nets::torch_type(precision, at::kCPU));
  std::printf("%s: made and loaded in %.2f s, %.0f MB; matrices at %.0f GFLOP/s, sgemm %.0f\n",
              std::string(to_string(precision)).c_str(), loading.seconds(),
              static_cast<double>(network.bytes) * 1e-6, matmul_gflops(network.type),
              matmul_gflops());
  const at::Tensor images = at::randn({crops, 3, kSide, kSide});
  at::Tensor half = at::zeros({crops, kPatches}, at::kBool);
  half.narrow(1, 0, kPatches / 2).fill_(true);
  for (int batch = 1; batch <= crops; batch *= 2) {
    const auto in_batches = [&](const auto& run) {
      return median_seconds(repeat,
                            [&] {
                              for (int begin = 0; begin < crops; begin += batch) {
                                const int count = std::min(batch, crops - begin);
                                run(images.narrow(0, begin, count), half.narrow(0, begin, count));
                              }
                            })
          .wall;
    };
    const double all = in_batches([&](const at::Tensor& some, const at::Tensor& /*wanted*/) {
      static_cast<void>(sam6d::nets::tokens(network, some));
    });
    const double of_half = in_batches([&](const at::Tensor& some, const at::Tensor& wanted) {
      static_cast<void>(sam6d::nets::tokens_of(network, some, wanted));
    });
    std::printf("%d crops, %d together: %.3f s (%.0f GFLOP/s); tokens of half the patches %.3f s\n",
                crops, batch, all, crops * gflop_of(network.config) / all, of_half);
  }
}

}  // namespace

int main(int argc, char** argv) {
  at::set_num_threads(argc > 1 ? std::atoi(argv[1]) : 2);
  const int repeat = argc > 2 ? std::atoi(argv[2]) : 3;
  const int crops = argc > 3 ? std::atoi(argv[3]) : 16;
  std::vector<sam6d::Precision> precisions;
  for (int i = 4; i < argc; ++i) precisions.push_back(sam6d::parse_precision(argv[i]));
  if (precisions.empty()) {
    precisions = {sam6d::Precision::kFloat32, sam6d::Precision::kBFloat16};
  }
  for (const sam6d::Precision precision : precisions) measure(precision, repeat, crops);
  std::printf("sgemm %.0f GFLOP/s\n", matmul_gflops());
  return 0;
}

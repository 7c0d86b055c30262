// Seconds of SAM at its published sizes with synthetic weights: the image encoder beside the rate
// of sgemm in the same run, and the decoder for 64 points. With `propose`, instead: 1,024 prompts
// on a picture of 640 x 480 whose masks all pass, the most that a picture can ask for, and the peak
// of memory. Usage: bench_sam [threads] [h|l|b] [precision] [propose]

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>

#include "base/random.hpp"
#include "base/stopwatch.hpp"
#include "nets/sam.hpp"
#include "nets/sgemm_rate.hpp"
#include "neural/sam_proposals.hpp"
#include "render/median_seconds.hpp"

namespace {

using sam6d::Stopwatch;
using sam6d::bench::matmul_gflops;
using sam6d::bench::median_seconds;
namespace nets = sam6d::nets;

constexpr std::int64_t kPoints = 64;
constexpr std::int64_t kPointsATime = 8;

nets::SamConfig config_of(const std::string& size) {
  nets::SamConfig config;
  if (size == "l") {
    config.width = 1024;
    config.depth = 24;
    config.global_blocks = {5, 11, 17, 23};
  } else if (size == "b") {
    config.width = 768;
    config.depth = 12;
    config.heads = 12;
    config.global_blocks = {2, 5, 8, 11};
  }
  return config;
}

/// Multiplications and additions of the encoder's products, padding of windows included.
double encoder_gflop(const nets::SamConfig& config) {
  const auto width = static_cast<double>(config.width);
  const auto tokens = static_cast<double>(config.grid() * config.grid());
  const auto windows = (config.grid() + config.window - 1) / config.window;
  const auto in_window = static_cast<double>(config.window * config.window);
  double sum = 0;
  for (std::int64_t i = 0; i < config.depth; ++i) {
    const double pairs = config.is_global(i)
                             ? tokens * tokens
                             : static_cast<double>(windows * windows) * in_window * in_window;
    sum += 24 * tokens * width * width + 4 * pairs * width;
  }
  return sum * 1e-9;
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

void propose(const nets::Sam& sam) {
  sam6d::SamProposerOptions options;
  options.selection.pred_iou_threshold = 0;
  options.selection.stability_threshold = 0;
  const sam6d::SamProposer proposer{sam, options};
  sam6d::Image<sam6d::Rgb8> picture(640, 480);
  sam6d::Random random(1);
  for (std::size_t i = 0; i < picture.size(); ++i) {
    const auto value = static_cast<std::uint8_t>(255 * random.uniform());
    picture.data()[i] = {value, value, value};
  }
  sam6d::SamCounts counts;
  const Stopwatch watch;
  const auto proposals = proposer.propose(picture.view(), {}, {}, counts);
  std::printf("%d prompts, %d masks, %d looked at, %zu proposals: %.1f s, peak %.0f MiB\n",
              counts.grid_points, counts.masks, counts.stable, proposals.size(), watch.seconds(),
              peak_mib());
}

void time_parts(const nets::Sam& sam) {
  const nets::SamConfig& config = sam.config();
  const double sgemm = matmul_gflops();
  const at::Tensor input = at::randn({1, 3, config.image_size, config.image_size});
  at::Tensor embedding;
  const double encoding = median_seconds(3, [&] { embedding = sam.encode(input); }).wall;
  const double gflops = encoder_gflop(config) / encoding;
  std::printf("image encoder: %.2f s, %.0f GFLOP, %.0f GFLOP/s; sgemm %.0f and %.0f GFLOP/s\n",
              encoding, encoder_gflop(config), gflops, sgemm, matmul_gflops());

  nets::SamImage image;
  const double sharing = median_seconds(5, [&] { image = sam.share(embedding); }).wall;
  const nets::SamPrompts prompts{
      at::rand({kPoints, 1, 2}, at::kDouble).mul(static_cast<double>(config.image_size)),
      at::ones({kPoints, 1}, at::kLong),
      {},
      {}};
  double answering = 0;
  double drawing = 0;
  const double decoding = median_seconds(5, [&] {
                            answering = 0;
                            drawing = 0;
                            for (std::int64_t first = 0; first < kPoints; first += kPointsATime) {
                              const Stopwatch watch;
                              const nets::SamAnswers answers =
                                  sam.answer(image, {prompts.points.narrow(0, first, kPointsATime),
                                                     prompts.labels.narrow(0, first, kPointsATime),
                                                     {},
                                                     {}});
                              answering += watch.seconds();
                              const Stopwatch of_masks;
                              static_cast<void>(sam.draw(answers, at::arange(kPointsATime)));
                              drawing += of_masks.seconds();
                            }
                          }).wall;
  std::printf("once a picture %.3f s; 64 points %.2f s (predictions %.2f s, masks %.2f s)\n",
              sharing, decoding, answering, drawing);
  std::printf("peak %.0f MiB\n", peak_mib());
}

}  // namespace

int main(int argc, char** argv) {
  at::set_num_threads(argc > 1 ? std::atoi(argv[1]) : 2);
  const std::string size = argc > 2 ? argv[2] : "h";
  const sam6d::Precision precision =
      argc > 3 ? sam6d::parse_precision(argv[3]) : sam6d::Precision::kFloat32;
  const Stopwatch loading;
  const nets::Sam sam(sam6d::Weights::synthetic(sam6d::Network::kSam), config_of(size), {},
                      precision);
  std::printf("ViT-%s, threads %d, %s; made and loaded in %.2f s, %.0f MB\n", size.c_str(),
              at::get_num_threads(), std::string(to_string(precision)).c_str(), loading.seconds(),
              static_cast<double>(sam.bytes()) * 1e-6);
  if (argc > 4 && std::string(argv[4]) == "propose") {
    propose(sam);
  } else {
    time_parts(sam);
  }
  return 0;
}

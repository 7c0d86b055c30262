// Seconds of the pose network at its published sizes with synthetic weights: loading, features of
// template views, preparing an object, and a batch of 1 and of 8 detections of an onboarded object;
// beside them the rate of sgemm in the same run. Wall times, and CPU times of all threads, which
// other work on the machine does not change much. Usage: bench_pem [threads] [repeat] [precision]

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/stack.h>

#include "base/stopwatch.hpp"
#include "nets/pem.hpp"
#include "nets/sgemm_rate.hpp"
#include "render/median_seconds.hpp"

namespace {

using sam6d::Stopwatch;
using sam6d::bench::median_seconds;

constexpr std::int64_t kPixels = 224 * 224;
constexpr float kRadius = 0.05F;   ///< of the object, about, metres
constexpr float kDistance = 0.7F;  ///< of the detection from the camera, metres
constexpr float kNoise = 0.0005F;  ///< of its points, metres

/// Points (n,3) of a dented sphere; with `seen_from_afar` its front half, noisy and at a distance.
at::Tensor surface(std::int64_t n, unsigned seed, bool seen_from_afar) {
  at::Tensor points = at::empty({n, 3}, at::kFloat);
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  for (std::int64_t i = 0; i < n;) {
    float d[3] = {normal(random), normal(random), normal(random)};
    const float length = std::sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    for (float& v : d) v /= length;
    if (seen_from_afar && d[2] > 0) continue;
    const float radius = kRadius * (1 + 0.4F * d[0] + 0.25F * std::sin(4 * d[1]) * d[2] +
                                    0.15F * std::cos(5 * d[0]));
    float* const p = points.data_ptr<float>() + 3 * i;
    for (int axis = 0; axis < 3; ++axis) {
      p[axis] = radius * d[axis] + (seen_from_afar ? kNoise * normal(random) : 0.0F);
    }
    if (seen_from_afar) p[2] += kDistance;
    ++i;
  }
  return points;
}

at::Tensor pictures(std::int64_t count) {
  return at::randint(0, 256, {count, 224, 224, 3}, at::kByte);
}

/// Of one detection: 35 of the vision transformer, 5 of its last layer, 13 of the dense points'
/// layers, 4 of their encoding, 5 of the rest.
constexpr double kGflop = 62;

}  // namespace

int main(int argc, char** argv) {
  at::set_num_threads(argc > 1 ? std::atoi(argv[1]) : 2);
  const int repeat = argc > 2 ? std::atoi(argv[2]) : 7;
  const sam6d::Precision precision =
      argc > 3 ? sam6d::parse_precision(argv[3]) : sam6d::Precision::kFloat32;

  const Stopwatch loading;
  const sam6d::nets::Pem pem(sam6d::Weights::synthetic(sam6d::Network::kPem), {}, {}, precision);
  std::printf("threads %d, %s; made and loaded in %.2f s, %.0f MB; sgemm %.0f GFLOP a CPU second\n",
              at::get_num_threads(), std::string(to_string(precision)).c_str(), loading.seconds(),
              static_cast<double>(pem.bytes()) * 1e-6, sam6d::bench::matmul_rate().cpu);

  constexpr std::int64_t kViews = 4;
  const sam6d::nets::PemViews views = {pictures(kViews),
                                       at::randint(0, kPixels, {kViews, 5000}, at::kLong),
                                       surface(kViews * 5000, 1, false).reshape({kViews, 5000, 3})};
  sam6d::nets::PemTemplates templates;
  const double of_views = median_seconds(3, [&] { templates = pem.template_features(views); }).wall;
  const at::Tensor model = surface(1024, 2, false);
  sam6d::nets::PemObjectPtr object;
  const double preparing = median_seconds(3, [&] { object = pem.prepare(templates, model); }).wall;
  std::printf("template features %.3f s a view; preparing an object %.3f s\n", of_views / kViews,
              preparing);

  double of_one = 0;
  for (const std::int64_t batch : {1, 2, 4, 8}) {
    std::vector<at::Tensor> points;
    for (std::int64_t b = 0; b < batch; ++b) {
      points.push_back(surface(2048, static_cast<unsigned>(3 + b), true));
    }
    const sam6d::nets::PemDetections detections = {
        pictures(batch), at::randint(0, kPixels, {batch, 2048}, at::kLong), at::stack(points),
        at::rand({batch, 3 * pem.config().hypotheses})};
    const std::vector<sam6d::nets::PemObjectPtr> objects(static_cast<std::size_t>(batch), object);
    const sam6d::bench::Seconds seconds =
        median_seconds(repeat, [&] { static_cast<void>(pem.estimate(detections, objects)); });
    if (batch == 1) of_one = seconds.cpu;
    const double rate = kGflop * static_cast<double>(batch) / seconds.cpu;
    std::printf("batch %ld: %.3f s, CPU %.3f s, %.2f times batch 1; %.2f of sgemm's rate\n",
                static_cast<long>(batch), seconds.wall, seconds.cpu, seconds.cpu / of_one,
                rate / sam6d::bench::matmul_rate().cpu);
  }
  return 0;
}

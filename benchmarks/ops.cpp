// Seconds for the point-set operators on the CPU, furthest point sampling beside a plain compiled
// loop on the same threads. Usage: bench_ops [threads]

#include <algorithm>
#include <barrier>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include "ops/grouping.hpp"
#include "ops/interpolation.hpp"
#include "ops/sampling.hpp"
#include "render/median_seconds.hpp"

namespace {

using sam6d::bench::median_seconds;
using sam6d::bench::Seconds;

/// Points on a dented sphere, as depth pictures and CAD models have them: a surface.
at::Tensor surface(int n) {
  const at::Tensor xyz = at::empty({1, n, 3}, at::kFloat);
  float* const values = xyz.data_ptr<float>();
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  for (int i = 0; i < n; ++i) {
    const float x = normal(random), y = normal(random), z = normal(random);
    const float length = std::sqrt(x * x + y * y + z * z);
    const float radius = 1.0F + 0.1F * std::sin(5.0F * x / length) * std::cos(4.0F * y / length);
    values[3 * i] = radius * x / length;
    values[3 * i + 1] = radius * y / length;
    values[3 * i + 2] = radius * z / length;
  }
  return xyz;
}

/// What one writes down first: each thread goes through its share of the points, one after the
/// other, then the winners are compared. Ties go to the smallest index.
void plain_loop(const float* xyz, int n, int count, int threads, std::int32_t* idx) {
  struct alignas(64) Winner {
    float distance2;
    int index;
  };
  std::vector<float> running(static_cast<std::size_t>(n), 1e10F);
  std::vector<Winner> winners(static_cast<std::size_t>(threads));
  int last = 0;
  int chosen = 0;
  const auto choose = [&]() noexcept {
    Winner best = winners[0];
    for (const Winner& winner : winners) {
      if (winner.distance2 > best.distance2) best = winner;
    }
    last = best.index;
    idx[++chosen] = last;
  };
  std::barrier step(threads, choose);
  idx[0] = 0;
  const auto work = [&](int thread) {
    const int begin = static_cast<int>(std::int64_t{n} * thread / threads);
    const int end = static_cast<int>(std::int64_t{n} * (thread + 1) / threads);
    for (int j = 1; j < count; ++j) {
      const float x = xyz[3 * last], y = xyz[3 * last + 1], z = xyz[3 * last + 2];
      Winner best{-1.0F, begin};
      for (int k = begin; k < end; ++k) {
        const float dx = xyz[3 * k] - x, dy = xyz[3 * k + 1] - y, dz = xyz[3 * k + 2] - z;
        const float d = dx * dx + dy * dy + dz * dz;
        float& nearest = running[static_cast<std::size_t>(k)];
        if (d < nearest) nearest = d;
        if (nearest > best.distance2) best = {nearest, k};
      }
      winners[static_cast<std::size_t>(thread)] = best;
      step.arrive_and_wait();
    }
  };
  std::vector<std::jthread> others;
  for (int thread = 1; thread < threads; ++thread) others.emplace_back(work, thread);
  work(0);
}

void print(const char* name, const Seconds& time) {
  std::printf("%-58s %8.2f ms (CPU %8.2f ms)\n", name, 1e3 * time.wall, 1e3 * time.cpu);
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  at::set_num_threads(threads);
  std::printf("%d threads\n", threads);
  for (const auto& [n, count] : {std::pair{210'000, 2048}, {5000, 2048}, {2048, 196}}) {
    const at::Tensor xyz = surface(n);
    std::vector<std::int32_t> plain(static_cast<std::size_t>(count));
    at::Tensor idx;
    std::vector<double> ratios;
    Seconds ours{}, theirs{};
    // In turns, so that both see the same machine.
    for (int round = 0; round < 5; ++round) {
      theirs = median_seconds(
          1, [&] { plain_loop(xyz.data_ptr<float>(), n, count, threads, plain.data()); });
      ours = median_seconds(1, [&] { idx = sam6d::ops::furthest_point_sampling(xyz, count); });
      ratios.push_back(theirs.wall / ours.wall);
    }
    int differences = 0;
    for (int j = 0; j < count; ++j) {
      if (idx.data_ptr<std::int32_t>()[j] != plain[static_cast<std::size_t>(j)]) ++differences;
    }
    std::printf("furthest point sampling %d -> %d, %d indices differ\n", n, count, differences);
    print("  plain loop, last of 5", theirs);
    print("  operator, last of 5", ours);
    std::sort(ratios.begin(), ratios.end());
    std::printf("  times faster: %.1f (median of 5 pairs, %.1f to %.1f)\n", ratios[2], ratios[0],
                ratios[4]);
  }

  const at::Tensor cloud = surface(2048);
  const at::Tensor few = cloud.narrow(1, 0, 196).contiguous();
  print("ball query 2048 in 2048, radius 0.1, 32 samples",
        median_seconds(21, [&] { (void)sam6d::ops::ball_query(cloud, cloud, 0.1F, 32); }));
  print("ball query 2048 in 2048, radius 0.2, 64 samples",
        median_seconds(21, [&] { (void)sam6d::ops::ball_query(cloud, cloud, 0.2F, 64); }));
  const at::Tensor features = cloud.transpose(1, 2).contiguous();
  print("query and group 2048 in 2048, radius 0.2, 64 samples", median_seconds(21, [&] {
          (void)sam6d::ops::query_and_group(cloud, cloud, features, 0.2F, 64);
        }));
  print("three nearest of 196 for 2048",
        median_seconds(21, [&] { (void)sam6d::ops::three_nn(cloud, few); }));
  print("three nearest of 2048 for 2048",
        median_seconds(21, [&] { (void)sam6d::ops::three_nn(cloud, cloud); }));
  return 0;
}

// Milliseconds of parts of the pose network on the CPU at full size, each beside a plain
// composition of LibTorch's operators that gives the same, in turns on the same threads.
// Usage: bench_pem_parts [threads]

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_det.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include "nets/composed_assignment.hpp"
#include "nets/point_encoding.hpp"
#include "nets/pose_solving.hpp"
#include "nets/relative_scores.hpp"
#include "nets/rigid_fit.hpp"
#include "ops/grouping.hpp"
#include "ops/nearest.hpp"
#include "ops/rigid_fits.hpp"
#include "ops/sampling.hpp"
#include "ops/set_abstraction.hpp"
#include "render/median_seconds.hpp"

namespace {

using sam6d::bench::median_seconds;
using sam6d::bench::Seconds;
namespace nets = sam6d::nets;
namespace ops = sam6d::ops;

/// What a line says of a part: wall time, and the CPU's of all threads together, which a machine
/// shared with others changes less.
void print(const char* name, const Seconds& time) {
  std::printf("%-42s %7.2f ms (CPU %7.2f ms)", name, 1e3 * time.wall, 1e3 * time.cpu);
}

Seconds median(std::vector<Seconds> times) {
  const auto middle = [&](double Seconds::*member) {
    std::sort(times.begin(), times.end(),
              [&](const Seconds& a, const Seconds& b) { return a.*member < b.*member; });
    return times[times.size() / 2].*member;
  };
  return {middle(&Seconds::wall), middle(&Seconds::cpu)};
}

/// The median times of both, in turns, so that both see the same machine.
template <class Ours, class Plain>
void compare(const char* name, int rounds, const Ours& ours, const Plain& plain) {
  std::vector<Seconds> own;
  std::vector<Seconds> other;
  for (int round = 0; round < rounds; ++round) {
    own.push_back(median_seconds(1, ours));
    other.push_back(median_seconds(1, plain));
  }
  const Seconds time = median(own);
  const Seconds baseline = median(other);
  print(name, time);
  std::printf(", plain %7.2f ms (CPU %7.2f ms), %.1f times\n", 1e3 * baseline.wall,
              1e3 * baseline.cpu, baseline.wall / time.wall);
}

/// Points on a dented sphere of radius 0.9 or so.
at::Tensor surface(int n, unsigned seed) {
  const at::Tensor xyz = at::empty({1, n, 3}, at::kFloat);
  float* const values = xyz.data_ptr<float>();
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  for (int i = 0; i < n; ++i) {
    const float x = normal(random), y = normal(random), z = normal(random);
    const float length = std::sqrt(x * x + y * y + z * z);
    const float radius = 0.8F + 0.15F * std::sin(5.0F * x / length) * std::cos(4.0F * y / length);
    values[3 * i] = radius * x / length;
    values[3 * i + 1] = 0.7F * radius * y / length;
    values[3 * i + 2] = 0.5F * radius * z / length;
  }
  return xyz;
}

at::Tensor sampled(const at::Tensor& xyz, std::int64_t count) {
  const at::Tensor idx = ops::furthest_point_sampling(xyz, count);
  return ops::gather_points(xyz.transpose(1, 2), idx).transpose(1, 2).contiguous();
}

/// A detection whose visible half of the surface has been matched well, but for noise.
struct Detection {
  at::Tensor R, t, model, object, observed;

  Detection() {
    R = at::eye(3, at::kFloat).roll(1, 0).unsqueeze(0).contiguous();
    t = at::empty({1, 3}, at::kFloat);
    for (int c = 0; c < 3; ++c) t.data_ptr<float>()[c] = c == 2 ? 8.0F : 0.5F;
    model = surface(1024, 1);
    object = sampled(surface(5000, 2), 2048);
    const at::Tensor all = surface(4200, 3);
    const at::Tensor visible = all[0].index_select(0, std::get<1>(all[0].select(1, 1).topk(2048)));
    const at::Tensor noise = surface(2048, 4).mul(0.01);
    observed = at::matmul(visible.unsqueeze(0), R.transpose(1, 2)).add(t.unsqueeze(1)).add(noise);
  }
};

/// Logits of the squared distance to the true place, with noise; those of the background are 0.
at::Tensor similarity(const Detection& detection, const at::Tensor& observed,
                      const at::Tensor& object) {
  const at::Tensor back = at::matmul(observed.sub(detection.t.unsqueeze(1)), detection.R);
  at::Tensor result = at::zeros({1, observed.size(1) + 1, object.size(1) + 1}, at::kFloat);
  const at::Tensor inner = at::cdist(back, object).square().mul(-60).add(8).clamp_min(-9);
  result.narrow(1, 1, observed.size(1)).narrow(2, 1, object.size(1)).copy_(inner);
  float* const values = result.data_ptr<float>();
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  for (std::int64_t i = 0; i < result.numel(); ++i) values[i] += normal(random);
  return result;
}

at::Tensor plain_rotations(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor covariance = at::matmul(a.transpose(1, 2), b);
  const auto [u, s, vh] = at::linalg_svd(covariance);
  const at::Tensor v = vh.transpose(1, 2);
  const at::Tensor ut = u.transpose(1, 2);
  at::Tensor signs = at::eye(3, a.options()).repeat({a.size(0), 1, 1});
  signs.select(1, 2).select(1, 2).copy_(at::linalg_det(at::matmul(v, ut)).sign());
  return at::matmul(at::matmul(v, signs), ut);
}

at::Tensor gathered(const at::Tensor& points, const at::Tensor& idx) {
  return points.gather(1, idx.to(at::kLong).unsqueeze(2).expand({-1, -1, 3}));
}

void fits(const Detection& detection) {
  const at::Tensor sparse = sampled(detection.observed, 196);
  const at::Tensor object = sampled(detection.object, 196);
  const at::Tensor idx1 = at::randint(196, {1, 18000}, at::kInt);
  const at::Tensor idx2 = at::randint(196, {1, 18000}, at::kInt);
  compare(
      "6,000 fits of three pairs", 11, [&] { (void)ops::fit_triples(object, sparse, idx2, idx1); },
      [&] {
        const at::Tensor a = gathered(object, idx2).reshape({6000, 3, 3});
        const at::Tensor b = gathered(sparse, idx1).reshape({6000, 3, 3});
        (void)plain_rotations(a.sub(a.mean(1, true)), b.sub(b.mean(1, true)));
      });
}

void scoring(const Detection& detection, int spread, const char* name) {
  const at::Tensor sparse = sampled(detection.observed, 196);
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  const at::Tensor R = detection.R.unsqueeze(1).repeat({1, 300, 1, 1});
  const at::Tensor t = detection.t.unsqueeze(1).repeat({1, 300, 1});
  for (std::int64_t i = 0; i < t.numel(); ++i) {
    t.data_ptr<float>()[i] += 0.01F * static_cast<float>(spread) * normal(random);
  }
  compare(
      name, 11, [&] { (void)ops::nearest_distances(sparse, R, t, detection.model); },
      [&] {
        const at::Tensor moved = at::matmul(sparse.unsqueeze(1).sub(t.unsqueeze(2)), R)[0];
        const at::Tensor square =
            moved.square()
                .sum(2, true)
                .sub(at::matmul(moved, detection.model.transpose(1, 2)).mul_(2))
                .add_(detection.model.square().sum(2).unsqueeze(1))
                .clamp_min_(0);
        (void)square.sqrt_().amin(2);
      });
}

void solving(const Detection& detection) {
  const at::Tensor sparse = sampled(detection.observed, 196);
  const at::Tensor object = sampled(detection.object, 196);
  const at::Tensor coarse = similarity(detection, sparse, object);
  const at::Tensor draws = at::empty({1, 18000}, at::kFloat).uniform_(0, 1);
  nets::SolvedPoses poses;
  print("coarse solving, 196 x 196", median_seconds(21, [&] {
          poses = nets::solve_coarse(coarse, sparse, object, detection.model, draws, {6000, 300});
        }));
  std::printf(", t off by %.3f\n",
              static_cast<double>(poses.t.sub(detection.t).norm().item<float>()));

  const at::Tensor fine = similarity(detection, detection.observed, detection.object);
  compare(
      "assignment and counterparts, 2048 x 2048", 11,
      [&] { (void)nets::counterparts(fine, detection.object); },
      [&] { (void)nets::composed_counterparts(fine, detection.object); });
  print("fine solving, 2048 x 2048", median_seconds(21, [&] {
          poses = nets::solve_fine(fine, detection.observed, detection.object, detection.model);
        }));
  std::printf(", t off by %.3f, score %.3f\n",
              static_cast<double>(poses.t.sub(detection.t).norm().item<float>()),
              static_cast<double>(poses.score.item<float>()));
}

/// Layers as the network's, with made-up weights.
ops::SharedMlp made_up_mlp() {
  ops::SharedMlp mlp;
  std::int64_t in = 6;
  for (const std::int64_t out : {32, 64, 128}) {
    const double bound = std::sqrt(3.0 / static_cast<double>(in));
    mlp.push_back({at::empty({out, in}, at::kFloat).uniform_(-bound, bound),
                   at::empty({out, 1}, at::kFloat).uniform_(-0.05, 0.05)});
    in = out;
  }
  return mlp;
}

void encoding(const Detection& detection) {
  const ops::SharedMlp mlp = made_up_mlp();
  const at::Tensor& xyz = detection.object;
  for (const auto& [radius, samples] : {std::pair{0.1F, 32}, {0.2F, 64}}) {
    const at::Tensor idx = ops::ball_query(xyz, xyz, radius, samples);
    const double distinct =
        1 + static_cast<double>(idx.ne(idx.narrow(2, 0, 1)).sum().item<std::int64_t>()) / 2048;
    std::printf("radius %.1f: %.1f neighbours of at most %d\n", static_cast<double>(radius),
                distinct, samples);
    compare(
        "positional encoding of 2,048 points", 11,
        [&] { (void)nets::encode_neighbourhoods(xyz, radius, samples, mlp); },
        [&] {
          (void)ops::pooled_neighbourhoods({radius, samples, mlp}, xyz, xyz,
                                           xyz.transpose(1, 2).contiguous())
              .transpose(1, 2)
              .contiguous();
        });
  }
}

void relative_scoring(at::ScalarType type, const char* name) {
  const at::Tensor queries = at::randn({1, 197, 4, 256}, at::kFloat).to(type);
  const std::vector<at::Tensor> places{at::randn({197, 197, 256}, at::kFloat).to(type)};
  compare(
      name, 21, [&] { (void)nets::relative_scores(queries, places); },
      [&] { (void)at::bmm(queries[0], places[0].transpose(1, 2)).transpose(0, 1).contiguous(); });
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  at::set_num_threads(threads);
  std::printf("%d threads, medians\n", threads);
  const Detection detection;
  fits(detection);
  scoring(detection, 3, "300 poses' distances, near the truth");
  scoring(detection, 40, "300 poses' distances, far off");
  solving(detection);
  encoding(detection);
  relative_scoring(at::kFloat, "relative scores, 197 x 197 x 256");
  relative_scoring(at::kBFloat16, "relative scores of bfloat16");
  return 0;
}

// Milliseconds of scoring proposals against objects at the sizes of DINOv2 ViT-L, each part beside
// a plain composition of LibTorch's operators that does it as the reference does: dense, over the
// whole picture. Usage: bench_ism_scoring [proposals] [objects] [threads]

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "neural/appearance_scores.hpp"
#include "neural/final_scores.hpp"
#include "neural/geometric_scores.hpp"
#include "neural/semantic_scores.hpp"
#include "render/median_seconds.hpp"

namespace {

using namespace sam6d;
using sam6d::bench::median_seconds;
using sam6d::bench::Seconds;

constexpr std::int64_t kViews = 42;
constexpr std::int64_t kChannels = 1024;
constexpr std::int64_t kSide = 16;  // patches
constexpr int kWidth = 640;
constexpr int kHeight = 480;
constexpr std::int64_t kPoints = 2048;

/// Descriptors of crops that show an ellipse of a random shape: masked patches are zero.
at::Tensor patches(std::int64_t count, std::mt19937& random) {
  at::Tensor result = at::randn({count, kSide * kSide, kChannels}, at::kFloat);
  result.div_(result.norm(2, {2}, true));
  std::uniform_real_distribution<double> axis(0.4, 1.0);
  for (std::int64_t i = 0; i < count; ++i) {
    const double a = axis(random);
    for (std::int64_t p = 0; p < kSide * kSide; ++p) {
      const std::int64_t column = p % kSide;
      const std::int64_t row = p / kSide;
      const double x = (2.0 * static_cast<double>(column) + 1) / kSide - 1;
      const double y = (2.0 * static_cast<double>(row) + 1) / kSide - 1;
      if (x * x + y * y / (a * a) > 1) result[i][p].zero_();
    }
  }
  return result;
}

struct Inputs {
  at::Tensor cls;
  at::Tensor patch;
  std::vector<at::Tensor> object_cls;
  std::vector<at::Tensor> object_patch;
  std::vector<Proposal> proposals;
  std::vector<Eigen::Vector3f> points;
  std::vector<Eigen::Matrix3d> rotations;
  Image<float> depth_m{kWidth, kHeight, 0.8F};
  Image<Rgb8> rgb{kWidth, kHeight};
  CameraIntrinsics camera{572, 572, 319.5, 239.5, kWidth, kHeight};
  // For the plain way.
  at::Tensor masks = {};
  at::Tensor depth = {};

  Inputs(std::int64_t count, std::int64_t objects) {
    std::mt19937 random(1);
    cls = at::randn({count, kChannels}, at::kFloat).add(1);
    patch = patches(count, random);
    for (std::int64_t i = 0; i < objects; ++i) {
      object_cls.push_back(at::randn({kViews, kChannels}, at::kFloat).add(1));
      object_patch.push_back(patches(kViews, random));
    }
    std::uniform_int_distribution<int> side(30, 250);
    masks = at::zeros({count, kHeight, kWidth}, at::kFloat);
    depth = at::empty({kHeight, kWidth}, at::kFloat).fill_(0.8);
    for (std::int64_t i = 0; i < count; ++i) {
      const int w = side(random);
      const int h = side(random);
      const int x0 = static_cast<int>(random() % static_cast<unsigned>(kWidth - w));
      const int y0 = static_cast<int>(random() % static_cast<unsigned>(kHeight - h));
      const Box box{x0, y0, x0 + w, y0 + h};
      proposals.push_back({box, box, Image<float>(w, h, 1.0F), 1});
      masks[i].narrow(0, y0, h).narrow(1, x0, w).fill_(1);
    }
    std::normal_distribution<float> normal(0, 0.05F);
    for (std::int64_t i = 0; i < kPoints; ++i) {
      points.emplace_back(normal(random), normal(random), normal(random));
    }
    rotations.assign(static_cast<std::size_t>(kViews), Eigen::Matrix3d::Identity());
  }
  [[nodiscard]] Frame frame() const { return {rgb.view(), depth_m.view(), camera, {}}; }
};

std::vector<float> score(const Inputs& in, int threads, Seconds parts[3]) {
  std::vector<SemanticMatch> matches;
  std::vector<AppearanceScore> looks;
  std::vector<std::optional<float>> places;
  parts[0] = median_seconds(1, [&] {
    SemanticSettings settings;
    settings.threads = threads;
    matches = match_semantically(in.cls, in.object_cls, settings);
  });
  parts[1] = median_seconds(1, [&] {
    looks = score_appearances(in.patch, in.object_patch, matches, {0.5F, false, threads});
  });
  parts[2] = median_seconds(1, [&] {
    std::vector<GeometricQuery> queries;
    queries.reserve(matches.size());
    for (const SemanticMatch& match : matches) {
      queries.push_back({&in.proposals[static_cast<std::size_t>(match.proposal)], in.points,
                         in.rotations[static_cast<std::size_t>(match.view)]});
    }
    places = score_geometry(queries, in.frame(), {false, threads});
  });
  std::vector<float> scores;
  for (std::size_t i = 0; i < matches.size(); ++i) {
    scores.push_back(final_score(matches[i].score, looks[i], places[i]));
  }
  return scores;
}

/// Dense, as the reference.
void plain(const Inputs& in, Seconds parts[3]) {
  at::Tensor object;
  at::Tensor view;
  parts[0] = median_seconds(1, [&] {
    const at::Tensor a = in.cls.div(in.cls.norm(2, {1}, true)).unsqueeze(1);
    std::vector<at::Tensor> all;
    for (const at::Tensor& views : in.object_cls) {
      const at::Tensor b = views.div(views.norm(2, {1}, true)).unsqueeze(0);
      all.push_back(a.mul(b).sum({2}).clamp(0, 1));
    }
    const at::Tensor scores = at::stack(all, 1);
    object = std::get<0>(scores.topk(5, 2)).mean({2}).argmax(1);
    const at::Tensor best = scores.argmax(2);
    view = best.gather(1, object.unsqueeze(1)).squeeze(1);
  });
  parts[1] = median_seconds(1, [&] {
    const at::Tensor index = object.mul(kViews).add(view);
    const at::Tensor reference = at::stack(in.object_patch, 0)
                                     .reshape({-1, kSide * kSide, kChannels})
                                     .index_select(0, index);
    const at::Tensor forward = std::get<0>(at::bmm(in.patch, reference.transpose(1, 2)).max(2));
    const at::Tensor count = in.patch.sum({2}).ne(0).sum({1});
    (void)forward.sum({1}).div(count.add(1e-6)).clamp(0, 1);
    const at::Tensor backward = std::get<0>(at::bmm(in.patch, reference.transpose(1, 2)).max(1));
    (void)backward.gt(0.5).sum({1}).div(backward.ne(0).sum({1}).add(1e-6));
  });
  parts[2] = median_seconds(1, [&] {
    const at::Tensor masked = in.masks.mul(in.depth);
    const at::Tensor u = at::arange(kWidth, at::kFloat).sub(in.camera.cx).div(in.camera.fx);
    const at::Tensor v =
        at::arange(kHeight, at::kFloat).sub(in.camera.cy).div(in.camera.fy).unsqueeze(1);
    std::vector<at::Tensor> places;
    for (std::int64_t i = 0; i < masked.size(0); ++i) {
      const at::Tensor z = masked[i];
      const at::Tensor cloud = at::stack({z.mul(u), z.mul(v), z}, 2).reshape({-1, 3});
      const at::Tensor seen = cloud.select(1, 2).gt(0).nonzero().squeeze(1);
      places.push_back(cloud.index_select(0, seen).mean({0}));
    }
    const at::Tensor cloud = at::empty({masked.size(0), kPoints, 3}, at::kFloat);
    cloud.copy_(at::stack(places, 0).unsqueeze(1).expand({-1, kPoints, -1}));
    (void)cloud.narrow(2, 0, 2).div(cloud.narrow(2, 2, 1)).amax({1});
  });
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 100;
  const int objects = argc > 2 ? std::atoi(argv[2]) : 1;
  const int threads = argc > 3 ? std::atoi(argv[3]) : 2;
  at::set_num_threads(threads);
  const Inputs in(count, objects);
  const std::vector<std::string> names{"semantic", "appearance", "place and projection"};
  constexpr int kRounds = 7;
  std::vector<std::vector<double>> own(3);
  std::vector<std::vector<double>> other(3);
  std::size_t scored = 0;
  for (int round = 0; round < kRounds; ++round) {
    Seconds a[3];
    Seconds b[3];
    scored = score(in, threads, a).size();
    plain(in, b);
    for (std::size_t part = 0; part < 3; ++part) {
      own[part].push_back(a[part].wall);
      other[part].push_back(b[part].wall);
    }
  }
  const auto median = [](std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return 1e3 * values[values.size() / 2];
  };
  std::printf("%d proposals, %d objects of %d views, %d threads; %zu scored\n", count, objects,
              static_cast<int>(kViews), threads, scored);
  double total = 0;
  double plain_total = 0;
  for (std::size_t part = 0; part < 3; ++part) {
    std::printf("%-22s %8.2f ms, plain %8.2f ms\n", names[part].c_str(), median(own[part]),
                median(other[part]));
    total += median(own[part]);
    plain_total += median(other[part]);
  }
  std::printf("%-22s %8.2f ms, plain %8.2f ms\n", "all", total, plain_total);
  return 0;
}

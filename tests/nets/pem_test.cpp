#include "nets/pem.hpp"

#include <filesystem>
#include <vector>

#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <doctest/doctest.h>

#include "nets/pem_golden.hpp"
#include "nets/unit_golden.hpp"
#include "support/errors.hpp"
#include "support/golden.hpp"

namespace sam6d::test {
namespace {

const std::filesystem::path kData = std::filesystem::path(SAM6D_TEST_DATA) / "pem";

/// Rounding of sums in another order between a batch and its items.
constexpr double kBatch = 1e-4;
constexpr std::int64_t kPoints = 64;

nets::PemConfig small_config() {
  nets::PemConfig config;
  config.vit.width = 48;
  config.vit.depth = 4;
  config.vit.heads = 3;
  config.vit.out_channels = 16;
  config.coarse_points = 16;
  config.fine_points = kPoints;
  config.channels = 16;
  config.coarse_blocks = 1;
  config.hypotheses = 50;
  config.kept_hypotheses = 5;
  config.fine_blocks = 1;
  return config;
}

nets::PemViews some_views(std::int64_t count) {
  return {at::randint(0, 256, {count, 224, 224, 3}, at::kByte),
          at::randint(0, 224 * 224, {count, 100}, at::kLong), at::rand({count, 100, 3})};
}

nets::PemDetections some_detections(std::int64_t count) {
  return {at::randint(0, 256, {count, 224, 224, 3}, at::kByte),
          at::randint(0, 224 * 224, {count, kPoints}, at::kInt), at::rand({count, kPoints, 3}),
          at::rand({count, 150})};
}

TEST_CASE("the pose network's modules give the reference's values") {
  check_unit_modules(kData / "unit_modules.safetensors");
}

TEST_CASE("the tiny pose network gives the reference's values") {
  check_tiny_network(kData / "tiny_inputs.safetensors", kData / "tiny_outputs.safetensors");
}

TEST_CASE("detections of several objects in a batch get the poses that they get alone") {
  const nets::Pem pem(Weights::synthetic(Network::kPem), small_config());
  std::vector<nets::PemObjectPtr> objects;
  for (int i = 0; i < 2; ++i) {
    objects.push_back(pem.prepare(pem.template_features(some_views(3)), at::rand({40, 3})));
  }
  objects.push_back(objects[1]);  // one object twice in a row shares its places
  const nets::PemDetections detections = some_detections(3);
  const nets::PemPoses together = pem.estimate(detections, objects);
  for (std::int64_t b = 0; b < 3; ++b) {
    const nets::PemPoses alone =
        pem.estimate({detections.rgb_u8.narrow(0, b, 1), detections.choose.narrow(0, b, 1),
                      detections.points.narrow(0, b, 1), detections.draws.narrow(0, b, 1)},
                     std::span(objects).subspan(static_cast<std::size_t>(b), 1));
    CHECK(largest_difference(alone.init_R[0], together.init_R[b]) <= kBatch);
    CHECK(largest_difference(alone.R[0], together.R[b]) <= kBatch);
    CHECK(largest_difference(alone.t[0], together.t[b]) <= kBatch);
    CHECK(largest_difference(alone.score[0], together.score[b]) <= kBatch);
  }
}

TEST_CASE("features of views do not depend on how many are worked off together") {
  const nets::Pem pem(Weights::synthetic(Network::kPem), small_config());
  const nets::PemViews views = some_views(3);
  const nets::PemTemplates one = pem.template_features(views, false, 1);
  const nets::PemTemplates three = pem.template_features(views, false, 3);
  CHECK(equal(one.points, three.points));
  CHECK(largest_difference(one.features, three.features) <= kBatch);
  check_error(
      [&] {
        static_cast<void>(pem.template_features(
            views, false, 1, [](const Progress& progress) { return progress.done < 1; }));
      },
      ErrorCode::kCancelled, "template features");
}

TEST_CASE("bfloat16 gives features near those of float32") {
  // 8 bits of mantissa; features of up to about 3 go through four blocks.
  constexpr double kBFloat16 = 0.15;
  const nets::PemViews views = some_views(2);
  const nets::Pem exact(Weights::synthetic(Network::kPem), small_config());
  const nets::Pem coarse(Weights::synthetic(Network::kPem), small_config(), {},
                         Precision::kBFloat16);
  const nets::PemTemplates a = exact.template_features(views);
  const nets::PemTemplates b = coarse.template_features(views);
  CHECK(equal(a.points, b.points));
  CHECK(largest_difference(a.features, b.features) <= kBFloat16);
  CHECK(coarse.bytes() < exact.bytes());
  const std::vector<nets::PemObjectPtr> objects = {coarse.prepare(b, at::rand({40, 3}))};
  const nets::PemPoses poses = coarse.estimate(some_detections(1), objects);
  CHECK(poses.R.isfinite().all().item<bool>());
}

TEST_CASE("what does not fit is refused by name") {
  const nets::Pem pem(Weights::synthetic(Network::kPem), small_config());
  const std::vector<nets::PemObjectPtr> objects = {
      pem.prepare(pem.template_features(some_views(1)), at::rand({40, 3}))};
  nets::PemDetections detections = some_detections(1);
  detections.choose = detections.choose.add(224 * 224);
  check_error([&] { static_cast<void>(pem.estimate(detections, objects)); },
              ErrorCode::kInvalidArgument, "rgb_choose");
  detections = some_detections(2);
  check_error([&] { static_cast<void>(pem.estimate(detections, objects)); },
              ErrorCode::kInvalidArgument, "pts");
  check_error([&] { static_cast<void>(pem.estimate(detections, {})); }, ErrorCode::kInvalidArgument,
              "object");
  check_error([&] { nets::Pem(Weights::synthetic(Network::kSam), small_config()); },
              ErrorCode::kBadWeights, "pem");
  nets::PemConfig config = small_config();
  config.heads = 3;
  check_error([&] { nets::Pem(Weights::synthetic(Network::kPem), config); },
              ErrorCode::kInvalidArgument, "heads");
}

}  // namespace
}  // namespace sam6d::test

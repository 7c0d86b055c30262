#include "neural/descriptors.hpp"

#include <algorithm>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include "support/errors.hpp"
#include "support/golden.hpp"
#include "support/tiny_dinov2.hpp"

namespace sam6d {
namespace {

/// Rounding of sums in another order.
constexpr double kOrder = 5e-5;

Image<Rgb8> noise_picture(int width, int height) {
  Image<Rgb8> picture(width, height);
  const at::Tensor bytes = at::randint(0, 256, {height, width, 3}, at::kByte);
  const auto* byte = bytes.data_ptr<std::uint8_t>();
  for (std::size_t i = 0; i < picture.size(); ++i, byte += 3) {
    picture.data()[i] = {byte[0], byte[1], byte[2]};
  }
  return picture;
}

Proposal ellipse(const Box& box) {
  Proposal proposal{box, box, Image<float>(box.width(), box.height()), 1};
  for (int y = 0; y < box.height(); ++y) {
    for (int x = 0; x < box.width(); ++x) {
      const double u = (2.0 * x + 1) / box.width() - 1;
      const double v = (2.0 * y + 1) / box.height() - 1;
      proposal.weights(x, y) = u * u + v * v <= 1 ? 1.0F : 0.0F;
    }
  }
  return proposal;
}

TEST_CASE("proposals are described by the tokens of their crops") {
  const nets::Dinov2 network = test::tiny_dinov2();
  const Image<Rgb8> picture = noise_picture(160, 120);
  const std::vector<Proposal> proposals = {ellipse({10, 10, 90, 70}), ellipse({0, 0, 160, 120}),
                                           ellipse({50, 20, 53, 110})};
  const Descriptors found = describe(network, picture.view(), proposals);
  REQUIRE(found.cls.sizes() == at::IntArrayRef({3, 48}));
  REQUIRE(found.patches.sizes() == at::IntArrayRef({3, kCropPatches, 48}));

  for (int i = 0; i < 3; ++i) {
    CAPTURE(i);
    at::Tensor image = at::empty({1, 3, kCropSide, kCropSide}, at::kFloat);
    std::vector<float> weights(kCropPixels);
    crop_proposal(picture.view(), proposals[static_cast<std::size_t>(i)],
                  {{image.data_ptr<float>(), std::size_t{3} * kCropPixels}, weights});
    const nets::Dinov2Tokens tokens = nets::tokens(network, image);
    CHECK(test::largest_difference(found.cls[i], tokens.cls[0]) <= kOrder);
    const auto valid = valid_patches(weights);
    double worst = 0;
    for (std::int64_t patch = 0; patch < kCropPatches; ++patch) {
      const at::Tensor expected = valid[static_cast<std::size_t>(patch)]
                                      ? tokens.patch[0][patch].div(tokens.patch[0][patch].norm())
                                      : at::zeros({48});
      worst = std::max(worst, test::largest_difference(found.patches[i][patch], expected));
    }
    CHECK(worst <= kOrder);
  }
  CHECK(found.patches[0].ne(0).any(1).sum().item<std::int64_t>() > 100);
  CHECK(found.patches[2].ne(0).any().item<bool>() == false);  // nowhere half a patch wide
}

TEST_CASE("how many proposals go through the network together changes nothing") {
  const nets::Dinov2 network = test::tiny_dinov2();
  const Image<Rgb8> picture = noise_picture(100, 100);
  std::vector<Proposal> proposals;
  for (int i = 0; i < 5; ++i) proposals.push_back(ellipse({i, 2 * i, 60 + 7 * i, 50 + 10 * i}));
  const Descriptors together = describe(network, picture.view(), proposals);
  for (const int batch : {1, 2}) {
    const Descriptors some = describe(network, picture.view(), proposals, {batch, 2});
    CHECK(test::largest_difference(some.cls, together.cls) <= kOrder);
    CHECK(test::largest_difference(some.patches, together.patches) <= kOrder);
  }
}

TEST_CASE("no proposal, and proposals of nothing, are described") {
  const nets::Dinov2 network = test::tiny_dinov2();
  const Image<Rgb8> picture = noise_picture(40, 30);
  CHECK(describe(network, picture.view(), {}).cls.sizes() == at::IntArrayRef({0, 48}));
  const std::vector<Proposal> nothing = {{{5, 5, 5, 9}, {}, {}, 1},
                                         {{0, 0, 40, 30}, {0, 0, 2, 2}, Image<float>(2, 2), 1}};
  const Descriptors found = describe(network, picture.view(), nothing);
  CHECK(found.patches.ne(0).any().item<bool>() == false);
  CHECK(test::equal(found.cls[0], found.cls[1]));
}

TEST_CASE("describing can be stopped") {
  const nets::Dinov2 network = test::tiny_dinov2();
  const Image<Rgb8> picture = noise_picture(40, 30);
  const std::vector<Proposal> proposals(3, ellipse({0, 0, 40, 30}));
  int calls = 0;
  test::check_error(
      [&] {
        static_cast<void>(
            describe(network, picture.view(), proposals, {1, 1}, [&](const Progress& progress) {
              CHECK(progress.total == 3);
              return ++calls < 2;
            }));
      },
      ErrorCode::kCancelled, "");
  CHECK(calls == 2);
}

}  // namespace
}  // namespace sam6d

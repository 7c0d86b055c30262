#include "neural/fastsam_proposals.hpp"

#include <cmath>
#include <filesystem>

#include <doctest/doctest.h>

#include "neural/letterbox.hpp"
#include "support/errors.hpp"
#include "support/golden.hpp"

namespace sam6d::test {
namespace {

FastSamProposer tiny_proposer(bool reference_quirks) {
  const Weights weights =
      Weights::synthetic(Network::kFastSam)
          .overridden_by(Weights::from_file(std::filesystem::path(SAM6D_TEST_DATA) / "ism" /
                                            "fastsam_tiny_overrides.safetensors"));
  FastSamProposer proposer;
  proposer.network =
      nets::load_fastsam(weights, nets::fastsam_sizes(0.125, 0.33, 256), at::kCPU, at::kFloat);
  proposer.options.side = 128;
  proposer.options.reference_quirks = reference_quirks;
  return proposer;
}

Image<Rgb8> noise(int width, int height) {
  Image<Rgb8> picture(width, height);
  std::uint32_t state = 7;
  const auto next = [&] {
    state = state * 1664525U + 1013904223U;
    return static_cast<std::uint8_t>(state >> 24U);
  };
  for (std::size_t i = 0; i < picture.size(); ++i) {
    picture.data()[i] = {next(), next(), next()};
  }
  return picture;
}

TEST_CASE("proposals lie in the picture, around their pixels, best first") {
  const FastSamProposer proposer = tiny_proposer(false);
  std::size_t count = 0;
  for (const auto& [width, height] :
       {std::pair{150, 100}, {33, 200}, {128, 128}, {1, 1}, {3, 90}}) {
    CAPTURE(width);
    const std::vector<Proposal> proposals = proposer.propose(noise(width, height).view());
    float score = 1;
    for (const Proposal& proposal : proposals) {
      const Box& box = proposal.box_px;
      CHECK_FALSE(box.empty());
      CHECK(intersect(box, Box{0, 0, width, height}) == box);
      CHECK(proposal.extent_px == box);
      REQUIRE(proposal.weights.width() == box.width());
      REQUIRE(proposal.weights.height() == box.height());
      CHECK(proposal.score > 0.25F);
      CHECK(proposal.score <= score);
      score = proposal.score;
    }
    count += proposals.size();
  }
  CHECK(count > 20);
}

TEST_CASE("the same picture gives the same proposals, and fewer where fewer are wanted") {
  FastSamProposer proposer = tiny_proposer(false);
  const Image<Rgb8> picture = noise(150, 100);
  const std::vector<Proposal> all = proposer.propose(picture.view());
  const std::vector<Proposal> again = proposer.propose(picture.view());
  REQUIRE(all.size() == again.size());
  REQUIRE(all.size() > 5);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].box_px == again[i].box_px);
    CHECK(all[i].score == again[i].score);
  }
  proposer.options.most_proposals = 3;
  CHECK(proposer.propose(picture.view()).size() <= 3);
  proposer.options.least_score = 2;
  CHECK(proposer.propose(picture.view()).empty());
}

TEST_CASE("the network sees red first, and blue first with reference quirks") {
  const Image<Rgb8> picture(32, 32, Rgb8{255, 51, 0});
  const at::Tensor right = fastsam_input(picture, false);
  const at::Tensor reversed = fastsam_input(picture, true);
  CHECK(right[0][0][3][5].item<float>() == 1.0F);
  CHECK(right[0][1][3][5].item<float>() == 51.0F / 255);
  CHECK(right[0][2][3][5].item<float>() == 0.0F);
  CHECK(equal(reversed.flip(1).contiguous(), right.contiguous()));

  // A picture whose channels were swapped is to the one what the picture is to the other.
  const Image<Rgb8> colours = noise(128, 96);
  Image<Rgb8> swapped = colours;
  for (std::size_t i = 0; i < swapped.size(); ++i) {
    std::swap(swapped.data()[i].r, swapped.data()[i].b);
  }
  const std::vector<Proposal> quirky = tiny_proposer(true).propose(colours.view());
  const std::vector<Proposal> plain = tiny_proposer(false).propose(swapped.view());
  REQUIRE_FALSE(quirky.empty());
  REQUIRE_FALSE(plain.empty());
  CHECK(quirky.front().score == plain.front().score);
}

TEST_CASE("a caller may cancel, and an empty picture is refused") {
  const FastSamProposer proposer = tiny_proposer(false);
  const Image<Rgb8> picture = noise(64, 64);
  CHECK(error_of([&] {
          (void)proposer.propose(picture.view(), [](const Progress&) { return false; });
        })->code() == ErrorCode::kCancelled);
  CHECK(error_of([&] { (void)proposer.propose({}); })->code() == ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace sam6d::test

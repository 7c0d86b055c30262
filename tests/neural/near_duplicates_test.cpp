#include "neural/near_duplicates.hpp"

#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "sam6d/mask.hpp"

namespace sam6d {
namespace {

Proposal rectangle(const Box& box, float score) {
  return {box, box, Image<float>(box.width(), box.height(), 1.0F), score};
}

/// What the function promises, pixel by pixel.
std::vector<int> plainly(const std::vector<Proposal>& proposals, float iou) {
  std::vector<Mask> masks;
  for (const Proposal& proposal : proposals) {
    Mask mask(proposal.extent_px);
    for (int y = 0; y < proposal.weights.height(); ++y) {
      for (int x = 0; x < proposal.weights.width(); ++x) {
        mask.set(proposal.extent_px.x0 + x, proposal.extent_px.y0 + y,
                 proposal.weights(x, y) >= 0.5F);
      }
    }
    masks.push_back(mask);
  }
  std::vector<int> kept;
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    bool best = true;
    // Scores fall in this test, so that what is better comes first.
    for (const int better : kept) {
      best = best && mask_iou(masks[static_cast<std::size_t>(better)], masks[i]) <= double{iou};
    }
    if (best) kept.push_back(static_cast<int>(i));
  }
  return kept;
}

TEST_CASE("near duplicates are those whose masks overlap, whatever words their bits are in") {
  Random random(3);
  std::vector<Proposal> proposals;
  for (int i = 0; i < 150; ++i) {
    const int x0 = static_cast<int>(random.below(8)) + (i % 3) * 61;
    const int y0 = static_cast<int>(random.below(8));
    Proposal proposal = rectangle({x0, y0, x0 + 40 + static_cast<int>(random.below(60)), y0 + 50},
                                  1.0F - 0.001F * static_cast<float>(i));
    for (std::size_t k = 0; k < proposal.weights.size(); ++k) {
      if (random.uniform() < 0.05) proposal.weights.data()[k] = 0.4F;
    }
    proposals.push_back(proposal);
  }
  for (const float iou : {0.3F, 0.7F, 0.9F}) {
    CAPTURE(iou);
    const auto kept = without_near_duplicates(proposals, iou, 2);
    CHECK(kept == plainly(proposals, iou));
    CHECK(kept.size() > 1);
    CHECK(kept.size() < proposals.size());
  }
}

TEST_CASE("the best of near duplicates stays, the first of equal ones, not a number last") {
  const Box box{10, 10, 50, 50};
  const Box shifted{11, 10, 51, 50};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<Proposal> proposals{rectangle(box, nan), rectangle(shifted, 0.5F),
                                        rectangle(box, 0.9F), rectangle(box, 0.9F)};
  CHECK(without_near_duplicates(proposals, 0.9F, 1) == std::vector<int>{2});
  CHECK(without_near_duplicates(proposals, 1.0F, 1) == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("none, one, empty and thousands of proposals are sorted out") {
  CHECK(without_near_duplicates({}, 0.9F, 1).empty());
  const std::vector<Proposal> odd{Proposal{}, rectangle({0, 0, 1, 1}, 1), Proposal{}};
  CHECK(without_near_duplicates(odd, 0.9F, 1).size() == 3);
  std::vector<Proposal> many;
  for (int i = 0; i < 3000; ++i) {
    const int x0 = i % 50;
    many.push_back(rectangle({x0, i % 37, x0 + 100, i % 37 + 100}, 1.0F));
  }
  const auto kept = without_near_duplicates(many, 0.95F, 2);
  CHECK(kept.size() < 1000);
  CHECK(kept.size() > 100);
}

}  // namespace
}  // namespace sam6d

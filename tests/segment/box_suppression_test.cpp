#include "segment/box_suppression.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "support/errors.hpp"

namespace sam6d::test {
namespace {

using Indices = std::vector<int>;

// Beside each other; the second overlaps the first by half: 50 / 150.
const std::vector<BoxCorners> kBoxes = {{0, 0, 10, 10}, {5, 0, 15, 10}, {20, 0, 30, 10}};

TEST_CASE("boxes that overlap a better one by more than the threshold go") {
  const std::vector<float> scores = {0.5F, 0.9F, 0.7F};
  CHECK(suppress_boxes(kBoxes, scores, 0.3) == Indices{1, 2});
  CHECK(suppress_boxes(kBoxes, scores, 0.4) == Indices{1, 2, 0});
  CHECK(suppress_boxes(kBoxes, scores, 0.4, 2) == Indices{1, 2});
  CHECK(suppress_boxes(kBoxes, scores, 0.4, 0).empty());
  CHECK(suppress_boxes({}, {}, 0.5).empty());
}

TEST_CASE("an overlap equal to the threshold stays") {
  const std::vector<BoxCorners> boxes = {{0, 0, 10, 10}, {0, 0, 10, 5}};
  const std::vector<float> scores = {1, 0.5F};
  CHECK(suppress_boxes(boxes, scores, 0.5) == Indices{0, 1});
  CHECK(suppress_boxes(boxes, scores, 0.499) == Indices{0});
}

TEST_CASE("what was suppressed suppresses nothing, and the lower index wins a tie") {
  const std::vector<BoxCorners> chain = {{0, 0, 10, 10}, {5, 0, 15, 10}, {10, 0, 20, 10}};
  CHECK(suppress_boxes(chain, std::vector<float>{0.9F, 0.8F, 0.7F}, 0.3) == Indices{0, 2});
  CHECK(suppress_boxes(chain, std::vector<float>{0.5F, 0.5F, 0.5F}, 0.3) == Indices{0, 2});
  const std::vector<BoxCorners> same(4, BoxCorners{1, 1, 2, 2});
  CHECK(suppress_boxes(same, std::vector<float>(4, 0.1F), 0.9) == Indices{0});
}

TEST_CASE("boxes without area stay, and what is no number stays out") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<BoxCorners> boxes = {{3, 3, 3, 3}, {3, 3, 3, 3}, {0, 0, nan, 1}, {0, 0, 1, 1}};
  CHECK(suppress_boxes(boxes, std::vector<float>{1, 1, 1, nan}, 0.5) == Indices{0, 1});
  CHECK(error_of([] { (void)suppress_boxes(kBoxes, std::vector<float>{1}, 0.5); })->code() ==
        ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace sam6d::test

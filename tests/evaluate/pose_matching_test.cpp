#include "evaluate/pose_matching.hpp"

#include <array>

#include <doctest/doctest.h>

namespace sam6d {
namespace {

TEST_CASE("an estimate takes the nearest truth, and a later one what is left") {
  // Both estimates fit both truths; the first is nearer to truth 1.
  const ErrorTable table{2, {0.2, 0.1, 0.15, 0.05}};
  std::array<double, 2> scores{};
  add_matches(table, 0.3, 0.5, scores);
  CHECK(scores[0] == 0.5);
  CHECK(scores[1] == 0.5);
}

TEST_CASE("a duplicate of a found instance finds no second one") {
  const ErrorTable table{2, {0.05, 0.9, 0.01, 0.9}};
  std::array<double, 2> scores{};
  add_matches(table, 0.3, 1.0, scores);
  CHECK(scores[0] == 1.0);
  CHECK(scores[1] == 0.0);
}

TEST_CASE("matching is greedy: a good first estimate may cost a later one its only truth") {
  const ErrorTable table{2, {0.2, 0.1, 0.9, 0.1}};
  std::array<double, 2> scores{};
  add_matches(table, 0.3, 1.0, scores);
  CHECK(scores[0] == 0.0);
  CHECK(scores[1] == 1.0);
}

TEST_CASE("an error must be below the threshold, not at it") {
  const ErrorTable table{1, {0.3}};
  std::array<double, 1> scores{};
  add_matches(table, 0.3, 1.0, scores);
  CHECK(scores[0] == 0.0);
}

TEST_CASE("without estimates nothing is found") {
  std::array<double, 2> scores{};
  add_matches(ErrorTable{2, {}}, 0.3, 1.0, scores);
  CHECK(scores[0] == 0.0);
  CHECK(scores[1] == 0.0);
}

TEST_CASE("the best scored and the most visible come first, the earlier one of equals") {
  std::array<EstimatedPose, 4> estimates{};
  estimates[0].score = 0.1;
  estimates[1].score = 0.7;
  estimates[2].score = 0.9;
  estimates[3].score = 0.7;
  const std::array<const EstimatedPose*, 4> pointers{&estimates[0], &estimates[1], &estimates[2],
                                                     &estimates[3]};
  const auto best = best_scored(pointers, 2);
  REQUIRE(best.size() == 2);
  CHECK(best[0] == &estimates[2]);
  CHECK(best[1] == &estimates[1]);
  CHECK(best_scored(pointers, 9).size() == 4);
  CHECK(best_scored(pointers, -1).empty());

  std::array<GroundTruthPose, 2> truths{};
  truths[0].visib_fract = 0.05;
  const std::array<const GroundTruthPose*, 2> both{&truths[0], &truths[1]};
  REQUIRE(most_visible(both, 1).size() == 1);
  CHECK(most_visible(both, 1)[0] == &truths[1]);
}

}  // namespace
}  // namespace sam6d

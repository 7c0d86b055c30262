#include "nets/assignment.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/full.h>
#include <doctest/doctest.h>

#include "nets/composed_assignment.hpp"
#include "nets/cpu_assignment.hpp"
#include "support/errors.hpp"
#include "support/golden.hpp"

namespace sam6d::test {
namespace {

/// Of assignments, at most 1: exponentials of sums of similarities up to 30, in float32.
constexpr double kScores = 4e-6;
/// Of sums of them over points with coordinates up to 1.
constexpr double kCounterparts = 1e-5;

/// Similarities from -15 to 15 or so, as cosines divided by 0.1 and a little more.
at::Tensor similarities(std::int64_t batch, std::int64_t rows, std::int64_t columns) {
  return formula_tensor("similarity", {batch, rows, columns}).mul(150);
}

/// The assignment in float64, entry by entry.
std::vector<double> plain_assignment(const at::Tensor& similarity) {
  const std::int64_t rows = similarity.size(0);
  const std::int64_t columns = similarity.size(1);
  const float* const s = similarity.data_ptr<float>();
  std::vector<double> result(static_cast<std::size_t>(rows * columns));
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      const double own = static_cast<double>(s[i * columns + j]);
      double over_row = 0;
      double over_column = 0;
      for (std::int64_t k = 0; k < columns; ++k) {
        over_row += std::exp(static_cast<double>(s[i * columns + k]) - own);
      }
      for (std::int64_t k = 0; k < rows; ++k) {
        over_column += std::exp(static_cast<double>(s[k * columns + j]) - own);
      }
      result[static_cast<std::size_t>(i * columns + j)] = 1 / (over_row * over_column);
    }
  }
  return result;
}

TEST_CASE("pair scores are the product of both softmaxes where neither label is the background") {
  for (const auto& [rows, columns] : {std::pair{2, 2}, {2, 9}, {40, 3}, {33, 65}, {70, 50}}) {
    CAPTURE(rows);
    CAPTURE(columns);
    const at::Tensor similarity = similarities(1, rows, columns);
    const std::vector<double> a = plain_assignment(similarity[0]);
    const auto at_ = [&](int i, int j) { return a[static_cast<std::size_t>(i * columns + j)]; };
    std::vector<int> row_label(static_cast<std::size_t>(rows));
    std::vector<int> column_label(static_cast<std::size_t>(columns));
    for (int i = 0; i < rows; ++i) {
      for (int j = 0; j < columns; ++j) {
        int& of_row = row_label[static_cast<std::size_t>(i)];
        int& of_column = column_label[static_cast<std::size_t>(j)];
        if (at_(i, j) > at_(i, of_row)) of_row = j;
        if (at_(i, j) > at_(of_column, j)) of_column = i;
      }
    }
    const nets::PairScores pairs = nets::pair_scores(similarity);
    double largest = 0;
    for (int i = 1; i < rows; ++i) {
      CHECK(pairs.labels.observed[0][i - 1].item<int>() == row_label[static_cast<std::size_t>(i)]);
      for (int j = 1; j < columns; ++j) {
        const bool matched = row_label[static_cast<std::size_t>(i)] > 0 &&
                             column_label[static_cast<std::size_t>(j)] > 0;
        const double score = static_cast<double>(pairs.scores[0][i - 1][j - 1].item<float>());
        largest = std::max(largest, std::abs(score - (matched ? at_(i, j) : 0)));
      }
    }
    for (int j = 1; j < columns; ++j) {
      CHECK(pairs.labels.object[0][j - 1].item<int>() == column_label[static_cast<std::size_t>(j)]);
    }
    CHECK(largest <= kScores);
  }
}

TEST_CASE("pair scores and counterparts agree with their compositions") {
  for (const auto& [rows, columns] : {std::pair{2, 3}, {31, 300}, {197, 197}, {300, 130}}) {
    CAPTURE(rows);
    CAPTURE(columns);
    const at::Tensor similarity = similarities(3, rows, columns);
    const at::Tensor object = formula_tensor("object", {3, columns - 1, 3}).mul(10);
    const nets::PairScores pairs = nets::pair_scores(similarity);
    const nets::PairScores composed = nets::composed_pair_scores(similarity);
    CHECK(equal(pairs.labels.observed, composed.labels.observed));
    CHECK(equal(pairs.labels.object, composed.labels.object));
    CHECK(largest_difference(pairs.scores, composed.scores) <= kScores);

    const nets::Counterparts match = nets::counterparts(similarity, object);
    const nets::Counterparts expected = nets::composed_counterparts(similarity, object);
    CHECK(equal(match.labels.observed, expected.labels.observed));
    CHECK(equal(match.labels.object, expected.labels.object));
    CHECK(largest_difference(match.weights, expected.weights) <= kScores);
    CHECK(largest_difference(match.points, expected.points) <= kCounterparts);
  }
}

TEST_CASE("labels of equal assignments are the first of them") {
  const at::Tensor similarity = at::full({1, 20, 30}, 0.5F, at::kFloat);
  const nets::PairScores background = nets::pair_scores(similarity);
  CHECK(background.labels.observed.eq(0).all().item<bool>());
  CHECK(background.labels.object.eq(0).all().item<bool>());
  CHECK(background.scores.eq(0).all().item<bool>());
  similarity.narrow(1, 3, 9).narrow(2, 7, 20).fill_(4);
  const nets::PairScores pairs = nets::pair_scores(similarity);
  CHECK(pairs.labels.observed[0][5].item<int>() == 7);
  CHECK(pairs.labels.object[0][20].item<int>() == 3);
}

TEST_CASE("similarities that are not numbers match nothing and disturb nothing else") {
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  const at::Tensor object = formula_tensor("object", {1, 60, 3});
  const at::Tensor similarity = similarities(1, 50, 61);
  similarity[0][7].fill_(kNaN);
  similarity[0][12][30].fill_(kNaN);
  similarity[0][20][5].fill_(-std::numeric_limits<float>::infinity());
  const nets::PairScores pairs = nets::pair_scores(similarity);
  CHECK(pairs.labels.observed[0][6].item<int>() == 0);
  CHECK(pairs.scores.isfinite().all().item<bool>());
  const nets::PairScores composed = nets::composed_pair_scores(similarity);
  CHECK(equal(pairs.labels.object, composed.labels.object));
  CHECK(largest_difference(pairs.scores, composed.scores) <= kScores);

  similarity.fill_(kNaN);
  const nets::Counterparts nothing = nets::counterparts(similarity, object);
  CHECK(nothing.labels.observed.eq(0).all().item<bool>());
  CHECK(nothing.weights.eq(0).all().item<bool>());
  CHECK(nothing.points.eq(0).all().item<bool>());
  similarity.fill_(std::numeric_limits<float>::infinity());
  CHECK(nets::counterparts(similarity, object).points.isfinite().all().item<bool>());
}

TEST_CASE("assignments depend neither on the number of threads nor on the processor") {
  const at::Tensor similarity = similarities(1, 300, 301);
  const at::Tensor object = formula_tensor("object", {300, 3});
  const nets::SimilarityMatrix matrix{similarity.data_ptr<float>(), 300, 301};
  std::vector<std::vector<float>> runs;
  for (const nets::CpuParallel parallel : {nets::CpuParallel{1, ops::SimdLevel::kBaseline},
                                           {1, ops::simd_level()},
                                           {5, ops::simd_level()}}) {
    const nets::SoftAssignment assignment = nets::soft_assignment(matrix, parallel);
    std::vector<float> values(4 * 299);
    nets::write_counterparts(matrix, assignment, object.data_ptr<float>(), parallel, values.data(),
                             values.data() + 299);
    for (const std::int32_t label : assignment.row_label)
      values.push_back(static_cast<float>(label));
    for (const std::int32_t label : assignment.column_label) {
      values.push_back(static_cast<float>(label));
    }
    runs.push_back(values);
  }
  CHECK(runs[0] == runs[1]);
  CHECK(runs[0] == runs[2]);
}

TEST_CASE("assignments refuse a similarity without points") {
  CHECK(mentions(error_of([] { (void)nets::pair_scores(similarities(1, 1, 5)); }), "background"));
  CHECK(mentions(error_of([] {
                   (void)nets::counterparts(similarities(1, 4, 5), formula_tensor("o", {1, 5, 3}));
                 }),
                 "object"));
}

}  // namespace
}  // namespace sam6d::test

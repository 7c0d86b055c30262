#include "base/random.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

namespace sam6d {
namespace {

constexpr int kDraws = 100000;

TEST_CASE("the first numbers of splitmix64") {
  Random random(0);  // values of the generator's published code for the seed 0
  CHECK(random.next() == 0xe220a8397b1dcdafU);
  CHECK(random.next() == 0x6e789e6aa1b965f4U);
  CHECK(random.next() == 0x06c45d188009454fU);
}

TEST_CASE("uniform numbers stay in their range and are even") {
  Random random(1);
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.uniform(-2.0, 4.0);
    CHECK_UNARY(x >= -2.0 && x < 4.0);
    sum += x;
  }
  // Standard deviation of the mean: 6 / sqrt(12 * 100000) = 0.0055.
  CHECK(std::abs(sum / kDraws - 1.0) < 0.03);
}

TEST_CASE("whole numbers below a limit are even") {
  Random random(2);
  std::vector<int> counts(7);
  for (int i = 0; i < kDraws; ++i) ++counts[random.below(7)];
  // Standard deviation of a count: sqrt(100000 * 6) / 7 = 111.
  for (const int count : counts) CHECK(std::abs(count - kDraws / 7) < 600);
}

TEST_CASE("normal numbers have mean 0 and variance 1") {
  Random random(3);
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
  }
  // Standard deviations: 0.0032 and 0.0045.
  CHECK(std::abs(sum / kDraws) < 0.016);
  CHECK(std::abs(squares / kDraws - 1.0) < 0.023);
}

TEST_CASE("shuffling keeps the elements and depends on the seed alone") {
  std::vector<int> numbers(50);
  std::iota(numbers.begin(), numbers.end(), 0);
  const auto shuffled = [&](std::uint64_t seed) {
    std::vector<int> result = numbers;
    Random random(seed);
    shuffle(result, random);
    return result;
  };
  CHECK(shuffled(1) == shuffled(1));
  CHECK(shuffled(1) != shuffled(2));
  std::vector<int> sorted = shuffled(1);
  CHECK(sorted != numbers);
  std::sort(sorted.begin(), sorted.end());
  CHECK(sorted == numbers);
}

}  // namespace
}  // namespace sam6d

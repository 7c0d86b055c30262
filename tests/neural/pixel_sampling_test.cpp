#include "neural/pixel_sampling.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <doctest/doctest.h>

namespace sam6d {
namespace {

std::set<std::int32_t> distinct(const std::vector<std::int32_t>& indices) {
  return {indices.begin(), indices.end()};
}

TEST_CASE("where there are enough pixels none is taken twice") {
  for (const int available : {2048, 2049, 5000}) {
    Random random(3);
    const auto indices = sample_pixels(available, 2048, random, false);
    CHECK(indices.size() == 2048);
    CHECK(distinct(indices).size() == 2048);
    CHECK(*std::min_element(indices.begin(), indices.end()) >= 0);
    CHECK(*std::max_element(indices.begin(), indices.end()) < available);
  }
}

TEST_CASE("the reference draws with repetition where there are just enough") {
  Random random(3);
  const auto indices = sample_pixels(2048, 2048, random, true);
  // A share of 1 / e is left out, give or take a percent.
  CHECK(static_cast<double>(distinct(indices).size()) / 2048 ==
        doctest::Approx(1 - std::exp(-1)).epsilon(0.04));
}

TEST_CASE("too few pixels are drawn evenly with repetition") {
  Random random(5);
  std::vector<int> counts(33);
  for (const std::int32_t index : sample_pixels(33, 33'000, random, false)) {
    ++counts[static_cast<std::size_t>(index)];
  }
  // A thousand each; five standard deviations of the binomial distribution are 156.
  for (const int count : counts) CHECK(std::abs(count - 1000) < 156);
  Random again(5);
  CHECK(sample_pixels(1, 4, again, false) == std::vector<std::int32_t>{0, 0, 0, 0});
}

TEST_CASE("the same seed draws the same pixels") {
  Random a(7);
  Random b(7);
  Random c(8);
  const auto first = sample_pixels(4000, 2048, a, false);
  CHECK(first == sample_pixels(4000, 2048, b, false));
  CHECK(first != sample_pixels(4000, 2048, c, false));
}

}  // namespace
}  // namespace sam6d

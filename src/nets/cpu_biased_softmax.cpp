#include "nets/cpu_biased_softmax.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "nets/exponential.hpp"

namespace sam6d::nets {
namespace {

using ops::Floats;
using ops::kLanes;

struct Exponentials {
  const BiasedScores& query;
  float& sum;

  SAM6D_INLINE void operator()() const {
    if (query.rows != nullptr) add_biases();
    float* const scores = query.scores;
    const int whole = query.count / kLanes * kLanes;
    const int rest = query.count - whole;
    Floats tail{};
    ops::fill(tail, std::numeric_limits<float>::lowest());
    for (int lane = 0; lane < rest; ++lane) tail[lane] = scores[whole + lane];

    Floats largest = tail;
    for (int i = 0; i < whole; i += kLanes) {
      Floats s{};
      ops::load(s, scores + i);
      largest = s > largest ? s : largest;
    }
    float most = largest[0];
    for (int lane = 1; lane < kLanes; ++lane) most = std::max(most, largest[lane]);

    Floats sums{};
    for (int i = 0; i < whole; i += kLanes) {
      Floats s{};
      Floats power{};
      ops::load(s, scores + i);
      exponential(s - most, power);
      sums += power;
      ops::store(scores + i, power);
    }
    Floats power{};
    exponential(tail - most, power);
    for (int lane = 0; lane < rest; ++lane) {
      sums[lane] += power[lane];
      scores[whole + lane] = power[lane];
    }
    sum = ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
  }

 private:
  SAM6D_INLINE void add_biases() const {
    for (int i = 0; i < query.side; ++i) {
      float* const row = query.scores + static_cast<std::ptrdiff_t>(i) * query.side;
      for (int j = 0; j < query.side; j += kLanes) {
        Floats s{};
        Floats of_columns{};
        ops::load(s, row + j);
        ops::load(of_columns, query.columns + j);
        ops::store(row + j, s + (of_columns + query.rows[i]));
      }
    }
  }
};

}  // namespace

float exponentials(const BiasedScores& query, ops::SimdLevel level) {
  float sum = 0;
  ops::run_at(level, Exponentials{query, sum});
  return sum;
}

}  // namespace sam6d::nets

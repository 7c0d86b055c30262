#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

/// The operators as the goldens' description puts them, word for word and without any haste.
namespace sam6d::test {

inline float plain_squared_distance(const float* a, const float* b) {
  const float dx = a[0] - b[0];
  const float dy = a[1] - b[1];
  const float dz = a[2] - b[2];
  return (dx * dx + dy * dy) + dz * dz;
}

/// With lanes and halvings, as the original kernel.
inline std::vector<std::int32_t> plain_furthest_points(const std::vector<float>& xyz, int count) {
  const int n = static_cast<int>(xyz.size() / 3);
  int lanes = 1;
  while (lanes < 512 && 2 * lanes <= n) lanes *= 2;
  std::vector<float> running(static_cast<std::size_t>(n), 1e10F);
  std::vector<std::int32_t> idx{0};
  while (static_cast<int>(idx.size()) < count) {
    const float* last = &xyz[3 * static_cast<std::size_t>(idx.back())];
    std::vector<float> best(static_cast<std::size_t>(lanes), -1.0F);
    std::vector<std::int32_t> winner(static_cast<std::size_t>(lanes), 0);
    for (int k = 0; k < n; ++k) {
      const std::size_t at = static_cast<std::size_t>(k);
      const float d = plain_squared_distance(&xyz[3 * at], last);
      if (d < running[at]) running[at] = d;
      const std::size_t lane = static_cast<std::size_t>(k % lanes);
      if (running[at] > best[lane]) {
        best[lane] = running[at];
        winner[lane] = k;
      }
    }
    for (std::size_t half = static_cast<std::size_t>(lanes) / 2; half > 0; half /= 2) {
      for (std::size_t lane = 0; lane < half; ++lane) {
        if (best[lane + half] > best[lane]) {
          best[lane] = best[lane + half];
          winner[lane] = winner[lane + half];
        }
      }
    }
    idx.push_back(winner[0]);
  }
  return idx;
}

inline std::vector<std::int32_t> plain_ball_query(const float* query, const std::vector<float>& xyz,
                                                  float radius, int samples) {
  std::vector<std::int32_t> hits;
  for (std::size_t k = 0; 3 * k < xyz.size() && static_cast<int>(hits.size()) < samples; ++k) {
    if (plain_squared_distance(query, &xyz[3 * k]) < radius * radius) {
      hits.push_back(static_cast<std::int32_t>(k));
    }
  }
  hits.resize(static_cast<std::size_t>(samples), hits.empty() ? 0 : hits.front());
  return hits;
}

struct PlainNearest {
  std::array<float, 3> dist2;
  std::array<std::int32_t, 3> idx;
};

inline PlainNearest plain_three_nn(const float* query, const std::vector<float>& xyz) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  PlainNearest result{{kInfinity, kInfinity, kInfinity}, {0, 0, 0}};
  std::vector<bool> taken(xyz.size() / 3, false);
  for (std::size_t j = 0; j < 3; ++j) {
    std::size_t best = taken.size();
    for (std::size_t k = 0; k < taken.size(); ++k) {
      const float d = plain_squared_distance(query, &xyz[3 * k]);
      if (!taken[k] && d < result.dist2[j]) {
        result.dist2[j] = d;
        best = k;
      }
    }
    if (best == taken.size()) break;
    result.idx[j] = static_cast<std::int32_t>(best);
    taken[best] = true;
  }
  return result;
}

/// n points in a cube; with `steps` > 0 on a lattice of that many steps, so that many distances
/// tie.
inline std::vector<float> random_cloud(int n, int steps, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  std::uniform_int_distribution<int> step(0, steps > 0 ? steps : 1);
  std::vector<float> xyz(3 * static_cast<std::size_t>(n));
  for (float& value : xyz) value = steps > 0 ? static_cast<float>(step(random)) : uniform(random);
  return xyz;
}

}  // namespace sam6d::test

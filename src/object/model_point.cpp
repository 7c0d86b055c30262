#include "object/model_point.hpp"

#include <cmath>
#include <unordered_map>

namespace sam6d {
namespace {

std::uint64_t cell_key(int x, int y, int z) {
  constexpr std::uint64_t kMask = (1U << 21U) - 1;
  return (static_cast<std::uint64_t>(x) & kMask) << 42U |
         (static_cast<std::uint64_t>(y) & kMask) << 21U | (static_cast<std::uint64_t>(z) & kMask);
}

}  // namespace

std::vector<std::uint16_t> thinned(std::span<const ModelPoint> points, float spacing_m) {
  constexpr float kSameSide = 0.5F;  // cosine between normals
  std::unordered_map<std::uint64_t, std::vector<std::uint16_t>> grid;
  std::vector<std::uint16_t> kept;
  const float inverse = 1.0F / spacing_m;
  for (std::size_t i = 0; i < points.size() && i < 65535; ++i) {
    const ModelPoint& point = points[i];
    const Eigen::Vector3i cell = (point.position_m * inverse).array().floor().cast<int>();
    bool taken = false;
    for (int n = 0; n < 27 && !taken; ++n) {
      const auto found =
          grid.find(cell_key(cell.x() + n % 3 - 1, cell.y() + n / 3 % 3 - 1, cell.z() + n / 9 - 1));
      if (found == grid.end()) continue;
      for (const std::uint16_t other : found->second) {
        const ModelPoint& near = points[other];
        if ((near.position_m - point.position_m).squaredNorm() < spacing_m * spacing_m &&
            near.normal.dot(point.normal) > kSameSide) {
          taken = true;
          break;
        }
      }
    }
    if (taken) continue;
    kept.push_back(static_cast<std::uint16_t>(i));
    grid[cell_key(cell.x(), cell.y(), cell.z())].push_back(static_cast<std::uint16_t>(i));
  }
  return kept;
}

}  // namespace sam6d

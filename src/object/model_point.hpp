#pragma once

#include <bitset>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "object/color_feature.hpp"

namespace sam6d {

/// A point of a model's surface, packed into half a cache line.
struct ModelPoint {
  Eigen::Vector3f position_m = Eigen::Vector3f::Zero();  ///< from the object's centre
  Eigen::Vector3f normal = Eigen::Vector3f::UnitZ();     ///< unit, outwards
  ColorFeature color;
  std::int16_t unused = 0;
};
static_assert(sizeof(ModelPoint) == 32);

/// Directions from which visibility is known: the icosphere's.
inline constexpr int kViewCount = 162;
using ViewSet = std::bitset<kViewCount>;

/// Indices of points, in their order, of which no two are nearer than `spacing_m` while facing the
/// same side (so that both faces of a thin sheet stay).
[[nodiscard]] std::vector<std::uint16_t> thinned(std::span<const ModelPoint> points,
                                                 float spacing_m);

}  // namespace sam6d

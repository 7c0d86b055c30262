#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "object/geometric_features.hpp"
#include "pose/scene_view.hpp"

namespace sam6d {

/// Touching working pixels without depth that may show an object.
struct DepthlessPatch {
  std::vector<std::pair<int, int>> pixels;  ///< column, row
};

/// Where the sensor measured nothing and the object may be.
struct DepthlessPatches {
  /// Per working pixel, row after row: whether it may show the object.
  std::vector<std::uint8_t> may_show;
  std::vector<DepthlessPatch> patches;  ///< the largest first
};

struct DepthlessPatchOptions {
  bool use_color = true;                    ///< only pixels that have the object's colours
  Box region;                               ///< working pixels
  std::span<const std::uint8_t> explained;  ///< see ScenePointOptions
};

[[nodiscard]] DepthlessPatches find_depthless_patches(const SceneView& scene,
                                                      const GeometricFeatures& object,
                                                      const DepthlessPatchOptions& options);

}  // namespace sam6d

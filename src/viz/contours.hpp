#pragma once

#include <vector>

#include "sam6d/renderer.hpp"
#include "viz/coverage.hpp"

namespace sam6d {

/// The lines of one rendered instance, in pixels of the rendering.
struct InstanceLines {
  Box box;           ///< around the visible pixels; empty = hidden or outside of the picture
  Coverage outline;  ///< border of what is visible
  Coverage rim;      ///< the same, wider, to set it off against the photo
  Coverage creases;  ///< where the surface bends or jumps, within the outline
};

/// One entry for each of `count` instances. The rendering needs normals.
[[nodiscard]] std::vector<InstanceLines> instance_lines(const Rendering& rendering, int count,
                                                        double line_px, double rim_px);

}  // namespace sam6d

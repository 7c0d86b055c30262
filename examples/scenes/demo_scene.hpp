#pragma once

#include <cstdint>
#include <vector>

#include "sam6d/detection.hpp"
#include "scenes/procedural_meshes.hpp"
#include "scenes/scene.hpp"

namespace sam6d::scenes {

/// An object that a scene shows or that one asks for: obj_id is its index + 1.
using Catalog = std::vector<ShapeModel>;

struct DemoScene {
  Catalog objects;         ///< three CAD models, obj_id 1, 2, 3
  SceneDescription scene;  ///< five to seven instances of them on a table, among clutter
};

/// The same seed gives the same scene.
[[nodiscard]] DemoScene make_demo_scene(std::uint64_t seed);

}  // namespace sam6d::scenes

#pragma once

#include "sam6d/image.hpp"
#include "sam6d/renderer.hpp"
#include "scenes/scene.hpp"

namespace sam6d::scenes {

/// The colour picture of a scene that `renderer` was made from.
[[nodiscard]] Image<Rgb8> shade(const SceneDescription& scene, const Renderer& renderer,
                                int threads);

}  // namespace sam6d::scenes

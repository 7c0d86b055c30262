#pragma once

#include <span>
#include <vector>

#include "sam6d/camera.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/pose.hpp"
#include "sam6d/renderer.hpp"

namespace sam6d {

/// A result that has a pose, and the object that it is of.
struct PosedObject {
  const PoseResult* result = nullptr;
  const ObjectModel* object = nullptr;

  [[nodiscard]] const RigidTransform& cam_from_obj() const { return result->pose->cam_from_obj; }
};

/// The results whose pose is finite and whose object is among `objects`.
[[nodiscard]] std::vector<PosedObject> posed_objects(std::span<const ObjectModel> objects,
                                                     std::span<const PoseResult> results);

/// All of them in one picture, hiding each other; instance i is posed[i]. The camera is enlarged by
/// `factor`, so that `factor` x `factor` pixels make one.
[[nodiscard]] Rendering render_posed(std::span<const PosedObject> posed,
                                     const CameraIntrinsics& camera, int factor,
                                     const RenderOptions& options);

/// By how much to enlarge pictures of this size for smooth edges.
[[nodiscard]] int smoothing_factor(const CameraIntrinsics& camera);

}  // namespace sam6d

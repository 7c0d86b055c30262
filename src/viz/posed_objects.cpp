#include "viz/posed_objects.hpp"

#include <cstdint>
#include <map>

namespace sam6d {

std::vector<PosedObject> posed_objects(std::span<const ObjectModel> objects,
                                       std::span<const PoseResult> results) {
  std::map<ObjectId, const ObjectModel*> by_id;
  for (const ObjectModel& object : objects) by_id.emplace(object.id(), &object);
  std::vector<PosedObject> posed;
  for (const PoseResult& result : results) {
    const auto found = by_id.find(result.detection.object);
    if (!result.pose || found == by_id.end()) continue;
    if (result.pose->cam_from_obj.matrix().allFinite()) posed.push_back({&result, found->second});
  }
  return posed;
}

Rendering render_posed(std::span<const PosedObject> posed, const CameraIntrinsics& camera,
                       int factor, const RenderOptions& options) {
  // Each mesh once, however many instances there are.
  std::vector<TriangleMesh> meshes;
  std::map<const ObjectModel*, int> mesh_of;
  std::vector<RenderInstance> instances;
  for (const PosedObject& object : posed) {
    const auto [entry, is_new] = mesh_of.emplace(object.object, static_cast<int>(meshes.size()));
    if (is_new) meshes.push_back(object.object->mesh());
    instances.push_back({entry->second, object.cam_from_obj()});
  }
  // The middle of pixel u lies between the middles of the pixels factor*u .. factor*u + factor - 1.
  const double shift = 0.5 * (factor - 1);
  const CameraIntrinsics enlarged{camera.fx * factor,         camera.fy * factor,
                                  camera.cx * factor + shift, camera.cy * factor + shift,
                                  camera.width * factor,      camera.height * factor};
  return Renderer(meshes).render(enlarged, instances, options);
}

int smoothing_factor(const CameraIntrinsics& camera) {
  constexpr std::int64_t kLargePixels = 1'500'000;
  return std::int64_t{camera.width} * camera.height <= kLargePixels ? 2 : 1;
}

}  // namespace sam6d

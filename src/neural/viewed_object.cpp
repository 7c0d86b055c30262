#include "neural/viewed_object.hpp"

#include <algorithm>
#include <utility>

#include "neural/template_crop.hpp"
#include "object/object_data.hpp"

namespace sam6d {
namespace {

constexpr std::size_t kPoints = 2048;  // the reference's

}  // namespace

ViewedObject view_object(const ObjectModel& object, const Descriptors& views,
                         const ViewDescriptorSettings& settings) {
  ViewedObject viewed;
  viewed.views = {views.cls.to(at::kCPU), views.patches.to(at::kCPU)};
  for (const int number : chosen_views(object.template_view_count(), settings.views)) {
    const PackedView& view = object.data().views[static_cast<std::size_t>(number)];
    viewed.rotations.emplace_back(view.cam_from_obj.linear());
  }
  const std::span<const SurfaceSample> samples = object.surface_samples();
  const std::size_t count = std::min(kPoints, samples.size());
  for (std::size_t i = 0; i < count; ++i) {
    viewed.points_m.push_back(samples[i * samples.size() / count].point_m);
  }
  viewed.size = measure_object(object);
  return viewed;
}

}  // namespace sam6d

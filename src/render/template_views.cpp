#include "sam6d/template_views.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include <Eigen/Geometry>

#include "base/fail.hpp"
#include "base/parallel.hpp"
#include "base/progress.hpp"
#include "sam6d/renderer.hpp"

namespace sam6d {
namespace {

CameraIntrinsics template_camera(const TemplateOptions& options) {
  const double f = options.size_px / 2.0 / std::tan(options.fov_rad / 2);
  // Pixel centres are at whole numbers, so this is the middle of the picture.
  const double middle = (options.size_px - 1) / 2.0;
  return {f, f, middle, middle, options.size_px, options.size_px};
}

/// Distance from the CAD origin to the farther of the bounding box's least and greatest corner.
double reach_m(const TriangleMesh& mesh) {
  Eigen::AlignedBox3f box;
  for (const Eigen::Vector3i& face : mesh.faces) {
    for (const int vertex : face) box.extend(mesh.vertices_m[static_cast<std::size_t>(vertex)]);
  }
  return std::max(box.min().cast<double>().norm(), box.max().cast<double>().norm());
}

template <class T>
Image<T> cropped(const Image<T>& picture, const Box& box) {
  ImageView<T> view = picture.view();
  view.data = box.empty() ? nullptr : &picture(box.x0, box.y0);
  view.width = box.width();
  view.height = box.height();
  return Image<T>(view);
}

TemplateView cropped_view(const Rendering& picture, const CameraIntrinsics& camera,
                          const RigidTransform& cam_from_obj) {
  const Image<std::uint8_t> mask = picture.mask();
  TemplateView view;
  view.cam_from_obj = cam_from_obj;
  view.camera = camera;
  view.box_px = Mask::from_image(mask.view()).box();
  view.rgb = cropped(picture.rgb, view.box_px);
  view.mask = cropped(mask, view.box_px);
  view.object_xyz_m = cropped(picture.object_xyz_m, view.box_px);
  return view;
}

}  // namespace

void TemplateOptions::validate() const {
  if (views != 42 && views != 162 && views != 642) {
    fail(ErrorCode::kInvalidArgument, "TemplateOptions.views: expected 42, 162 or 642, found {}",
         views);
  }
  if (size_px < 16 || size_px > 2048) {
    fail(ErrorCode::kInvalidArgument, "TemplateOptions.size_px: expected 16..2048, found {}",
         size_px);
  }
  if (!(fov_rad >= 0.05 && fov_rad <= 2.5)) {
    fail(ErrorCode::kInvalidArgument, "TemplateOptions.fov_rad: expected 0.05..2.5, found {}",
         fov_rad);
  }
}

std::vector<TemplateView> render_templates(const TriangleMesh& mesh, const TemplateOptions& options,
                                           const ProgressFn& progress) {
  options.validate();
  const Renderer renderer({&mesh, 1});  // checks the mesh
  const double distance_m = 4 * reach_m(mesh);
  const std::vector<RigidTransform> obj_from_cam = icosphere_views(options.views, distance_m);
  const CameraIntrinsics camera = template_camera(options);
  RenderOptions render;
  render.object_coordinates = true;
  render.ambient = 0;
  render.head_light = 1;
  render.light_behind_m = 1.5 * distance_m;
  render.linear_light = true;
  render.base_color = options.base_color;
  render.threads = 1;  // a thread a view costs less than one a strip

  std::vector<TemplateView> views(obj_from_cam.size());
  std::mutex mutex;
  int done = 0;
  parallel_for(options.views, options.threads, [&](int i) {
    const auto number = static_cast<std::size_t>(i);
    const RenderInstance instance{0, obj_from_cam[number].inverse()};
    views[number] = cropped_view(renderer.render(camera, {&instance, 1}, render), camera,
                                 instance.cam_from_obj);
    const std::lock_guard lock(mutex);
    report(progress, "template views", ++done, options.views);
  });
  return views;
}

}  // namespace sam6d

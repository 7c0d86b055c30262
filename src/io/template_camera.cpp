#include "io/template_camera.hpp"

#include <cmath>

namespace sam6d {
namespace {

/// Coordinates that miss their pixels by more are of other poses.
constexpr double kMaxError_px = 8;

/// Calls body(a, point) for every pixel of the object and both picture axes: the pixel lies at
/// a = (coordinate - c) / f, and `point` holds the object's coordinate along that axis and along
/// the optical one, both with the camera's rotation but without its distance.
template <class Body>
void for_each_coordinate(const TemplateView& view, const Eigen::Matrix3d& cam_from_obj,
                         const Body& body) {
  for (int y = 0; y < view.mask.height(); ++y) {
    for (int x = 0; x < view.mask.width(); ++x) {
      if (view.mask(x, y) == 0) continue;
      const Eigen::Vector3f& point_m = view.object_xyz_m(x, y);
      const Eigen::Vector3d p = cam_from_obj * point_m.cast<double>();
      body((view.box_px.x0 + x - view.camera.cx) / view.camera.fx, p.x(), p.z());
      body((view.box_px.y0 + y - view.camera.cy) / view.camera.fy, p.y(), p.z());
    }
  }
}

}  // namespace

CameraIntrinsics template_camera(int width, int height) {
  const double f = width / 2.0 / std::tan(TemplateOptions{}.fov_rad / 2);
  return {f, f, (width - 1) / 2.0, (height - 1) / 2.0, width, height};
}

bool find_template_poses(std::vector<TemplateView>& views) {
  const auto count = static_cast<int>(views.size());
  if (count != 42 && count != 162 && count != 642) return false;
  const std::vector<RigidTransform> directions = icosphere_views(count, 1.0);
  const auto rotation_of = [&](std::size_t i) -> Eigen::Matrix3d {
    return directions[i].linear().transpose();
  };
  // A pixel says across = a (along + distance).
  double numerator = 0;
  double denominator = 0;
  for (std::size_t i = 0; i < views.size(); ++i) {
    for_each_coordinate(views[i], rotation_of(i), [&](double a, double across, double along) {
      numerator += a * (across - a * along);
      denominator += a * a;
    });
  }
  const double distance_m = denominator > 0 ? numerator / denominator : 0;
  if (!(distance_m > 0) || !std::isfinite(distance_m)) return false;

  double error = 0;
  std::size_t coordinates = 0;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const double f = views[i].camera.fx;
    for_each_coordinate(views[i], rotation_of(i), [&](double a, double across, double along) {
      const double error_px = f * (across / (along + distance_m) - a);
      error += error_px * error_px;
      ++coordinates;
    });
  }
  if (!(error <= kMaxError_px * kMaxError_px * static_cast<double>(coordinates))) return false;
  const std::vector<RigidTransform> obj_from_cam = icosphere_views(count, distance_m);
  for (std::size_t i = 0; i < views.size(); ++i) {
    views[i].cam_from_obj = obj_from_cam[i].inverse();
  }
  return true;
}

}  // namespace sam6d

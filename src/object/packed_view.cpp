#include "object/packed_view.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Geometry>

#include "base/fail.hpp"

namespace sam6d {
namespace {

constexpr double kLargestValue = 65535;

/// Coordinates that differ from those on the pixels' rays by more than this share of the camera's
/// distance are kept as they are. Template files differ by up to half of it, since they are
/// float16.
constexpr double kOnRay = 2e-4;

/// From the depth of a pixel to the point that it shows.
class PixelRays {
 public:
  PixelRays(const CameraIntrinsics& camera, const RigidTransform& cam_from_obj)
      : camera_(camera), obj_from_cam_(cam_from_obj.inverse()) {}

  [[nodiscard]] Eigen::Vector3f point(int x, int y, double depth_m) const {
    const Eigen::Vector3d ray((x - camera_.cx) / camera_.fx, (y - camera_.cy) / camera_.fy, 1);
    return (obj_from_cam_ * (depth_m * ray)).cast<float>();
  }

 private:
  CameraIntrinsics camera_;
  RigidTransform obj_from_cam_;
};

/// Calls body(x, y) for the mask's pixels, in the box's coordinates.
template <class Body>
void for_each_pixel(const TemplateView& view, const Body& body) {
  for (int y = 0; y < view.mask.height(); ++y) {
    for (int x = 0; x < view.mask.width(); ++x) {
      if (view.mask(x, y) != 0) body(x, y);
    }
  }
}

double depth_of(const TemplateView& view, int x, int y) {
  return (view.cam_from_obj * view.object_xyz_m(x, y).cast<double>()).z();
}

/// Sets offset and step so that the values span the range.
void set_range(PackedView& packed, const Eigen::AlignedBox3d& range) {
  if (range.isEmpty()) return;
  packed.offset_m = range.min();
  packed.step_m = range.sizes() / kLargestValue;
}

std::uint16_t to_value(const PackedView& packed, int axis, double coordinate_m) {
  if (packed.step_m[axis] <= 0) return 0;
  const double steps = (coordinate_m - packed.offset_m[axis]) / packed.step_m[axis];
  return static_cast<std::uint16_t>(std::lround(std::clamp(steps, 0.0, kLargestValue)));
}

double from_value(const PackedView& packed, int axis, std::uint16_t value) {
  return packed.offset_m[axis] + packed.step_m[axis] * value;
}

bool lies_on_rays(const TemplateView& view) {
  const PixelRays rays(view.camera, view.cam_from_obj);
  bool all = true;
  for_each_pixel(view, [&](int x, int y) {
    if (!all) return;
    const double depth_m = depth_of(view, x, y);
    const Eigen::Vector3f on_ray = rays.point(view.box_px.x0 + x, view.box_px.y0 + y, depth_m);
    all = depth_m > 0 && (on_ray - view.object_xyz_m(x, y)).norm() < kOnRay * depth_m;
  });
  return all;
}

void pack_depth(const TemplateView& view, PackedView& packed) {
  packed.coordinates = PackedView::Coordinates::kDepth;
  Eigen::AlignedBox3d range;
  for_each_pixel(view,
                 [&](int x, int y) { range.extend(Eigen::Vector3d(depth_of(view, x, y), 0, 0)); });
  set_range(packed, range);
  for_each_pixel(view, [&](int x, int y) {
    packed.values.push_back(to_value(packed, 0, depth_of(view, x, y)));
  });
}

void pack_xyz(const TemplateView& view, PackedView& packed) {
  packed.coordinates = PackedView::Coordinates::kXyz;
  Eigen::AlignedBox3d range;
  for_each_pixel(view, [&](int x, int y) { range.extend(view.object_xyz_m(x, y).cast<double>()); });
  set_range(packed, range);
  for_each_pixel(view, [&](int x, int y) {
    for (int axis = 0; axis < 3; ++axis) {
      packed.values.push_back(to_value(packed, axis, view.object_xyz_m(x, y)[axis]));
    }
  });
}

}  // namespace

void check_view(const TemplateView& view, std::string_view what) {
  validate(view.camera);
  const Box whole{0, 0, view.camera.width, view.camera.height};
  const Box& box = view.box_px;
  if (!box.empty() && intersect(box, whole) != box) {
    fail(ErrorCode::kInvalidArgument,
         "{}: expected a box inside {} x {}, found [{}, {}) x [{}, {})", what, whole.x1, whole.y1,
         box.x0, box.x1, box.y0, box.y1);
  }
  const auto check_size = [&](int width, int height, std::string_view picture) {
    if (width != box.width() || height != box.height()) {
      fail(ErrorCode::kInvalidArgument, "{}.{}: expected the box's size {} x {}, found {} x {}",
           what, picture, box.width(), box.height(), width, height);
    }
  };
  check_size(view.rgb.width(), view.rgb.height(), "rgb");
  check_size(view.mask.width(), view.mask.height(), "mask");
  check_size(view.object_xyz_m.width(), view.object_xyz_m.height(), "object_xyz_m");
  bool finite = view.cam_from_obj.matrix().allFinite();
  for_each_pixel(view, [&](int x, int y) {
    finite = finite && view.object_xyz_m(x, y).allFinite() &&
             view.object_xyz_m(x, y).cwiseAbs().maxCoeff() < 1e6F;
  });
  if (!finite) {
    fail(
        ErrorCode::kInvalidArgument,
        "{}: expected a finite pose and finite object coordinates inside of the mask, found others",
        what);
  }
}

PackedView pack(const TemplateView& view) {
  PackedView packed;
  packed.cam_from_obj = view.cam_from_obj;
  packed.camera = view.camera;
  packed.box_px = view.box_px;
  packed.mask_bits.assign((view.mask.size() + 7) / 8, 0);
  for (std::size_t i = 0; i < view.mask.size(); ++i) {
    if (view.mask.data()[i] == 0) continue;
    packed.mask_bits[i / 8] = static_cast<std::uint8_t>(packed.mask_bits[i / 8] | 1U << i % 8);
  }
  for_each_pixel(view, [&](int x, int y) { packed.colors.push_back(view.rgb(x, y)); });
  if (lies_on_rays(view)) {
    pack_depth(view, packed);
  } else {
    pack_xyz(view, packed);
  }
  return packed;
}

TemplateView unpack(const PackedView& packed) {
  const int width = packed.box_px.width();
  const int height = packed.box_px.height();
  TemplateView view;
  view.cam_from_obj = packed.cam_from_obj;
  view.camera = packed.camera;
  view.box_px = packed.box_px;
  view.rgb = Image<Rgb8>(width, height);
  view.mask = Image<std::uint8_t>(width, height);
  view.object_xyz_m = Image<Eigen::Vector3f>(width, height, Eigen::Vector3f::Zero());
  for (std::size_t i = 0; i < view.mask.size(); ++i) {
    if ((packed.mask_bits[i / 8] >> i % 8 & 1U) != 0) view.mask.data()[i] = 255;
  }
  const PixelRays rays(packed.camera, packed.cam_from_obj);
  std::size_t pixel = 0;
  for_each_pixel(view, [&](int x, int y) {
    view.rgb(x, y) = packed.colors[pixel];
    Eigen::Vector3f& point = view.object_xyz_m(x, y);
    if (packed.coordinates == PackedView::Coordinates::kDepth) {
      point = rays.point(packed.box_px.x0 + x, packed.box_px.y0 + y,
                         from_value(packed, 0, packed.values[pixel]));
    } else {
      for (int axis = 0; axis < 3; ++axis) {
        const std::uint16_t value = packed.values[3 * pixel + static_cast<std::size_t>(axis)];
        point[axis] = static_cast<float>(from_value(packed, axis, value));
      }
    }
    ++pixel;
  });
  return view;
}

}  // namespace sam6d

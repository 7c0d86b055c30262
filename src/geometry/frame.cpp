#include "sam6d/frame.hpp"

#include <cmath>

#include "base/fail.hpp"

namespace sam6d {
namespace {

constexpr int kMaxSidePx = 16384;

template <class T>
void check_view(const ImageView<T>& view, const char* name, const CameraIntrinsics& camera) {
  if (view.empty()) {
    fail(ErrorCode::kInvalidArgument, "frame.{}: expected a {} x {} picture, found an empty one",
         name, camera.width, camera.height);
  }
  if (view.width != camera.width || view.height != camera.height) {
    fail(ErrorCode::kInvalidArgument,
         "frame.{}: expected the camera's size {} x {}, found {} x {}; colour and depth must be "
         "registered to one camera",
         name, camera.width, camera.height, view.width, view.height);
  }
  const auto row_bytes = static_cast<std::ptrdiff_t>(sizeof(T)) * view.width;
  if (view.row_stride_bytes < row_bytes) {
    fail(ErrorCode::kInvalidArgument,
         "frame.{}: expected a row stride of at least {} bytes, found {}", name, row_bytes,
         view.row_stride_bytes);
  }
}

}  // namespace

void validate(const CameraIntrinsics& camera) {
  if (camera.width < 1 || camera.width > kMaxSidePx || camera.height < 1 ||
      camera.height > kMaxSidePx) {
    fail(ErrorCode::kInvalidArgument, "camera size: expected 1..{} pixels a side, found {} x {}",
         kMaxSidePx, camera.width, camera.height);
  }
  if (!std::isfinite(camera.fx) || !std::isfinite(camera.fy) || camera.fx <= 0 || camera.fy <= 0) {
    fail(ErrorCode::kInvalidArgument,
         "camera focal lengths: expected positive numbers, found fx {} fy {}", camera.fx,
         camera.fy);
  }
  if (!std::isfinite(camera.cx) || !std::isfinite(camera.cy)) {
    fail(ErrorCode::kInvalidArgument,
         "camera principal point: expected finite numbers, found cx {} cy {}", camera.cx,
         camera.cy);
  }
}

void validate(const Frame& frame) {
  validate(frame.camera);
  check_view(frame.rgb, "rgb", frame.camera);
  check_view(frame.depth_m, "depth_m", frame.camera);
  if (frame.roi &&
      intersect(*frame.roi, Box{0, 0, frame.camera.width, frame.camera.height}).empty()) {
    fail(ErrorCode::kInvalidArgument,
         "frame.roi: expected a region inside {} x {}, found [{}, {}) x [{}, {})",
         frame.camera.width, frame.camera.height, frame.roi->x0, frame.roi->x1, frame.roi->y0,
         frame.roi->y1);
  }
}

}  // namespace sam6d

#include "sam6d/frame_io.hpp"

#include <algorithm>
#include <utility>

#include "base/fail.hpp"
#include "io/frame_parts.hpp"
#include "sam6d/camera_io.hpp"
#include "sam6d/image_io.hpp"

namespace sam6d {

FrameData checked_frame(Image<Rgb8> rgb, Image<float> depth_m, const CameraIntrinsics& camera,
                        const FrameSources& sources) {
  FrameData frame{std::move(rgb), std::move(depth_m), camera};
  if (frame.rgb.width() != frame.depth_m.width() || frame.rgb.height() != frame.depth_m.height()) {
    fail(ErrorCode::kBadFile,
         "{}: expected the size of {}, {} x {}, found {} x {}; depth must be registered to colour",
         sources.depth.string(), sources.rgb.string(), frame.rgb.width(), frame.rgb.height(),
         frame.depth_m.width(), frame.depth_m.height());
  }
  if (frame.camera.width == 0) frame.camera.width = frame.rgb.width();
  if (frame.camera.height == 0) frame.camera.height = frame.rgb.height();
  if (frame.camera.width != frame.rgb.width() || frame.camera.height != frame.rgb.height()) {
    fail(ErrorCode::kBadFile, "{}: expected the size that {} says, {} x {}, found {} x {}",
         sources.rgb.string(), sources.camera.string(), frame.camera.width, frame.camera.height,
         frame.rgb.width(), frame.rgb.height());
  }
  const float* const depth = frame.depth_m.data();
  if (std::none_of(depth, depth + frame.depth_m.size(), [](float z) { return z > 0; })) {
    fail(ErrorCode::kBadFile, "{}: expected depth, found no pixel that is not 0",
         sources.depth.string());
  }
  return frame;
}

FrameData load_frame(const std::filesystem::path& rgb, const std::filesystem::path& depth,
                     const std::filesystem::path& camera) {
  const CameraFile camera_file = load_camera(camera);
  return checked_frame(load_rgb(rgb), load_depth(depth, camera_file.depth_scale),
                       camera_file.intrinsics, {rgb, depth, camera});
}

}  // namespace sam6d

#include "sam6d/camera_io.hpp"

#include <cmath>

#include "base/fail.hpp"
#include "io/camera_json.hpp"
#include "sam6d/file_io.hpp"

namespace sam6d {

CameraFile load_camera(const std::filesystem::path& path) {
  return parse_camera(read_text_file(path, kMaxJsonBytes), path.string());
}

nlohmann::ordered_json camera_to_json(const CameraFile& camera) {
  const CameraIntrinsics& k = camera.intrinsics;
  nlohmann::ordered_json json;
  json["cam_K"] = {k.fx, 0.0, k.cx, 0.0, k.fy, k.cy, 0.0, 0.0, 1.0};
  json["depth_scale"] = camera.depth_scale;
  if (k.width > 0 && k.height > 0) {
    json["width"] = k.width;
    json["height"] = k.height;
  }
  return json;
}

void save_camera(const std::filesystem::path& path, const CameraFile& camera) {
  const CameraIntrinsics& k = camera.intrinsics;
  for (const double number : {k.fx, k.fy, k.cx, k.cy, camera.depth_scale}) {
    if (!std::isfinite(number)) {
      fail(ErrorCode::kInvalidArgument, "{}: expected finite camera numbers, found {}",
           path.string(), number);
    }
  }
  write_text_file(path, camera_to_json(camera).dump() + "\n");
}

}  // namespace sam6d

#include "io/camera_json.hpp"

#include <cmath>

#include "base/fail.hpp"
#include "io/picture_header.hpp"

namespace sam6d {
namespace {

/// Terms of cam_K that must be 0 may be off by so much: rounding of files, below any effect.
constexpr double kMaxSkewPx = 1e-6;

double positive(const JsonCursor& value) {
  const double number = value.number();
  if (number <= 0) value.refuse("a positive number");
  return number;
}

void read_matrix(const JsonCursor& cam_k, CameraIntrinsics& camera) {
  const Eigen::Matrix3d k = cam_k.matrix3();
  if (k(0, 0) <= 0 || k(1, 1) <= 0) {
    fail(ErrorCode::kBadFile, "{}: expected positive focal lengths, found fx {} fy {}",
         cam_k.where(), k(0, 0), k(1, 1));
  }
  if (std::abs(k(0, 1)) > kMaxSkewPx) {
    fail(ErrorCode::kBadFile, "{}: expected a camera without skew, found skew {}", cam_k.where(),
         k(0, 1));
  }
  if (std::abs(k(1, 0)) > kMaxSkewPx || k.row(2) != Eigen::RowVector3d(0, 0, 1)) {
    fail(ErrorCode::kBadFile,
         "{}: expected fx 0 cx, 0 fy cy, 0 0 1 in rows, found {} {} {}, {} {} {}, {} {} {}",
         cam_k.where(), k(0, 0), k(0, 1), k(0, 2), k(1, 0), k(1, 1), k(1, 2), k(2, 0), k(2, 1),
         k(2, 2));
  }
  camera.fx = k(0, 0);
  camera.fy = k(1, 1);
  camera.cx = k(0, 2);
  camera.cy = k(1, 2);
}

}  // namespace

CameraFile read_camera(const JsonCursor& entry) {
  CameraFile file;
  CameraIntrinsics& camera = file.intrinsics;
  const bool has_focal_length = entry.find("fx").has_value();
  if (entry.find("cam_K") || !has_focal_length) {
    read_matrix(entry.at("cam_K"), camera);
  } else {
    camera.fx = positive(entry.at("fx"));
    camera.fy = positive(entry.at("fy"));
    camera.cx = entry.at("cx").number();
    camera.cy = entry.at("cy").number();
  }
  file.depth_scale = positive(entry.at("depth_scale"));
  if (const auto width = entry.find("width")) {
    camera.width = static_cast<int>(width->integer(1, kMaxPictureSide));
  }
  if (const auto height = entry.find("height")) {
    camera.height = static_cast<int>(height->integer(1, kMaxPictureSide));
  }
  refuse_unsupported_cameras(entry);
  return file;
}

CameraFile parse_camera(std::string_view text, const std::string& source) {
  const nlohmann::json document = parse_json(text, source);
  return read_camera(JsonCursor(document, source));
}

}  // namespace sam6d

#include "sam6d/camera_io.hpp"

#include "io/camera_json.hpp"
#include "io/temporary_folder.hpp"

namespace sam6d {
namespace {

using test::contains;
using test::error_of;
using test::TemporaryFolder;

constexpr const char* kGood = R"({"cam_K": [572.4, 0, 325.2, 0, 573.5, 242, 0, 0, 1],
                                  "depth_scale": 0.1)";

/// A good camera with another member.
std::string with(const std::string& member) { return std::string(kGood) + ", " + member + "}"; }

std::string error_in(const std::string& text) {
  return error_of(ErrorCode::kBadFile, [&] { (void)parse_camera(text, "camera.json"); });
}

TEST_CASE("a camera is read from nine numbers, three rows, or BOP's names") {
  const CameraFile flat = parse_camera(std::string(kGood) + "}", "c");
  CHECK(flat.intrinsics == CameraIntrinsics{572.4, 573.5, 325.2, 242, 0, 0});
  CHECK(flat.depth_scale == 0.1);
  CHECK(parse_camera(R"({"cam_K": [[572.4, 0, 325.2], [0, 573.5, 242], [0, 0, 1]],
                         "depth_scale": 0.1})",
                     "c") == flat);
  const CameraFile bop = parse_camera(R"({"fx": 572.4, "fy": 573.5, "cx": 325.2, "cy": 242,
                                          "depth_scale": 0.1, "width": 640, "height": 480})",
                                      "c");
  CHECK(bop.intrinsics == CameraIntrinsics{572.4, 573.5, 325.2, 242, 640, 480});
}

TEST_CASE("a camera comes back as written") {
  const TemporaryFolder folder;
  CameraFile camera{{572.4114, 573.57043, 325.2611, 242.04899, 640, 480}, 0.1};
  save_camera(folder.path() / "camera.json", camera);
  CHECK(load_camera(folder.path() / "camera.json") == camera);
  camera.intrinsics.width = camera.intrinsics.height = 0;
  save_camera(folder.path() / "camera.json", camera);
  CHECK(load_camera(folder.path() / "camera.json") == camera);
  camera.intrinsics.fx = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(save_camera(folder.path() / "camera.json", camera), Error);
}

TEST_CASE("bad cameras are refused with file, expected and found") {
  CHECK(contains(error_in(R"({"depth_scale": 1})"), "camera.json: expected \"cam_K\""));
  CHECK(contains(error_in(R"({"cam_K": [1,0,1,0,1,1,0,0,1]})"), "expected \"depth_scale\""));
  CHECK(contains(error_in(R"({"cam_K": [NaN,0,1,0,1,1,0,0,1], "depth_scale": 1})"),
                 "expected finite numbers, found NaN"));
  CHECK(contains(error_in(R"({"cam_K": [1,0,Infinity,0,1,1,0,0,1], "depth_scale": 1})"),
                 "found Infinity"));
  CHECK(contains(error_in(R"({"cam_K": [null,0,1,0,1,1,0,0,1], "depth_scale": 1})"),
                 "cam_K: expected 9 finite numbers, found null"));
  CHECK(contains(error_in(R"({"cam_K": ["nan",0,1,0,1,1,0,0,1], "depth_scale": 1})"), "\"nan\""));
  CHECK(
      contains(error_in(R"({"cam_K": [1e999,0,1,0,1,1,0,0,1], "depth_scale": 1})"), "camera.json"));
  CHECK(contains(error_in(R"({"cam_K": [0,0,1,0,1,1,0,0,1], "depth_scale": 1})"),
                 "expected positive focal lengths, found fx 0 fy 1"));
  CHECK(contains(error_in(R"({"cam_K": [9,0.5,1,0,9,1,0,0,1], "depth_scale": 1})"), "skew 0.5"));
  CHECK(contains(error_in(R"({"cam_K": [9,0,1,0,9,1,0,0,2], "depth_scale": 1})"), "in rows"));
  CHECK(contains(error_in(R"({"cam_K": [9,0,1,0,9,1,0,0], "depth_scale": 1})"),
                 "expected 9 finite numbers, found a list of 8 elements"));
  CHECK(contains(error_in(R"({"cam_K": [9,0,1,0,9,1,0,0,1], "depth_scale": 0})"),
                 "depth_scale: expected a positive number, found 0"));
  CHECK(contains(error_in(with(R"("width": -640)")), "width: expected a whole number"));
  CHECK(contains(error_in(with(R"("width": 6.5)")), "width: expected a whole number"));
  CHECK(contains(error_in("{\"cam_K\": ["), "the end of the file"));
  CHECK(contains(error_in("[]"), "camera.json: expected an object"));
  CHECK(contains(error_in(""), "expected JSON"));
  CHECK(contains(error_in(std::string(100'000, '[')), "levels"));
}

TEST_CASE("cameras with distortion are refused") {
  for (const char* member :
       {R"("dist_coeffs": [0.1, 0, 0, 0, 0])", R"("distortion": {"k1": 0.1, "k2": 0})",
        R"("D": [[0.0], [-0.2]])", R"("k1": 0.05)", R"("coeffs": [0, 0, 0.001, 0, 0])",
        R"("distorted": true)", R"("undistorted": false)", R"("distortion": "brown_conrady")",
        R"("distortion_model": "kannala_brandt4")", R"("camera_model": "OPENCV_FISHEYE")",
        R"("distortion_coefficients": {"rows": 1, "cols": 5, "data": [0, 0, 0, 0, 1e-3]})"}) {
    CAPTURE(member);
    CHECK(contains(error_in(with(member)), "expected undistorted pictures"));
  }
  for (const char* member :
       {R"("dist_coeffs": [0, 0, 0, 0, 0])", R"("distortion": null)", R"("distortion": "none")",
        R"("k1": 0.0)", R"("distorted": false)", R"("distortion_model": "plumb_bob")",
        R"("distortion_coefficients": {"rows": 1, "cols": 5, "data": [0, 0, 0, 0, 0]})"}) {
    CAPTURE(member);
    CHECK_NOTHROW((void)parse_camera(with(member), "c"));
  }
}

TEST_CASE("cameras whose depth is not registered are refused") {
  for (const char* member :
       {R"("depth_registered": false)", R"("aligned": 0)", R"("depth_aligned_to_color": "no")",
        R"("unregistered": true)", R"("depth_K": [365, 0, 256, 0, 365, 212, 0, 0, 1])",
        R"("depth_intrinsics": {"fx": 365, "fy": 365, "cx": 256, "cy": 212})",
        R"("depth_to_color": [[1,0,0,0.025],[0,1,0,0],[0,0,1,0],[0,0,0,1]])",
        R"("color_from_depth": {"translation": [0.025, 0, 0]})"}) {
    CAPTURE(member);
    CHECK(contains(error_in(with(member)), "expected depth registered"));
  }
  for (const char* member :
       {R"("depth_registered": true)", R"("aligned": 1)", R"("unregistered": false)",
        R"("depth_K": [572.4, 0, 325.2, 0, 573.5, 242, 0, 0, 1])",
        R"("depth_intrinsics": {"fx": 572.4, "fy": 573.5, "cx": 325.2, "cy": 242})",
        R"("depth_to_color": [[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]])",
        R"("cam_R_w2c": [1,0,0,0,1,0,0,0,1], "cam_t_w2c": [1, 2, 3])"}) {
    CAPTURE(member);
    CHECK_NOTHROW((void)parse_camera(with(member), "c"));
  }
}

}  // namespace
}  // namespace sam6d

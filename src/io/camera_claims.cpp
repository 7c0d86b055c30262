#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string>
#include <string_view>

#include "base/fail.hpp"
#include "io/camera_json.hpp"

/// Camera files of other programs say in many ways that a picture is distorted or that depth is not
/// registered. The names here are those of OpenCV, ROS, RealSense, Kinect, Open3D and nerfstudio
/// files; they are compared in lower case without '_' and '-'.
namespace sam6d {
namespace {

constexpr std::array<std::string_view, 15> kCoefficientLists = {"d",
                                                                "dist",
                                                                "distcoeffs",
                                                                "distcoefs",
                                                                "distcoef",
                                                                "coeffs",
                                                                "distortion",
                                                                "distortioncoeffs",
                                                                "distortionparams",
                                                                "distortionparameters",
                                                                "camdist",
                                                                "camd",
                                                                "distortioncoefficients",
                                                                "distortioncoeff",
                                                                "radialdistortion"};
constexpr std::array<std::string_view, 12> kCoefficients = {"k1", "k2", "k3", "k4", "k5", "k6",
                                                            "p1", "p2", "s1", "s2", "s3", "s4"};
constexpr std::array<std::string_view, 4> kModels = {"model", "distortionmodel", "cameramodel",
                                                     "projectionmodel"};
constexpr std::array<std::string_view, 5> kCurvedModels = {"fisheye", "equidistant", "kannala",
                                                           "omni", "doublesphere"};
constexpr std::array<std::string_view, 3> kSaysDistorted = {"distorted", "isdistorted",
                                                            "hasdistortion"};
constexpr std::array<std::string_view, 4> kSaysUndistorted = {"undistorted", "isundistorted",
                                                              "rectified", "isrectified"};
constexpr std::array<std::string_view, 16> kSaysRegistered = {
    "registered",        "isregistered",        "depthregistered",     "registereddepth",
    "aligned",           "isaligned",           "depthaligned",        "aligneddepth",
    "alignedtocolor",    "depthalignedtocolor", "aligneddepthtocolor", "alignedtorgb",
    "depthalignedtorgb", "depthregistration",   "depthtocoloraligned", "registeredtocolor"};
constexpr std::array<std::string_view, 4> kSaysUnregistered = {"unregistered", "depthunregistered",
                                                               "unaligned", "depthunaligned"};
constexpr std::array<std::string_view, 10> kDepthCameras = {
    "depthk",      "kdepth",          "camkdepth", "depthcamk",      "depthintrinsics",
    "depthcamera", "intrinsicsdepth", "camdepthk", "depthintrinsic", "depthcammatrix"};
constexpr std::array<std::string_view, 8> kDepthToColor = {
    "depthtocolor",   "colortodepth",   "depthtorgb",   "rgbtodepth",
    "colorfromdepth", "depthfromcolor", "rgbfromdepth", "depthtocolorextrinsics"};

template <std::size_t N>
bool is_one_of(const std::string& word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string normalized(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c != '_' && c != '-' && c != ' ') {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return word;
}

/// Whether a number, or any number in a list or an object, is not 0. Sizes of OpenCV's matrices
/// ("rows", "cols") are not coefficients.
bool has_non_zero(const nlohmann::json& value) {
  if (value.is_number()) return value.get<double>() != 0;
  if (value.is_array()) return std::any_of(value.begin(), value.end(), has_non_zero);
  if (!value.is_object()) return false;
  for (const auto& [key, member] : value.items()) {
    if (key != "rows" && key != "cols" && has_non_zero(member)) return true;
  }
  return false;
}

/// true, 1, "true", "yes".
bool says_yes(const nlohmann::json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) return value.get<double>() != 0;
  if (!value.is_string()) return false;
  const std::string word = normalized(value.get<std::string>());
  return word == "true" || word == "yes" || word == "on" || word == "1";
}

/// false, 0, "false", "no".
bool says_no(const nlohmann::json& value) {
  if (value.is_boolean()) return !value.get<bool>();
  if (value.is_number()) return value.get<double>() == 0;
  if (!value.is_string()) return false;
  const std::string word = normalized(value.get<std::string>());
  return word == "false" || word == "no" || word == "off" || word == "none" || word == "0";
}

bool names_curved_model(const nlohmann::json& value) {
  if (!value.is_string()) return false;
  const std::string word = normalized(value.get<std::string>());
  return std::any_of(kCurvedModels.begin(), kCurvedModels.end(),
                     [&](std::string_view model) { return word.find(model) != std::string::npos; });
}

/// Whether a transform (4 x 4, 3 x 4, 3 x 3 or a translation) moves anything.
bool is_identity(const nlohmann::json& value) {
  std::vector<double> numbers;
  const nlohmann::json flat = value.flatten();
  for (const auto& [key, number] : flat.items()) {
    if (!number.is_number()) return false;
    numbers.push_back(number.get<double>());
  }
  const std::size_t columns = numbers.size() == 9 ? 3 : numbers.size() == 3 ? 0 : 4;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const bool diagonal = columns > 0 && i / columns == i % columns;
    if (numbers[i] != (diagonal ? 1.0 : 0.0)) return false;
  }
  return true;
}

/// The matrix of a depth camera, written as its nine numbers or as an object with fx, fy, ...
bool is_same_camera(const nlohmann::json& depth_camera, const JsonCursor& entry) {
  const auto numbers_of = [](const nlohmann::json& value) {
    std::vector<double> numbers;
    const nlohmann::json flat = value.flatten();
    for (const auto& [key, number] : flat.items()) {
      if (number.is_number()) numbers.push_back(number.get<double>());
    }
    return numbers;
  };
  if (depth_camera.is_array()) {
    return entry.value().contains("cam_K") &&
           numbers_of(depth_camera) == numbers_of(entry.value()["cam_K"]);
  }
  if (!depth_camera.is_object()) return false;
  try {
    nlohmann::json whole = depth_camera;
    whole["depth_scale"] = 1;
    const CameraFile depth = read_camera(JsonCursor(whole, entry.where()));
    nlohmann::json own = entry.value();
    for (const auto& [key, value] : entry.value().items()) {
      if (is_one_of(normalized(key), kDepthCameras)) own.erase(key);
    }
    const CameraIntrinsics color = read_camera(JsonCursor(own, entry.where())).intrinsics;
    return depth.intrinsics.fx == color.fx && depth.intrinsics.fy == color.fy &&
           depth.intrinsics.cx == color.cx && depth.intrinsics.cy == color.cy;
  } catch (const Error&) {
    return false;
  }
}

[[noreturn]] void refuse_distorted(const JsonCursor& member) {
  fail(ErrorCode::kBadFile,
       "{}: expected undistorted pictures, found a camera with distortion; undistort the pictures "
       "first",
       member.where());
}

[[noreturn]] void refuse_unregistered(const JsonCursor& member) {
  fail(ErrorCode::kBadFile,
       "{}: expected depth registered to the colour picture, found depth that is not; register it "
       "first",
       member.where());
}

}  // namespace

void refuse_unsupported_cameras(const JsonCursor& entry) {
  for (const auto& [key, member] : entry.members()) {
    const std::string name = normalized(key);
    const nlohmann::json& value = member.value();
    const bool is_list = is_one_of(name, kCoefficientLists);
    if ((is_list || is_one_of(name, kCoefficients)) && has_non_zero(value)) {
      refuse_distorted(member);
    }
    if (is_list && (value.is_boolean() || value.is_string()) && !says_no(value) &&
        normalized(value.is_string() ? value.get<std::string>() : "") != "pinhole") {
      refuse_distorted(member);
    }
    if (is_one_of(name, kModels) && names_curved_model(value)) refuse_distorted(member);
    if (is_one_of(name, kSaysDistorted) && says_yes(value)) refuse_distorted(member);
    if (is_one_of(name, kSaysUndistorted) && says_no(value)) refuse_distorted(member);
    if (is_one_of(name, kSaysRegistered) && says_no(value)) refuse_unregistered(member);
    if (is_one_of(name, kSaysUnregistered) && says_yes(value)) refuse_unregistered(member);
    if (is_one_of(name, kDepthCameras) && !value.is_null() && !is_same_camera(value, entry)) {
      refuse_unregistered(member);
    }
    if (is_one_of(name, kDepthToColor) && !value.is_null() && !is_identity(value)) {
      refuse_unregistered(member);
    }
  }
}

}  // namespace sam6d

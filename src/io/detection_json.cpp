#include "io/detection_json.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/fail.hpp"
#include "io/picture_header.hpp"
#include "io/rotation.hpp"
#include "sam6d/rle.hpp"

namespace sam6d {
namespace {

constexpr std::int64_t kMaxId = std::numeric_limits<int>::max();

int optional_id(const JsonCursor& entry, const char* name) {
  const auto id = entry.find(name);
  return id ? static_cast<int>(id->integer(0, kMaxId)) : 0;
}

Rle read_rle(const JsonCursor& segmentation) {
  const JsonCursor size = segmentation.at("size");
  const std::vector<double> sides = size.numbers(2);
  Rle rle;
  const auto is_side = [](double side) {
    return side >= 1 && side <= kMaxPictureSide && std::floor(side) == side;
  };
  if (!is_side(sides[0]) || !is_side(sides[1])) {
    size.refuse(fmt::format("height and width of 1..{}", kMaxPictureSide));
  }
  rle.height = static_cast<int>(sides[0]);
  rle.width = static_cast<int>(sides[1]);
  const JsonCursor counts = segmentation.at("counts");
  if (counts.value().is_string()) {
    rle.counts = decompress_counts(counts.value().get_ref<const std::string&>(), counts.where());
    return rle;
  }
  if (!counts.value().is_array()) counts.refuse("run lengths as a list or COCO's text");
  rle.counts.reserve(counts.value().size());
  for (const nlohmann::json& count : counts.value()) {
    // Not JsonCursor::integer(): its error text would be made for each of them.
    const double value = count.is_number() ? count.get<double>() : -1;
    if (!(value >= 0 && value <= static_cast<double>(kMaxRlePixels))) {
      fail(ErrorCode::kBadFile, "{}: expected run lengths of 0..{}, found another value",
           counts.where(), kMaxRlePixels);
    }
    rle.counts.push_back(static_cast<std::uint32_t>(value));
  }
  return rle;
}

}  // namespace

Box read_box(const JsonCursor& bbox) {
  constexpr double kFarAway = 1 << 20;
  const std::vector<double> values = bbox.numbers(4);
  for (const double value : values) {
    if (std::abs(value) > kFarAway) bbox.refuse("x, y, width and height in pixels");
  }
  if (values[2] < 0 || values[3] < 0) bbox.refuse("a width and a height that are not negative");
  // Boxes of other programs may lie between pixels: all that they touch.
  return {static_cast<int>(std::floor(values[0])), static_cast<int>(std::floor(values[1])),
          static_cast<int>(std::ceil(values[0] + values[2])),
          static_cast<int>(std::ceil(values[1] + values[3]))};
}

RigidTransform read_transform(const JsonCursor& entry) {
  const JsonCursor rotation = entry.at("R");
  const Eigen::Matrix3d matrix = rotation.matrix3();
  if (rotation_error(matrix) > kMaxRotationError) rotation.refuse("a rotation matrix");
  return transform_from_mm(matrix, entry.at("t").vector3());
}

DetectionEntry read_detection(const JsonCursor& entry) {
  DetectionEntry result;
  result.scene_id = optional_id(entry, "scene_id");
  result.image_id = optional_id(entry, "image_id");
  Detection& detection = result.detection;
  detection.object = static_cast<ObjectId>(entry.at("category_id").integer(0, kMaxId));
  const auto score = entry.find("score");
  detection.score = score ? static_cast<float>(score->number()) : 1.0F;
  if (!std::isfinite(detection.score)) score->refuse("a score that fits into a float");
  if (const auto time = entry.find("time")) result.seconds = time->number();
  if (const auto segmentation = entry.find("segmentation")) {
    const Rle rle = read_rle(*segmentation);
    result.width = rle.width;
    result.height = rle.height;
    detection.mask = decode_rle(rle, segmentation->where());
    detection.box_px = detection.mask.box();
  }
  if (const auto bbox = entry.find("bbox")) detection.box_px = read_box(*bbox);
  if (entry.find("R") && entry.find("t")) detection.cam_from_obj_guess = read_transform(entry);
  return result;
}

PoseEntry read_pose(const JsonCursor& entry) {
  PoseEntry result;
  result.found = read_detection(entry);
  result.cam_from_obj = read_transform(entry);
  return result;
}

double short_number(float value) {
  if (!std::isfinite(value)) return 0;
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
  double result = 0;
  std::from_chars(text.data(), written.ptr, result);
  return result;
}

nlohmann::ordered_json box_to_json(const Box& box) {
  return {box.x0, box.y0, box.width(), box.height()};
}

nlohmann::ordered_json detection_to_json(const DetectionEntry& entry) {
  const Detection& detection = entry.detection;
  nlohmann::ordered_json json;
  json["scene_id"] = entry.scene_id;
  json["image_id"] = entry.image_id;
  json["category_id"] = detection.object;
  json["bbox"] = box_to_json(detection.box_px.empty() ? detection.mask.box() : detection.box_px);
  json["score"] = short_number(detection.score);
  json["time"] = std::isfinite(entry.seconds) ? entry.seconds : 0.0;
  if (!detection.mask.empty() && entry.width > 0 && entry.height > 0) {
    json["segmentation"]["counts"] = encode_rle(detection.mask, entry.width, entry.height).counts;
    json["segmentation"]["size"] = {entry.height, entry.width};
  }
  return json;
}

std::string lines_of(const nlohmann::ordered_json& list) {
  std::string text = "[";
  for (const auto& element : list) {
    text += text.size() > 1 ? ",\n" : "\n";
    text += element.dump();
  }
  return text + "\n]";
}

}  // namespace sam6d

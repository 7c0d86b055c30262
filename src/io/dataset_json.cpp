#include "io/dataset_json.hpp"

#include <cstdint>
#include <limits>

#include "base/fail.hpp"
#include "io/detection_json.hpp"
#include "io/number_keys.hpp"
#include "io/rotation.hpp"

namespace sam6d {
namespace {

constexpr std::int64_t kMaxId = std::numeric_limits<int>::max();

/// Boxes of what is hidden are [-1, -1, -1, -1] in BOP.
Box read_info_box(const JsonCursor& bbox) {
  const std::vector<double> values = bbox.numbers(4);
  return values[2] < 0 || values[3] < 0 ? Box{} : read_box(bbox);
}

void read_info(const JsonCursor& info, BopInstance& instance) {
  const JsonCursor visib_fract = info.at("visib_fract");
  instance.pose.visib_fract = visib_fract.number();
  if (instance.pose.visib_fract < 0 || instance.pose.visib_fract > 1) {
    visib_fract.refuse("a share of 0..1");
  }
  constexpr std::int64_t kMaxPixels = std::int64_t{1} << 40U;
  const auto count = [&](const char* name) {
    const auto value = info.find(name);
    return value ? value->integer(-1, kMaxPixels) : -1;
  };
  instance.px_count_all = count("px_count_all");
  instance.px_count_visib = count("px_count_visib");
  instance.px_count_valid = count("px_count_valid");
  if (const auto box = info.find("bbox_obj")) instance.box_obj_px = read_info_box(*box);
  if (const auto box = info.find("bbox_visib")) instance.box_visib_px = read_info_box(*box);
}

BopInstance read_truth(const JsonCursor& entry, int scene_id, int im_id, int index) {
  BopInstance instance;
  instance.index = index;
  GroundTruthPose& pose = instance.pose;
  pose.scene_id = scene_id;
  pose.im_id = im_id;
  pose.obj_id = static_cast<ObjectId>(entry.at("obj_id").integer(0, kMaxId));
  const JsonCursor rotation = entry.at("cam_R_m2c");
  const Eigen::Matrix3d matrix = rotation.matrix3();
  if (rotation_error(matrix) > kMaxRotationError) rotation.refuse("a rotation matrix");
  pose.cam_from_obj = transform_from_mm(matrix, entry.at("cam_t_m2c").vector3());
  return instance;
}

}  // namespace

void read_truths(const JsonCursor& root, BopScene& scene) {
  for (const auto& [im_id, entry] : numbered_members(root)) {
    std::vector<BopInstance>& instances = scene.by_image[im_id];
    for (const JsonCursor& truth : entry.elements()) {
      instances.push_back(
          read_truth(truth, scene.scene_id, im_id, static_cast<int>(instances.size())));
    }
  }
}

void read_infos(const JsonCursor& root, BopScene& scene) {
  for (const auto& [im_id, entry] : numbered_members(root)) {
    const auto instances = scene.by_image.find(im_id);
    if (instances == scene.by_image.end()) continue;
    const std::vector<JsonCursor> infos = entry.elements();
    if (infos.size() != instances->second.size()) {
      fail(ErrorCode::kBadFile, "{}: expected {} entries as in scene_gt.json, found {}",
           entry.where(), instances->second.size(), infos.size());
    }
    for (std::size_t i = 0; i < infos.size(); ++i) read_info(infos[i], instances->second[i]);
  }
}

std::vector<Target> read_targets(const JsonCursor& root) {
  std::vector<Target> targets;
  for (const JsonCursor& entry : root.elements()) {
    const auto id = [&](const char* name) {
      return static_cast<int>(entry.at(name).integer(0, kMaxId));
    };
    Target target{id("scene_id"), id("im_id"), id("obj_id"), 1};
    if (entry.find("inst_count")) target.inst_count = id("inst_count");
    targets.push_back(target);
  }
  return targets;
}

}  // namespace sam6d

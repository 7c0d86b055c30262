#include "io/dataset_json.hpp"
#include "io/number_keys.hpp"
#include "io/rotation.hpp"

namespace sam6d {
namespace {

/// 16 numbers, row-major, translation in millimetres.
RigidTransform read_symmetry(const JsonCursor& entry) {
  const std::vector<double> m = entry.numbers(16);
  Eigen::Matrix3d rotation;
  rotation << m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10];
  if (rotation_error(rotation) > kMaxRotationError || m[12] != 0 || m[13] != 0 || m[14] != 0 ||
      m[15] != 1) {
    entry.refuse("a rigid transform of 4 x 4 numbers");
  }
  return transform_from_mm(rotation, {m[3], m[7], m[11]});
}

ContinuousSymmetry read_axis(const JsonCursor& entry) {
  ContinuousSymmetry symmetry;
  const JsonCursor axis = entry.at("axis");
  symmetry.axis = axis.vector3();
  if (symmetry.axis.norm() < 1e-9) axis.refuse("an axis that is not 0");
  symmetry.axis.normalize();
  symmetry.offset_m = entry.at("offset").vector3() / 1000.0;
  return symmetry;
}

}  // namespace

std::map<ObjectId, BopObjectInfo> read_models_info(const JsonCursor& root) {
  std::map<ObjectId, BopObjectInfo> objects;
  for (const auto& [obj_id, entry] : numbered_members(root)) {
    BopObjectInfo info;
    const JsonCursor diameter = entry.at("diameter");
    info.diameter_m = diameter.number() / 1000.0;
    if (info.diameter_m <= 0) diameter.refuse("a positive number");
    if (const auto discrete = entry.find("symmetries_discrete")) {
      for (const JsonCursor& symmetry : discrete->elements()) {
        info.symmetries.discrete.push_back(read_symmetry(symmetry));
      }
    }
    if (const auto continuous = entry.find("symmetries_continuous")) {
      for (const JsonCursor& symmetry : continuous->elements()) {
        info.symmetries.continuous.push_back(read_axis(symmetry));
      }
    }
    objects[obj_id] = std::move(info);
  }
  return objects;
}

}  // namespace sam6d

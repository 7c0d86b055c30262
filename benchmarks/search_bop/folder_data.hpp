#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sam6d/dataset.hpp"
#include "sam6d/evaluate.hpp"
#include "sam6d/object_model.hpp"

namespace sam6d::search_bop {

/// What tells a right pose of an object from a wrong one.
struct RightPoseTest {
  std::vector<Eigen::Vector3f> points_m;  ///< a few hundred vertices of the evaluation model
  std::vector<RigidTransform> symmetries;
  double max_mssd_m = 0;

  [[nodiscard]] bool passes(const RigidTransform& estimate, const RigidTransform& truth) const {
    return mssd_m(points_m, symmetries, estimate, truth) < max_mssd_m;
  }
};

/// A folder in BOP's layout with its objects ready for the search. Lists are in order of obj_id.
struct FolderData {
  BopDataset dataset;
  std::vector<BopScene> scenes;
  std::vector<ObjectModel> objects;
  std::vector<RightPoseTest> right_pose;
  std::vector<EvaluationModel> evaluation_models;
  std::map<ObjectId, int> index_of;  ///< obj_id to place in the lists
  double onboarding_cpu_seconds = 0;
};

/// Throws Error of what cannot be read or onboarded.
[[nodiscard]] FolderData load_folder(const std::filesystem::path& folder, const std::string& split,
                                     int threads);

/// All poses of an image, also of objects that are hardly visible.
[[nodiscard]] std::vector<GroundTruthPose> truths_of(const BopScene& scene, int im_id);

}  // namespace sam6d::search_bop

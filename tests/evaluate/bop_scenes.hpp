#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

#include <nlohmann/json.hpp>

#include "sam6d/dataset.hpp"
#include "sam6d/evaluate.hpp"
#include "sam6d/mesh_io.hpp"

namespace sam6d::test {

using Json = nlohmann::json;

inline Json read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  return Json::parse(file);
}

/// Nine numbers row after row, and millimetres.
inline RigidTransform pose_of(const Json& rotation, const Json& translation_mm) {
  RigidTransform pose = RigidTransform::Identity();
  for (int i = 0; i < 9; ++i) {
    pose.linear()(i / 3, i % 3) = rotation.at(static_cast<std::size_t>(i)).get<double>();
  }
  for (int i = 0; i < 3; ++i) {
    pose.translation()[i] = 0.001 * translation_mm.at(static_cast<std::size_t>(i)).get<double>();
  }
  return pose;
}

/// The public scenes as the evaluation wants them.
struct BopScenes {
  std::vector<EvaluationModel> models;
  std::vector<GroundTruthPose> truths;
  std::vector<Target> targets;
  CameraIntrinsics camera;
  std::map<int, BopImage> images;

  [[nodiscard]] EvaluationImage image(int im_id) const {
    return {camera, load_bop_depth(images.at(im_id))};
  }
};

inline BopScenes read_scenes(const std::filesystem::path& folder) {
  const BopDataset dataset = open_dataset(folder, "test");
  BopScenes scenes;
  for (const auto& [id, info] : dataset.objects) {
    scenes.models.push_back({id, load_mesh(eval_model_path(dataset, id), LengthUnit::kMillimetre),
                             info.diameter_m, info.symmetries});
  }
  const BopScene scene = load_scene(dataset, 1);
  for (const BopImage& image : scene.images) {
    scenes.camera = image.camera.intrinsics;
    scenes.images.emplace(image.im_id, image);
    for (const BopInstance& instance : scene.by_image.at(image.im_id)) {
      scenes.truths.push_back(instance.pose);
    }
  }
  scenes.targets = load_targets(dataset);
  return scenes;
}

}  // namespace sam6d::test

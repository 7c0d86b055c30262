#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "sam6d/evaluate.hpp"
#include "sam6d/opencv.hpp"

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

/// The evaluation meshes of the scenes: binary, x y z as floats, faces of three ints.
inline TriangleMesh read_eval_mesh(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::size_t vertices = 0;
  std::size_t faces = 0;
  for (std::string line; std::getline(file, line) && line != "end_header";) {
    std::istringstream words(line);
    std::string element;
    std::string kind;
    std::size_t count = 0;
    if (words >> element >> kind >> count && element == "element") {
      (kind == "vertex" ? vertices : faces) = count;
    }
  }
  TriangleMesh mesh;
  for (std::size_t i = 0; i < vertices; ++i) {
    float mm[3];
    file.read(reinterpret_cast<char*>(mm), sizeof(mm));
    mesh.vertices_m.emplace_back(0.001F * mm[0], 0.001F * mm[1], 0.001F * mm[2]);
  }
  for (std::size_t i = 0; i < faces; ++i) {
    std::int32_t corners[3];
    file.ignore(1);
    file.read(reinterpret_cast<char*>(corners), sizeof(corners));
    mesh.faces.emplace_back(corners[0], corners[1], corners[2]);
  }
  return mesh;
}

inline std::vector<EvaluationModel> read_models(const std::filesystem::path& scenes) {
  const Json infos = read_json(scenes / "models_eval" / "models_info.json");
  std::vector<EvaluationModel> models;
  for (const auto& [id, info] : infos.items()) {
    EvaluationModel& model = models.emplace_back();
    model.obj_id = std::stoi(id);
    model.diameter_m = 0.001 * info.at("diameter").get<double>();
    model.mesh = read_eval_mesh(scenes / "models_eval" / ("obj_00000" + id + ".ply"));
    for (const Json& rows : info.value("symmetries_discrete", Json::array())) {
      const auto m = rows.get<std::vector<double>>();
      model.symmetries.discrete.push_back(
          pose_of({m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]}, {m[3], m[7], m[11]}));
    }
    for (const Json& symmetry : info.value("symmetries_continuous", Json::array())) {
      const auto axis = symmetry.at("axis").get<std::vector<double>>();
      const auto offset_mm = symmetry.at("offset").get<std::vector<double>>();
      model.symmetries.continuous.push_back(
          {Eigen::Vector3d(axis[0], axis[1], axis[2]),
           0.001 * Eigen::Vector3d(offset_mm[0], offset_mm[1], offset_mm[2])});
    }
  }
  return models;
}

inline const CameraIntrinsics kSceneCamera{572.4, 573.6, 325.3, 242.0, 640, 480};

inline EvaluationImage read_image(const std::filesystem::path& scenes, int im_id) {
  const auto file =
      scenes / "test" / "000001" / "depth" / ("00000" + std::to_string(im_id) + ".png");
  return {kSceneCamera, to_depth_image(cv::imread(file.string(), cv::IMREAD_UNCHANGED), 0.0001)};
}

inline std::vector<GroundTruthPose> read_truths(const std::filesystem::path& scenes) {
  const auto folder = scenes / "test" / "000001";
  const Json poses = read_json(folder / "scene_gt.json");
  const Json infos = read_json(folder / "scene_gt_info.json");
  std::vector<GroundTruthPose> truths;
  for (const auto& [im_id, list] : poses.items()) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      truths.push_back({1, std::stoi(im_id), list[i].at("obj_id").get<int>(),
                        pose_of(list[i].at("cam_R_m2c"), list[i].at("cam_t_m2c")),
                        infos.at(im_id)[i].at("visib_fract").get<double>()});
    }
  }
  return truths;
}

inline std::vector<Target> read_targets(const std::filesystem::path& scenes) {
  std::vector<Target> targets;
  for (const Json& item : read_json(scenes / "test_targets_bop19.json")) {
    targets.push_back(
        {item.at("scene_id"), item.at("im_id"), item.at("obj_id"), item.at("inst_count")});
  }
  return targets;
}

/// A BOP19 results file.
inline std::vector<EstimatedPose> read_results(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<EstimatedPose> estimates;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    std::vector<std::string> cell(7);
    for (std::string& text : cell) std::getline(cells, text, ',');
    const auto numbers = [](const std::string& text) {
      std::istringstream words(text);
      Json list = Json::array();
      for (double number = 0; words >> number;) list.push_back(number);
      return list;
    };
    estimates.push_back({std::stoi(cell[0]), std::stoi(cell[1]), std::stoi(cell[2]),
                         std::stod(cell[3]), pose_of(numbers(cell[4]), numbers(cell[5])),
                         std::stod(cell[6])});
  }
  return estimates;
}

}  // namespace sam6d::test

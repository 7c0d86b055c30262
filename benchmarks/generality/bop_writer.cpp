#include "generality/bop_writer.hpp"

#include <cstdio>
#include <map>
#include <string>

#include <Eigen/Geometry>
#include <nlohmann/json.hpp>

#include "sam6d/file_io.hpp"
#include "sam6d/image_io.hpp"
#include "sam6d/mesh_io.hpp"

namespace sam6d::generality {
namespace {

using Eigen::Vector3f;
using nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr double kMmPerM = 1000;
constexpr double kDepthScale = 0.1;  // mm a step
constexpr int kSceneId = 1;

std::string numbered(int number) {
  char text[16];
  std::snprintf(text, sizeof text, "%06d", number);
  return text;
}

ordered_json rotation_of(const RigidTransform& transform) {
  ordered_json numbers = ordered_json::array();
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) numbers.push_back(transform.linear()(row, column));
  }
  return numbers;
}

ordered_json translation_mm(const RigidTransform& transform) {
  const Eigen::Vector3d t = kMmPerM * transform.translation();
  return {t.x(), t.y(), t.z()};
}

ordered_json model_info(const CatalogObject& object) {
  Vector3f low = object.cad.vertices_m.front();
  Vector3f high = low;
  for (const Vector3f& v : object.cad.vertices_m) {
    low = low.cwiseMin(v);
    high = high.cwiseMax(v);
  }
  low *= static_cast<float>(kMmPerM);
  high *= static_cast<float>(kMmPerM);
  ordered_json info = {{"diameter", kMmPerM * diameter_m(object.cad)},
                       {"min_x", low.x()},
                       {"min_y", low.y()},
                       {"min_z", low.z()},
                       {"size_x", high.x() - low.x()},
                       {"size_y", high.y() - low.y()},
                       {"size_z", high.z() - low.z()}};
  for (const RigidTransform& t : object.cad_symmetries.discrete) {
    ordered_json matrix = ordered_json::array();
    for (int row = 0; row < 4; ++row) {
      for (int column = 0; column < 4; ++column) {
        const double unit = row < 3 && column == 3 ? kMmPerM : 1;
        matrix.push_back(unit * t.matrix()(row, column));
      }
    }
    info["symmetries_discrete"].push_back(matrix);
  }
  for (const ContinuousSymmetry& s : object.cad_symmetries.continuous) {
    const Eigen::Vector3d offset = kMmPerM * s.offset_m;
    info["symmetries_continuous"].push_back({{"axis", {s.axis.x(), s.axis.y(), s.axis.z()}},
                                             {"offset", {offset.x(), offset.y(), offset.z()}}});
  }
  return info;
}

void write_models(const DataSet& data, const fs::path& folder) {
  ordered_json infos;
  ordered_json names;
  for (std::size_t i = 0; i < data.objects.size(); ++i) {
    const CatalogObject& object = data.objects[i];
    const std::string file = "obj_" + numbered(static_cast<int>(i) + 1) + ".ply";
    save_mesh_ply(folder / "models" / file, object.cad, LengthUnit::kMillimetre);
    TriangleMesh bare = object.cad;
    bare.vertex_colors.clear();
    save_mesh_ply(folder / "models_eval" / file, bare, LengthUnit::kMillimetre);
    infos[std::to_string(i + 1)] = model_info(object);
    names[std::to_string(i + 1)] = object.shape.name;
  }
  write_text_file(folder / "models" / "models_info.json", infos.dump(1));
  write_text_file(folder / "models_eval" / "models_info.json", infos.dump(1));
  write_text_file(folder / "object_names.json", names.dump(1));
}

ordered_json box_of(const Mask& mask) {
  const Box& box = mask.box();
  if (mask.empty()) return {-1, -1, -1, -1};
  return {box.x0, box.y0, box.width(), box.height()};
}

ordered_json truth_json(const scenes::InstanceTruth& truth) {
  return {{"cam_R_m2c", rotation_of(truth.cam_from_obj)},
          {"cam_t_m2c", translation_mm(truth.cam_from_obj)},
          {"obj_id", truth.obj_id}};
}

ordered_json info_json(const scenes::InstanceTruth& truth, const Image<float>& depth) {
  std::int64_t valid = 0;
  const Box& box = truth.mask_visib.box();
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) {
      valid += truth.mask_visib.at(x, y) && depth(x, y) > 0 ? 1 : 0;
    }
  }
  return {{"bbox_obj", box_of(truth.mask)},
          {"bbox_visib", box_of(truth.mask_visib)},
          {"px_count_all", truth.px_count_all},
          {"px_count_valid", valid},
          {"px_count_visib", truth.mask_visib.area()},
          {"visib_fract", truth.visib_fract}};
}

ordered_json camera_json(const CameraIntrinsics& camera) {
  return {{"cx", camera.cx},      {"cy", camera.cy}, {"depth_scale", kDepthScale},
          {"fx", camera.fx},      {"fy", camera.fy}, {"height", camera.height},
          {"width", camera.width}};
}

void write_pictures(const scenes::ScenePicture& picture, const fs::path& scene, int image) {
  const std::string name = numbered(image);
  save_png(scene / "rgb" / (name + ".png"), picture.rgb.view());
  save_depth(scene / "depth" / (name + ".png"), picture.depth_m.view(), kDepthScale);
  for (std::size_t i = 0; i < picture.instances.size(); ++i) {
    const std::string file = name + "_" + numbered(static_cast<int>(i)) + ".png";
    const auto save = [&](const char* kind, const Mask& mask) {
      save_png(scene / kind / file,
               mask.to_image(picture.camera.width, picture.camera.height).view());
    };
    save("mask", picture.instances[i].mask);
    save("mask_visib", picture.instances[i].mask_visib);
  }
}

}  // namespace

void write_bop(const DataSet& data, const fs::path& folder, int threads) {
  const fs::path scene = folder / "test" / numbered(kSceneId);
  for (const fs::path& part : {folder / "models", folder / "models_eval", scene / "rgb",
                               scene / "depth", scene / "mask", scene / "mask_visib"}) {
    make_folder(part);
  }
  write_models(data, folder);
  write_text_file(folder / "camera.json", camera_json(data.kind.camera).dump(1));

  constexpr double kMinVisible = 0.1;
  ordered_json cameras;
  ordered_json truths;
  ordered_json infos;
  ordered_json targets = ordered_json::array();
  ordered_json absent = ordered_json::array();
  for (std::size_t i = 0; i < data.scenes.size(); ++i) {
    const auto image = static_cast<int>(i);
    const std::string key = std::to_string(i);
    const scenes::ScenePicture picture = scenes::take_picture(data.scenes[i], threads);
    write_pictures(picture, scene, image);
    const CameraIntrinsics& c = picture.camera;
    cameras[key] = {{"cam_K", {c.fx, 0, c.cx, 0, c.fy, c.cy, 0, 0, 1}},
                    {"cam_R_w2c", rotation_of(data.scenes[i].cam_from_world)},
                    {"cam_t_w2c", translation_mm(data.scenes[i].cam_from_world)},
                    {"depth_scale", kDepthScale}};
    truths[key] = ordered_json::array();
    infos[key] = ordered_json::array();
    std::map<int, int> visible;  // instances by object
    std::map<int, int> there;
    for (const scenes::InstanceTruth& truth : picture.instances) {
      truths[key].push_back(truth_json(truth));
      infos[key].push_back(info_json(truth, picture.depth_m));
      ++there[truth.obj_id];
      if (truth.visib_fract >= kMinVisible) ++visible[truth.obj_id];
    }
    for (const auto& [object, count] : visible) {
      targets.push_back(
          {{"im_id", image}, {"inst_count", count}, {"obj_id", object}, {"scene_id", kSceneId}});
    }
    for (int object = 1; object <= static_cast<int>(data.objects.size()); ++object) {
      if (there.contains(object)) continue;
      absent.push_back({{"im_id", image}, {"obj_id", object}, {"scene_id", kSceneId}});
    }
  }
  write_text_file(scene / "scene_camera.json", cameras.dump(1));
  write_text_file(scene / "scene_gt.json", truths.dump(1));
  write_text_file(scene / "scene_gt_info.json", infos.dump(1));
  write_text_file(folder / "test_targets_bop19.json", targets.dump(1));
  write_text_file(folder / "absent_queries.json", absent.dump(1));
}

}  // namespace sam6d::generality

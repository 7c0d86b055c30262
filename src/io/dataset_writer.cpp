#include "sam6d/dataset_writer.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "base/fail.hpp"
#include "io/bop_layout.hpp"
#include "io/camera_json.hpp"
#include "io/detection_json.hpp"
#include "io/rotation.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/image_io.hpp"

namespace sam6d {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

OrderedJson rotation_to_json(const RigidTransform& transform) {
  const auto r = transform.linear();
  return {r(0, 0), r(0, 1), r(0, 2), r(1, 0), r(1, 1), r(1, 2), r(2, 0), r(2, 1), r(2, 2)};
}

OrderedJson translation_to_json_mm(const RigidTransform& transform) {
  const Eigen::Vector3d t_mm = transform.translation() * 1000.0;
  return {t_mm.x(), t_mm.y(), t_mm.z()};
}

/// BOP writes [-1, -1, -1, -1] for what is hidden.
OrderedJson info_box(const Mask& mask) {
  const Box box = mask.cropped().box();
  return box.empty() ? OrderedJson{-1, -1, -1, -1} : box_to_json(box);
}

OrderedJson info_of(const BopInstanceToWrite& instance, const ImageView<float>& depth_m) {
  const Box picture{0, 0, depth_m.width, depth_m.height};
  const Box inside = intersect(instance.visible.box(), picture);
  std::int64_t visible = 0;
  std::int64_t valid = 0;
  for (int y = inside.y0; y < inside.y1; ++y) {
    for (int x = inside.x0; x < inside.x1; ++x) {
      if (!instance.visible.at(x, y)) continue;
      ++visible;
      valid += depth_m.at(x, y) > 0 ? 1 : 0;
    }
  }
  const std::int64_t all = instance.silhouette.area();
  OrderedJson info;
  info["bbox_obj"] = info_box(instance.silhouette);
  info["bbox_visib"] = info_box(instance.visible);
  info["px_count_all"] = all;
  info["px_count_valid"] = valid;
  info["px_count_visib"] = visible;
  info["visib_fract"] =
      all > 0 ? std::min(1.0, static_cast<double>(visible) / static_cast<double>(all)) : 0.0;
  return info;
}

void check(const BopImageToWrite& image) {
  const CameraIntrinsics& camera = image.camera.intrinsics;
  validate(Frame{image.rgb, image.depth_m, camera, std::nullopt});
  for (const BopInstanceToWrite& instance : image.instances) {
    if (!is_finite(instance.cam_from_obj)) {
      fail(ErrorCode::kInvalidArgument,
           "image {}: expected finite poses, found one of object {} that is not", image.im_id,
           instance.obj_id);
    }
  }
}

/// One member a line, as BOP's own files.
std::string lines_of_members(const OrderedJson& object) {
  std::string text = "{";
  for (const auto& [key, member] : object.items()) {
    text += text.size() > 1 ? ",\n" : "\n";
    text += "  \"" + key + "\": " + member.dump();
  }
  return text + "\n}\n";
}

}  // namespace

struct BopSceneWriter::Impl {
  fs::path folder;
  std::set<int> im_ids;
  OrderedJson cameras = OrderedJson::object();
  OrderedJson truths = OrderedJson::object();
  OrderedJson infos = OrderedJson::object();
};

BopSceneWriter::BopSceneWriter(const fs::path& split_folder, int scene_id)
    : impl_(std::make_unique<Impl>()) {
  impl_->folder = split_folder / bop_number(scene_id);
  for (const char* subfolder : {"rgb", "depth", "mask", "mask_visib"}) {
    make_folder(impl_->folder / subfolder);
  }
}

BopSceneWriter::~BopSceneWriter() = default;

void BopSceneWriter::add(const BopImageToWrite& image) {
  check(image);
  if (!impl_->im_ids.insert(image.im_id).second) {
    fail(ErrorCode::kInvalidArgument, "{}: expected images to be added once, found {} twice",
         impl_->folder.string(), image.im_id);
  }
  const std::string number = bop_number(image.im_id);
  const std::string key = std::to_string(image.im_id);
  save_png(impl_->folder / "rgb" / (number + ".png"), image.rgb);
  save_depth(impl_->folder / "depth" / (number + ".png"), image.depth_m, image.camera.depth_scale);

  CameraFile camera = image.camera;
  OrderedJson entry = camera_to_json(camera);
  if (image.cam_from_world) {
    entry["cam_R_w2c"] = rotation_to_json(*image.cam_from_world);
    entry["cam_t_w2c"] = translation_to_json_mm(*image.cam_from_world);
  }
  OrderedJson truths = OrderedJson::array();
  OrderedJson infos = OrderedJson::array();
  const int width = camera.intrinsics.width;
  const int height = camera.intrinsics.height;
  for (std::size_t i = 0; i < image.instances.size(); ++i) {
    const BopInstanceToWrite& instance = image.instances[i];
    const std::string name = bop_mask_name(image.im_id, static_cast<int>(i));
    save_png(impl_->folder / "mask" / name, instance.silhouette.to_image(width, height).view());
    save_png(impl_->folder / "mask_visib" / name, instance.visible.to_image(width, height).view());
    OrderedJson truth;
    truth["cam_R_m2c"] = rotation_to_json(instance.cam_from_obj);
    truth["cam_t_m2c"] = translation_to_json_mm(instance.cam_from_obj);
    truth["obj_id"] = instance.obj_id;
    truths.push_back(std::move(truth));
    infos.push_back(info_of(instance, image.depth_m));
  }
  impl_->cameras[key] = std::move(entry);
  impl_->truths[key] = std::move(truths);
  impl_->infos[key] = std::move(infos);
}

void BopSceneWriter::finish() {
  write_text_file(impl_->folder / "scene_camera.json", lines_of_members(impl_->cameras));
  write_text_file(impl_->folder / "scene_gt.json", lines_of_members(impl_->truths));
  write_text_file(impl_->folder / "scene_gt_info.json", lines_of_members(impl_->infos));
}

void save_targets(const fs::path& path, std::span<const Target> targets) {
  OrderedJson list = OrderedJson::array();
  for (const Target& target : targets) {
    OrderedJson entry;
    entry["im_id"] = target.im_id;
    entry["inst_count"] = target.inst_count;
    entry["obj_id"] = target.obj_id;
    entry["scene_id"] = target.scene_id;
    list.push_back(std::move(entry));
  }
  write_text_file(path, lines_of(list) + "\n");
}

void save_models_info(const fs::path& path, std::span<const BopModelToDescribe> models) {
  OrderedJson infos = OrderedJson::object();
  for (const BopModelToDescribe& model : models) {
    OrderedJson info;
    info["diameter"] = model.diameter_m * 1000.0;
    if (model.mesh != nullptr && !model.mesh->vertices_m.empty()) {
      Eigen::Vector3f low = model.mesh->vertices_m.front();
      Eigen::Vector3f high = low;
      for (const Eigen::Vector3f& vertex : model.mesh->vertices_m) {
        low = low.cwiseMin(vertex);
        high = high.cwiseMax(vertex);
      }
      const Eigen::Vector3d low_mm = low.cast<double>() * 1000.0;
      const Eigen::Vector3d size_mm = (high - low).cast<double>() * 1000.0;
      info["min_x"] = low_mm.x();
      info["min_y"] = low_mm.y();
      info["min_z"] = low_mm.z();
      info["size_x"] = size_mm.x();
      info["size_y"] = size_mm.y();
      info["size_z"] = size_mm.z();
    }
    for (const RigidTransform& symmetry : model.symmetries.discrete) {
      const auto r = symmetry.linear();
      const Eigen::Vector3d t_mm = symmetry.translation() * 1000.0;
      info["symmetries_discrete"].push_back({r(0, 0), r(0, 1), r(0, 2), t_mm.x(), r(1, 0), r(1, 1),
                                             r(1, 2), t_mm.y(), r(2, 0), r(2, 1), r(2, 2), t_mm.z(),
                                             0.0, 0.0, 0.0, 1.0});
    }
    for (const ContinuousSymmetry& symmetry : model.symmetries.continuous) {
      const Eigen::Vector3d offset_mm = symmetry.offset_m * 1000.0;
      OrderedJson axis;
      axis["axis"] = {symmetry.axis.x(), symmetry.axis.y(), symmetry.axis.z()};
      axis["offset"] = {offset_mm.x(), offset_mm.y(), offset_mm.z()};
      info["symmetries_continuous"].push_back(std::move(axis));
    }
    infos[std::to_string(model.obj_id)] = std::move(info);
  }
  write_text_file(path, lines_of_members(infos));
}

void save_dataset_camera(const fs::path& path, const CameraFile& camera) {
  const CameraIntrinsics& k = camera.intrinsics;
  validate(k);
  OrderedJson json;
  json["fx"] = k.fx;
  json["fy"] = k.fy;
  json["cx"] = k.cx;
  json["cy"] = k.cy;
  json["depth_scale"] = camera.depth_scale;
  json["width"] = k.width;
  json["height"] = k.height;
  write_text_file(path, json.dump(1) + "\n");
}

}  // namespace sam6d

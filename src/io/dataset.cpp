#include "sam6d/dataset.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/fail.hpp"
#include "io/bop_layout.hpp"
#include "io/camera_json.hpp"
#include "io/dataset_json.hpp"
#include "io/frame_parts.hpp"
#include "io/number_keys.hpp"
#include "sam6d/image_io.hpp"

namespace sam6d {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code none;
  return fs::is_regular_file(path, none);
}

/// Folders whose names are numbers.
std::vector<int> scenes_in(const fs::path& folder) {
  std::error_code error;
  std::vector<int> ids;
  for (auto entry = fs::directory_iterator(folder, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    int id = -1;
    const auto [end, parse_error] = std::from_chars(name.data(), name.data() + name.size(), id);
    const bool is_number = parse_error == std::errc{} && end == name.data() + name.size();
    std::error_code none;
    if (is_number && id >= 0 && name == bop_number(id) && entry->is_directory(none)) {
      ids.push_back(id);
    }
  }
  if (error) {
    fail(ErrorCode::kFileNotFound, "{}: expected a folder of scenes, found: {}", folder.string(),
         error.message());
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

/// The first of FOLDER/SUB/STEM.EXTENSION that exists.
fs::path find_picture(const fs::path& folder, std::initializer_list<const char*> subfolders,
                      const std::string& stem) {
  for (const char* subfolder : subfolders) {
    for (const char* extension : {".png", ".jpg", ".tif", ".jpeg", ".tiff", ".npy"}) {
      fs::path path = folder / subfolder / (stem + extension);
      if (is_file(path)) return path;
    }
  }
  fail(ErrorCode::kFileNotFound, "{}: expected a picture, found none (.png, .jpg, .tif)",
       (folder / *subfolders.begin() / stem).string());
}

fs::path depth_path(const BopImage& image) {
  return find_picture(image.scene_folder, {"depth"}, bop_number(image.im_id));
}

}  // namespace

std::map<ObjectId, BopObjectInfo> load_models_info(const fs::path& path) {
  const nlohmann::json document = load_json(path);
  return read_models_info(JsonCursor(document, path.string()));
}

BopDataset open_dataset(const fs::path& folder, const std::string& split) {
  BopDataset dataset;
  dataset.folder = folder;
  dataset.split = split;
  dataset.scene_ids = scenes_in(folder / split);
  for (const char* models : {"models_eval", "models", "models_cad"}) {
    const fs::path path = folder / models / "models_info.json";
    if (!is_file(path)) continue;
    dataset.objects = load_models_info(path);
    break;
  }
  if (const fs::path path = folder / "object_names.json"; is_file(path)) {
    const nlohmann::json document = load_json(path);
    for (const auto& [obj_id, name] : numbered_members(JsonCursor(document, path.string()))) {
      dataset.names[obj_id] = name.text();
    }
  }
  if (const fs::path path = folder / "camera.json"; is_file(path)) {
    dataset.camera = load_camera(path);
  }
  return dataset;
}

BopScene load_scene(const BopDataset& dataset, int scene_id) {
  BopScene scene;
  scene.scene_id = scene_id;
  const fs::path folder = dataset.folder / dataset.split / bop_number(scene_id);
  const fs::path path = folder / "scene_camera.json";
  const nlohmann::json document = load_json(path);
  for (const auto& [im_id, entry] : numbered_members(JsonCursor(document, path.string()))) {
    BopImage image{scene_id, im_id, folder, read_camera(entry)};
    // The data set's camera.json gives the size when it speaks of the same camera.
    CameraIntrinsics& camera = image.camera.intrinsics;
    if (camera.width == 0 && dataset.camera) {
      CameraIntrinsics sized = camera;
      sized.width = dataset.camera->intrinsics.width;
      sized.height = dataset.camera->intrinsics.height;
      if (sized == dataset.camera->intrinsics) camera = sized;
    }
    scene.images.push_back(std::move(image));
  }
  if (const fs::path truths = folder / "scene_gt.json"; is_file(truths)) {
    const nlohmann::json json = load_json(truths);
    read_truths(JsonCursor(json, truths.string()), scene);
  }
  if (const fs::path infos = folder / "scene_gt_info.json"; is_file(infos)) {
    const nlohmann::json json = load_json(infos);
    read_infos(JsonCursor(json, infos.string()), scene);
  }
  return scene;
}

FrameData load_bop_frame(const BopImage& image) {
  const fs::path color = find_picture(image.scene_folder, {"rgb", "gray"}, bop_number(image.im_id));
  const fs::path depth = depth_path(image);
  return checked_frame(load_rgb(color, GreyPictures::kExpand),
                       load_depth(depth, image.camera.depth_scale), image.camera.intrinsics,
                       {color, depth, image.scene_folder / "scene_camera.json"});
}

Image<float> load_bop_depth(const BopImage& image) {
  return load_depth(depth_path(image), image.camera.depth_scale);
}

Mask load_bop_mask(const BopImage& image, int instance_index, BopMask kind) {
  const char* const subfolder = kind == BopMask::kVisible ? "mask_visib" : "mask";
  const Image<std::uint8_t> picture =
      load_mask(image.scene_folder / subfolder / bop_mask_name(image.im_id, instance_index));
  return Mask::from_image(picture.view());
}

fs::path model_path(const BopDataset& dataset, ObjectId obj_id) {
  for (const char* models : {"models", "models_cad"}) {
    fs::path path = dataset.folder / models / bop_model_name(obj_id);
    if (is_file(path)) return path;
  }
  fail(ErrorCode::kFileNotFound, "{}: expected the mesh of object {}, found none",
       (dataset.folder / "models" / bop_model_name(obj_id)).string(), obj_id);
}

fs::path eval_model_path(const BopDataset& dataset, ObjectId obj_id) {
  fs::path path = dataset.folder / "models_eval" / bop_model_name(obj_id);
  return is_file(path) ? path : model_path(dataset, obj_id);
}

std::vector<Target> load_targets(const fs::path& path) {
  const nlohmann::json document = load_json(path);
  return read_targets(JsonCursor(document, path.string()));
}

std::vector<Target> load_targets(const BopDataset& dataset) {
  const fs::path path = dataset.folder / "test_targets_bop19.json";
  if (is_file(path)) return load_targets(path);
  std::vector<GroundTruthPose> truths;
  for (const int scene_id : dataset.scene_ids) {
    const BopScene scene = load_scene(dataset, scene_id);
    for (const auto& [im_id, instances] : scene.by_image) {
      for (const BopInstance& instance : instances) truths.push_back(instance.pose);
    }
  }
  return targets_of(truths);
}

}  // namespace sam6d

#include "sam6d/dataset.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "base/fail.hpp"
#include "io/bop_layout.hpp"
#include "io/camera_json.hpp"
#include "io/detection_json.hpp"
#include "io/frame_parts.hpp"
#include "io/number_keys.hpp"
#include "io/rotation.hpp"
#include "sam6d/image_io.hpp"

namespace sam6d {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMaxId = std::numeric_limits<int>::max();

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

void read_truths(const fs::path& folder, BopScene& scene) {
  const fs::path path = folder / "scene_gt.json";
  if (!is_file(path)) return;
  const nlohmann::json document = load_json(path);
  for (const auto& [im_id, entry] : numbered_members(JsonCursor(document, path.string()))) {
    std::vector<BopInstance>& instances = scene.by_image[im_id];
    for (const JsonCursor& truth : entry.elements()) {
      instances.push_back(
          read_truth(truth, scene.scene_id, im_id, static_cast<int>(instances.size())));
    }
  }
}

void read_infos(const fs::path& folder, BopScene& scene) {
  const fs::path path = folder / "scene_gt_info.json";
  if (!is_file(path)) return;
  const nlohmann::json document = load_json(path);
  for (const auto& [im_id, entry] : numbered_members(JsonCursor(document, path.string()))) {
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

}  // namespace

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
  read_truths(folder, scene);
  read_infos(folder, scene);
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
  std::vector<Target> targets;
  for (const JsonCursor& entry : JsonCursor(document, path.string()).elements()) {
    const auto id = [&](const char* name) {
      return static_cast<int>(entry.at(name).integer(0, kMaxId));
    };
    Target target{id("scene_id"), id("im_id"), id("obj_id"), 1};
    if (entry.find("inst_count")) target.inst_count = id("inst_count");
    targets.push_back(target);
  }
  return targets;
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

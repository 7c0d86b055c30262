#include "bop_images.hpp"

#include "errors.hpp"

namespace sam6d::cli {

std::map<ImageKey, std::set<ObjectId>> objects_by_image(std::span<const Target> targets) {
  std::map<ImageKey, std::set<ObjectId>> objects;
  for (const Target& target : targets) {
    objects[{target.scene_id, target.im_id}].insert(target.obj_id);
  }
  return objects;
}

std::vector<Target> read_targets(const BopDataset& dataset, const std::filesystem::path& file) {
  std::vector<Target> targets = file.empty() ? load_targets(dataset) : load_targets(file);
  if (targets.empty()) {
    fail(ErrorCode::kBadFile, "{}: expected images with objects to look for, found none",
         (file.empty() ? dataset.folder : file).string());
  }
  for (const Target& target : targets) {
    if (dataset.objects.contains(target.obj_id)) continue;
    fail(ErrorCode::kBadFile, "{}: expected a model of every object to look for, found none of {}",
         dataset.folder.string(), target.obj_id);
  }
  return targets;
}

BopScenes::BopScenes(const BopDataset& dataset, std::span<const Target> targets)
    : folder_((dataset.folder / dataset.split).string()) {
  for (const Target& target : targets) {
    if (!scenes_.contains(target.scene_id)) {
      scenes_.emplace(target.scene_id, load_scene(dataset, target.scene_id));
    }
  }
  for (const auto& [scene_id, scene] : scenes_) {
    for (const BopImage& image : scene.images) images_[{scene_id, image.im_id}] = &image;
  }
}

const BopImage& BopScenes::image(ImageKey key) const {
  const auto found = images_.find(key);
  if (found == images_.end()) {
    fail(ErrorCode::kBadFile, "{}: expected image {} in scene {}, found none", folder_, key.second,
         key.first);
  }
  return *found->second;
}

const std::vector<BopInstance>& BopScenes::truths(ImageKey key) const {
  static const std::vector<BopInstance> none;
  const auto scene = scenes_.find(key.first);
  if (scene == scenes_.end()) return none;
  const auto instances = scene->second.by_image.find(key.second);
  return instances == scene->second.by_image.end() ? none : instances->second;
}

std::vector<GroundTruthPose> BopScenes::all_truths() const {
  std::vector<GroundTruthPose> poses;
  for (const auto& [scene_id, scene] : scenes_) {
    for (const auto& [im_id, instances] : scene.by_image) {
      for (const BopInstance& instance : instances) poses.push_back(instance.pose);
    }
  }
  return poses;
}

}  // namespace sam6d::cli

#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sam6d/camera_io.hpp"
#include "sam6d/dataset.hpp"
#include "sam6d/evaluate.hpp"
#include "sam6d/export.hpp"
#include "sam6d/image.hpp"
#include "sam6d/mesh.hpp"

/// Writing data sets in BOP's layout. All functions throw Error(kWriteFailed).
namespace sam6d {

/// An annotated instance of an image to write.
struct BopInstanceToWrite {
  ObjectId obj_id = 0;
  RigidTransform cam_from_obj = RigidTransform::Identity();
  Mask silhouette;  ///< as if nothing were in front; may reach beyond the picture
  Mask visible;
};

struct BopImageToWrite {
  int im_id = 0;
  ImageView<Rgb8> rgb;
  ImageView<float> depth_m;
  /// Intrinsics, and the millimetres that a step of the depth picture means.
  CameraFile camera;
  std::optional<RigidTransform> cam_from_world;
  std::vector<BopInstanceToWrite> instances;
};

/// Writes one scene folder, image by image: rgb/, depth/, mask/, mask_visib/ as they come; the
/// JSON files by finish(). scene_gt_info.json is counted from the masks: visib_fract is the share
/// of the whole silhouette, px_count_valid counts visible pixels with depth.
class SAM6D_API BopSceneWriter {
 public:
  /// `split_folder` is DIR/SPLIT; the scene's folder is made in it.
  BopSceneWriter(const std::filesystem::path& split_folder, int scene_id);
  ~BopSceneWriter();
  BopSceneWriter(const BopSceneWriter&) = delete;
  BopSceneWriter& operator=(const BopSceneWriter&) = delete;

  /// Throws Error(kInvalidArgument) when a picture has another size than the camera, a pose is not
  /// finite, or the image was added before.
  void add(const BopImageToWrite& image);
  /// Writes scene_camera.json, scene_gt.json and scene_gt_info.json.
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// test_targets_bop19.json.
SAM6D_API void save_targets(const std::filesystem::path& path, std::span<const Target> targets);

/// What models_info.json says of an object.
struct BopModelToDescribe {
  ObjectId obj_id = 0;
  const TriangleMesh* mesh = nullptr;  ///< for the box
  double diameter_m = 0;
  Symmetries symmetries;
};

SAM6D_API void save_models_info(const std::filesystem::path& path,
                                std::span<const BopModelToDescribe> models);

/// A data set's camera.json: fx, fy, cx, cy, width, height, depth_scale.
SAM6D_API void save_dataset_camera(const std::filesystem::path& path, const CameraFile& camera);

}  // namespace sam6d

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sam6d/camera_io.hpp"
#include "sam6d/evaluate.hpp"
#include "sam6d/export.hpp"
#include "sam6d/frame_io.hpp"
#include "sam6d/image.hpp"
#include "sam6d/mask.hpp"
#include "sam6d/symmetry.hpp"

/// Data sets in BOP's layout (bop_toolkit, docs/bop_datasets_format.md). Nothing is read before it
/// is asked for; all functions throw Error(kFileNotFound) or Error(kBadFile) with the file and the
/// place in it.
namespace sam6d {

/// An object's entry in models_info.json, in metres.
struct BopObjectInfo {
  double diameter_m = 0;
  Symmetries symmetries;
};

/// One picture of a scene.
struct BopImage {
  int scene_id = 0;
  int im_id = 0;
  std::filesystem::path scene_folder;
  /// Its size is 0 where neither scene_camera.json nor the data set's camera.json give one.
  CameraFile camera;
};

/// An annotated instance: its entries in scene_gt.json and scene_gt_info.json.
struct BopInstance {
  GroundTruthPose pose;
  int index = 0;  ///< place in scene_gt.json's list; names the mask files
  /// From scene_gt_info.json, -1 and empty where there is none. The box of the whole silhouette may
  /// reach beyond the picture.
  std::int64_t px_count_all = -1;
  std::int64_t px_count_visib = -1;
  std::int64_t px_count_valid = -1;
  Box box_obj_px;
  Box box_visib_px;
};

struct BopScene {
  int scene_id = 0;
  std::vector<BopImage> images;                      ///< sorted by im_id
  std::map<int, std::vector<BopInstance>> by_image;  ///< im_id to instances; empty without truth
};

struct BopDataset {
  std::filesystem::path folder;
  std::string split;
  std::vector<int> scene_ids;                 ///< sorted
  std::map<ObjectId, BopObjectInfo> objects;  ///< of models_eval/, or else of models/
  std::map<ObjectId, std::string> names;      ///< of object_names.json, where there is one
  std::optional<CameraFile> camera;           ///< of camera.json, where there is one
};

/// Looks which scenes DIR/SPLIT/ has, and reads models_info.json. A data set without models has no
/// objects.
[[nodiscard]] SAM6D_API BopDataset open_dataset(const std::filesystem::path& folder,
                                                const std::string& split);

/// Reads a scene's scene_camera.json and, where there is one, scene_gt.json with
/// scene_gt_info.json. Cameras that say that they are distorted are refused, as by load_camera().
[[nodiscard]] SAM6D_API BopScene load_scene(const BopDataset& dataset, int scene_id);

/// Colour (rgb/, or gray/ with equal channels) and depth of an image, checked as by load_frame().
[[nodiscard]] SAM6D_API FrameData load_bop_frame(const BopImage& image);
[[nodiscard]] SAM6D_API Image<float> load_bop_depth(const BopImage& image);

enum class BopMask {
  kVisible,     ///< mask_visib/
  kSilhouette,  ///< mask/: as if nothing were in front
};
[[nodiscard]] SAM6D_API Mask load_bop_mask(const BopImage& image, int instance_index,
                                           BopMask kind = BopMask::kVisible);

/// The mesh files, in millimetres: models/, or models_cad/; models_eval/, or else the former.
[[nodiscard]] SAM6D_API std::filesystem::path model_path(const BopDataset& dataset,
                                                         ObjectId obj_id);
[[nodiscard]] SAM6D_API std::filesystem::path eval_model_path(const BopDataset& dataset,
                                                              ObjectId obj_id);

/// The list of what to find: DIR/test_targets_bop19.json, or, without that file, what follows from
/// all scenes' truths (see targets_of()). Sorted as in the file.
[[nodiscard]] SAM6D_API std::vector<Target> load_targets(const BopDataset& dataset);
[[nodiscard]] SAM6D_API std::vector<Target> load_targets(const std::filesystem::path& path);

/// models_info.json: lengths are converted from millimetres.
[[nodiscard]] SAM6D_API std::map<ObjectId, BopObjectInfo> load_models_info(
    const std::filesystem::path& path);

}  // namespace sam6d

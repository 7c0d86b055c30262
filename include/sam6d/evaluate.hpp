#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "sam6d/camera.hpp"
#include "sam6d/detection.hpp"
#include "sam6d/export.hpp"
#include "sam6d/image.hpp"
#include "sam6d/mask.hpp"
#include "sam6d/mesh.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/symmetry.hpp"
#include "sam6d/transform.hpp"

/// How good poses and detections are, measured as the BOP benchmark (2019 rules) and COCO do.
///
/// BOP: Hodan et al., "BOP Challenge 2020 on 6D Object Localization", ECCVW 2020, section 2.
namespace sam6d {

// What is compared --------------------------------------------------------------------------------

/// One annotated instance (a line of scene_gt.json with its line of scene_gt_info.json).
struct GroundTruthPose {
  int scene_id = 0;
  int im_id = 0;
  ObjectId obj_id = 0;
  RigidTransform cam_from_obj = RigidTransform::Identity();
  double visib_fract = 1;  ///< visible share of the silhouette, 0..1
};

/// One line of a BOP19 results file.
struct EstimatedPose {
  int scene_id = 0;
  int im_id = 0;
  ObjectId obj_id = 0;
  double score = 0;
  RigidTransform cam_from_obj = RigidTransform::Identity();
  double seconds = -1;  ///< for the whole image, the same for all its estimates; -1 = not measured
};

/// What to look for in an image (an entry of test_targets_bop19.json).
struct Target {
  int scene_id = 0;
  int im_id = 0;
  ObjectId obj_id = 0;
  int inst_count = 1;
};

/// Truths less visible than this are no targets (BOP).
inline constexpr double kMinTargetVisibility = 0.1;

/// The targets that follow from the truths, for data sets without a list: every object of an image
/// with the number of its instances that are visible enough. Sorted by scene, image, object.
[[nodiscard]] SAM6D_API std::vector<Target> targets_of(
    std::span<const GroundTruthPose> truths, double min_visib_fract = kMinTargetVisibility);

// Errors of one pose ------------------------------------------------------------------------------
// `points_m` are the model's vertices in the object's frame; `symmetries` come from
// symmetry_transforms() and contain the identity. Errors are infinite where a projection is needed
// and a point is not in front of the camera. All throw Error(kInvalidArgument) without points.

[[nodiscard]] SAM6D_API double rotation_error_rad(const RigidTransform& estimate,
                                                  const RigidTransform& truth);
[[nodiscard]] SAM6D_API double translation_error_m(const RigidTransform& estimate,
                                                   const RigidTransform& truth);

/// Average distance of model points (Hinterstoisser et al. 2012).
[[nodiscard]] SAM6D_API double add_m(std::span<const Eigen::Vector3f> points_m,
                                     const RigidTransform& estimate, const RigidTransform& truth);

/// Average distance of each point of the true pose to the nearest of the estimated one, for objects
/// with symmetries (also called ADD-S).
[[nodiscard]] SAM6D_API double adi_m(std::span<const Eigen::Vector3f> points_m,
                                     const RigidTransform& estimate, const RigidTransform& truth);

/// Average distance of the projected points.
[[nodiscard]] SAM6D_API double projection_error_px(std::span<const Eigen::Vector3f> points_m,
                                                   const CameraIntrinsics& camera,
                                                   const RigidTransform& estimate,
                                                   const RigidTransform& truth);

/// Maximum symmetry-aware surface distance.
[[nodiscard]] SAM6D_API double mssd_m(std::span<const Eigen::Vector3f> points_m,
                                      std::span<const RigidTransform> symmetries,
                                      const RigidTransform& estimate, const RigidTransform& truth);

/// Maximum symmetry-aware projection distance.
[[nodiscard]] SAM6D_API double mspd_px(std::span<const Eigen::Vector3f> points_m,
                                       std::span<const RigidTransform> symmetries,
                                       const CameraIntrinsics& camera,
                                       const RigidTransform& estimate, const RigidTransform& truth);

struct VsdOptions {
  /// A rendered surface counts as visible up to this far behind the measured one.
  double delta_m = 0.015;
  /// Largest distance at which the surfaces agree, as shares of the diameter.
  std::vector<double> taus = {0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50};

  /// Throws Error(kInvalidArgument) that names the field.
  SAM6D_API void validate() const;
};

struct VsdResult {
  std::vector<double> errors;  ///< one a tau, 0..1; 1 when neither pose is visible
  // Pixels.
  int rendered_truth = 0;
  int rendered_estimate = 0;
  int visible_truth = 0;
  int visible_estimate = 0;
  int visible_both = 0;
  int visible_either = 0;
};

/// Visible surface discrepancy of two renderings of a model (step cost; pixels without measured
/// depth count as visible, BOP19). All three pictures hold depth along the optical axis in metres,
/// 0 or NaN = nothing, and have the camera's size.
[[nodiscard]] SAM6D_API VsdResult vsd(const ImageView<float>& estimate_depth_m,
                                      const ImageView<float>& truth_depth_m,
                                      const ImageView<float>& measured_depth_m,
                                      const CameraIntrinsics& camera, double diameter_m,
                                      const VsdOptions& options = VsdOptions());

// Recall of many poses (BOP19) --------------------------------------------------------------------

struct EvaluationModel {
  ObjectId obj_id = 0;
  TriangleMesh mesh;
  double diameter_m = 0;  ///< 0 = computed from the mesh
  Symmetries symmetries;  ///< with any, ADI takes the place of ADD
};

struct EvaluationImage {
  CameraIntrinsics camera;
  Image<float> depth_m;  ///< of the camera's size; empty = do not compute VSD
};

struct PoseEvaluationOptions {
  VsdOptions vsd;
  /// Thresholds below which an error makes a pose correct.
  std::vector<double> vsd_thresholds = {0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50};
  /// Shares of the diameter.
  std::vector<double> mssd_thresholds = {0.05, 0.10, 0.15, 0.20, 0.25,
                                         0.30, 0.35, 0.40, 0.45, 0.50};
  /// Pixels of a picture 640 wide; they scale with the width.
  std::vector<double> mspd_thresholds = {5, 10, 15, 20, 25, 30, 35, 40, 45, 50};
  double add_threshold = 0.1;  ///< share of the diameter
  double max_symmetry_step = 0.01;
  /// Bounds of the groups by visible share in the report.
  std::vector<double> visibility_bounds = {0.1, 0.5, 0.85, 1.0};
  int threads = 0;  ///< 0 = one a core

  /// Throws Error(kInvalidArgument) that names the field.
  SAM6D_API void validate() const;
};

/// How well one target was found: the share of the thresholds under which an estimate was matched
/// to it. Means of these over targets are BOP's average recalls.
struct TargetScore {
  int scene_id = 0;
  int im_id = 0;
  ObjectId obj_id = 0;
  double visib_fract = 1;
  double vsd = 0;
  double mssd = 0;
  double mspd = 0;
  double add = 0;  ///< 1 when found within add_threshold by ADD (ADI if symmetric), else 0
};

/// Average recalls, 0..1.
struct PoseScores {
  int targets = 0;
  double ar = 0;  ///< mean of the three below (of the two others where VSD was not computed)
  double ar_vsd = 0;
  double ar_mssd = 0;
  double ar_mspd = 0;
  double add_recall = 0;  ///< ADD(-S) below 0.1 of the diameter
};

struct PoseReport {
  PoseScores all;                ///< over targets
  PoseScores mean_over_objects;  ///< every object weighs the same
  std::map<ObjectId, PoseScores> by_object;
  struct VisibilityGroup {
    double min_visib_fract = 0;
    double max_visib_fract = 1;
    PoseScores scores;
  };
  std::vector<VisibilityGroup> by_visibility;
  std::vector<TargetScore> targets;    ///< sorted by scene, image, object
  bool has_vsd = false;                ///< every image had depth
  double mean_seconds_per_image = -1;  ///< -1 = not measured
};

/// Computes BOP19 scores. Per image and object only the inst_count best-scored estimates count, and
/// only the inst_count most visible truths are to be found; for every threshold, estimates are
/// matched to truths greedily in order of score. Const methods may be called from several threads.
class SAM6D_API PoseEvaluator {
 public:
  /// Throws Error(kInvalidArgument) for an empty mesh, a negative diameter, or two models of one
  /// id.
  explicit PoseEvaluator(std::vector<EvaluationModel> models,
                         const PoseEvaluationOptions& options = PoseEvaluationOptions());
  ~PoseEvaluator();
  PoseEvaluator(PoseEvaluator&&) noexcept;
  PoseEvaluator& operator=(PoseEvaluator&&) noexcept;

  /// Gives camera and depth of an image. Called from several threads.
  using LoadImage = std::function<EvaluationImage(int scene_id, int im_id)>;

  /// Scores all targets. Estimates without a target are ignored, as are targets without a truth.
  /// Throws Error(kInvalidArgument) for a target without a model or listed twice, for numbers that
  /// are not finite, or for a depth picture of another size than the camera's; Error(kCancelled).
  [[nodiscard]] PoseReport evaluate(std::span<const GroundTruthPose> truths,
                                    std::span<const EstimatedPose> estimates,
                                    std::span<const Target> targets, const LoadImage& load_image,
                                    const ProgressFn& progress = {}) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

// Average precision of detections (COCO) ----------------------------------------------------------

struct DetectionTruth {
  ObjectId object = 0;
  Mask mask;
  Box box_px;           ///< empty = the mask's
  bool ignore = false;  ///< neither to be found nor wrong when found (BOP: hardly visible)
};

/// What was found and what is there in one image.
struct DetectionImage {
  std::vector<Detection> detections;
  std::vector<DetectionTruth> truths;
};

enum class IouKind { kMask, kBox };

struct DetectionEvaluationOptions {
  IouKind iou = IouKind::kMask;
  int max_detections = 100;  ///< best-scored ones per image and object
};

struct DetectionScores {
  double ap = 0;    ///< mean over IoU thresholds .50, .55, ... .95
  double ap50 = 0;  ///< at IoU .50
  double ap75 = 0;  ///< at IoU .75
  double ar = 0;    ///< largest recall, mean over the thresholds
  int truths = 0;   ///< without the ignored ones
};

struct DetectionReport {
  DetectionScores all;  ///< means over the objects that have truths
  std::map<ObjectId, DetectionScores> by_object;
};

/// The matches of one image: all that average precision needs of it, a few bytes a detection.
struct DetectionMatches {
  struct Entry {
    ObjectId object = 0;
    float score = 0;
    /// Bit i: correct (or ignored) at the i-th IoU threshold.
    std::uint16_t matched = 0;
    std::uint16_t ignored = 0;
  };
  std::vector<Entry> entries;                ///< best first
  std::map<ObjectId, int> truths_by_object;  ///< without the ignored ones
};

/// Greedy matching as in COCO's evaluation.
[[nodiscard]] SAM6D_API DetectionMatches
match_detections(const DetectionImage& image, const DetectionEvaluationOptions& options = {});

/// COCO's average precision: 101-point interpolation, ordered by score over all images, averaged
/// over objects.
[[nodiscard]] SAM6D_API DetectionReport average_precision(std::span<const DetectionMatches> images);

}  // namespace sam6d

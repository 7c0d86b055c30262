#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sam6d/export.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/geometric_search.hpp"
#include "sam6d/mask.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/transform.hpp"

/// The geometric search as both backends use it: prepare a picture once, search it for objects,
/// choose among the hypotheses of all objects together.
namespace sam6d {

struct FrameFeatures;

/// A picture with all that the search computes from it for every object alike. It keeps no
/// reference to the caller's pixels. Immutable, cheap to copy, safe to share between threads.
class SAM6D_API PreparedFrame {
 public:
  /// Throws Error(kInvalidArgument) for a bad frame.
  PreparedFrame(const Frame& frame, const GeometricSearchOptions& options);

  [[nodiscard]] const FrameFeatures& features() const { return *features_; }
  /// Of the caller's picture.
  [[nodiscard]] const CameraIntrinsics& camera() const { return camera_; }

 private:
  CameraIntrinsics camera_;
  std::shared_ptr<const FrameFeatures> features_;
};

/// What the depth and colour pictures say about a pose. Shares are of the object's rendered pixels
/// unless said otherwise.
struct PoseEvidence {
  float match = 0;        ///< the measured surface is where the object's would be
  float violation = 0;    ///< the measured surface lies behind: the object would have hidden it
  float occluded = 0;     ///< something lies before the object, or it is outside of the picture
  float below = 0;        ///< a support plane lies before the object
  float unknown = 0;      ///< no depth
  float spill = 0;        ///< the matched surface goes on outside of the object's outline
  float bad_edge = 0;     ///< share of the outline at which the measured surface goes on
  float penetration = 0;  ///< how deep it reaches into a support plane, share of the diameter
  float color = 1;        ///< mean similarity of the visible surface to the model's colours
  float normals = 1;      ///< mean agreement of the matched surface's normals, 0..1
  float fine_color = 1;   ///< the same, stricter, exposure taken out: sees where a label is
  float residual = 0;     ///< mean distance of the matched surface, 0..1 (the tolerance)
  float visible = 0;      ///< neither occluded nor outside of the picture
  int pixels = 0;         ///< matched pixels, of the caller's picture
  float shape_score = 0;  ///< all of it without colour
  float misfit = 0;       ///< mean cost of a measured pixel, where the place has several poses
};

struct Hypothesis {
  int object = 0;  ///< index into the objects of the call
  int query = 0;   ///< index into the queries of the call
  RigidTransform cam_from_obj = RigidTransform::Identity();
  float raw_score = 0;    ///< F of docs/algorithm.md; orders the hypotheses
  float presence = 0;     ///< probability that the object is at this place, 0..1
  float probability = 0;  ///< that the pose is right, 0..1: a share of the presence
  bool colored = false;   ///< colour took part in raw_score
  PoseEvidence evidence;
  /// Blocks of 4 x 4 working pixels that it explains, with the number of pixels in each; sorted.
  std::vector<std::pair<std::uint32_t, std::uint8_t>> explained;
};

/// Where in the picture, and how many.
struct SearchQuery {
  int object = 0;              ///< index into the objects of the call
  const Mask* mask = nullptr;  ///< search the pixels of a mask (it must outlive the call),
  Box box_px;                  ///< else those of a box, else (when that is empty) all
  int max_instances = 0;       ///< 0 = as many as there are
  int keep = 12;               ///< how many hypotheses to give back at most
};

/// The object with its geometric features, which are computed when it has none.
[[nodiscard]] SAM6D_API ObjectModel searchable(const ObjectModel& object, int threads,
                                               const ProgressFn& progress = {});

/// Searches the picture for each query's object; result i holds the hypotheses of query i, best
/// first, refined and judged. With Effort::kAdaptive the objects of which no sure pose was found
/// are searched again in what the sure ones leave. Throws Error(kCancelled). With `failed`, a query
/// whose search fails inside is logged and marked there instead of ending the call.
[[nodiscard]] SAM6D_API std::vector<std::vector<Hypothesis>> search(
    const PreparedFrame& frame, std::span<const ObjectModel> objects,
    std::span<const SearchQuery> queries, const GeometricSearchOptions& options,
    const ProgressFn& progress = {}, std::vector<std::uint8_t>* failed = nullptr);

/// Chooses at most max_instances (0 = no limit) hypotheses a query such that no two explain the
/// same pixels, penetrate each other or are symmetric twins: greedily, best first. Those with a
/// presence below `min_presence` are left out. Returns indices into `hypotheses`, best first.
[[nodiscard]] SAM6D_API std::vector<int> choose_jointly(std::span<const Hypothesis> hypotheses,
                                                        std::span<const SearchQuery> queries,
                                                        std::span<const ObjectModel> objects,
                                                        float min_presence);

/// Moves a pose to where the depth picture says and judges it; nothing when the object would not be
/// in the picture there.
[[nodiscard]] SAM6D_API std::optional<Hypothesis> refine_pose(const PreparedFrame& frame,
                                                              const ObjectModel& object,
                                                              const RigidTransform& cam_from_obj,
                                                              const GeometricSearchOptions& options,
                                                              const Mask* mask = nullptr);

/// Judges a pose as it is.
[[nodiscard]] SAM6D_API Hypothesis judge_pose(const PreparedFrame& frame, const ObjectModel& object,
                                              const RigidTransform& cam_from_obj,
                                              const GeometricSearchOptions& options);

/// The pixels of the caller's picture in which the object is visible at a pose: inside its outline
/// and not behind something measured.
[[nodiscard]] SAM6D_API Mask visible_mask(const PreparedFrame& frame, const ObjectModel& object,
                                          const RigidTransform& cam_from_obj);

}  // namespace sam6d

#pragma once

#include <cstdint>
#include <optional>

#include "sam6d/device.hpp"
#include "sam6d/export.hpp"
#include "sam6d/geometric_search.hpp"
#include "sam6d/weights.hpp"

namespace sam6d {

/// The pose estimation model of SAM-6D (Lin et al., CVPR 2024, section 3.2): matches the points of
/// a detection's mask to those of the object's template views. It needs a mask (or at least a box)
/// of each detection, and an object with template views.
struct NeuralPoseOptions {
  /// Weights::from_file("sam-6d-pem-base.pth"). Required.
  std::optional<Weights> weights;
  Device device;
  Precision precision = Precision::kFloat32;
  /// Detections, and template views, that go through the network together, 1..256. More at once
  /// take more memory, and less time a detection on a GPU.
  int batch_size = 8;
  /// How many of an object's template views are used, evenly spread over them; 0 = all.
  int template_views = 42;
  /// Of how many objects the tensors that depend on the object alone stay in memory, 1..10000; some
  /// 50 MB each.
  int cached_objects = 16;
  /// Which pixels and hypotheses are drawn. The draws for a detection depend on it alone, not on
  /// what other detections there are.
  std::uint64_t seed = 0;
  /// Detections less certain are not worked on (NoPoseReason::kLowScore). SAM-6D takes 0.2 for
  /// detections of its own segmentation.
  float min_detection_score = 0.0F;
  /// Poses less probable are not given (NoPoseReason::kLowScore).
  float min_score = 0.0F;
  /// Move each pose to where the depth picture says (ICP of the geometric part), if that explains
  /// the picture no worse; implies `verify`. Off: what SAM-6D was published with.
  bool refine = false;
  /// Let the geometric part judge each pose by rendering it. The pose's score is then its
  /// probability to be right, and `visible_fraction` is known; otherwise the score is the network's
  /// own: the share of the points that were matched, times the share of those that lie on the
  /// object.
  bool verify = false;
  /// Of refinement and verification.
  GeometricSearchOptions search;
  /// Repeat what the reference does by mistake and the weights do not hang on: odd masks lose a row
  /// or column of their box and long ones are cut; detections of exactly the least score are
  /// dropped; masks of exactly as many pixels as the network takes points are sampled with
  /// repetition; points farther from their mean than 1.2 times the largest distance of the surface
  /// from the CAD origin are left out, rather than 0.6 diameters, wherever the origin is. What the
  /// weights were trained with stays either way: channels in the order blue, green, red with the
  /// statistics of red, green, blue; pictures that show what the distance test leaves out; sampling
  /// with repetition of fewer pixels than points.
  bool reference_quirks = false;

  /// Throws Error(kInvalidArgument) that names the field.
  SAM6D_API void validate() const;
};

}  // namespace sam6d

#pragma once

#include <optional>

#include "sam6d/device.hpp"
#include "sam6d/export.hpp"
#include "sam6d/weights.hpp"

namespace sam6d {

/// Which network proposes masks: Segment Anything (Kirillov et al. 2023, ViT-H, L or B, as the
/// weights say), or FastSAM (Zhao et al. 2023, YOLOv8-seg of any width), which is many times faster
/// and finds less.
enum class ProposalNetwork { kSam, kFastSam };

/// The segmentation model of SAM-6D (Lin et al., CVPR 2024, section 3.1): a network proposes masks
/// of whatever is in the picture, DINOv2 (Oquab et al. 2023) describes them, and they are matched
/// with the objects' template views by class token, by patches and by place. It needs objects with
/// template views.
struct NeuralSegmenterOptions {
  ProposalNetwork proposals = ProposalNetwork::kSam;
  /// Weights::from_file("sam_vit_h_4b8939.pth") or ("FastSAM-x.pt"). Required to segment; without
  /// them a Segmenter can prepare() objects, for which it is the same whose proposals follow.
  std::optional<Weights> proposal_weights;
  /// Weights::from_file("dinov2_vitl14_pretrain.pth"). Required.
  std::optional<Weights> descriptor_weights;
  Device device;
  Precision precision = Precision::kFloat32;
  /// Of what is no network; 0 = one a core.
  int threads = 0;

  /// SAM: points a side of the grid of prompts, 1..256.
  int points_per_side = 32;
  /// SAM: prompts that go through the mask decoder together, 1..1024.
  int points_per_batch = 64;
  /// SAM: masks whose predicted IoU is not above are dropped, 0..1.
  float pred_iou_threshold = 0.88F;
  /// SAM: masks are dropped whose area changes by more when the threshold moves by one logit either
  /// way: least ratio of both areas, 0..1.
  float stability_threshold = 0.97F;
  /// SAM: of two masks whose boxes overlap more (IoU) the better one stays, 0..1.
  float box_nms_threshold = 0.7F;
  /// SAM: no prompt where the picture has no depth, or shows the plane on which things stand. Off:
  /// the whole grid, as in the reference.
  bool prompt_gating = true;

  /// FastSAM: masks less certain are dropped, 0..1.
  float fastsam_confidence = 0.25F;
  /// FastSAM: of two masks whose boxes overlap more (IoU) the better one stays, 0..1.
  float fastsam_nms_threshold = 0.9F;
  /// FastSAM: at most so many masks, 1..10000.
  int fastsam_max_masks = 200;

  /// No descriptor for a proposal which, by its depth, is too large or too small to be any of the
  /// objects. Off: all are described, as in the reference.
  bool size_gating = true;
  /// Of proposals that overlap more (IoU of their masks) only the best is described, 0..1; 1 = all
  /// are, as in the reference.
  float merge_iou = 0.95F;
  /// Crops, and template views, that are described together, 1..256.
  int batch_size = 16;
  /// How many of an object's template views are used, evenly spread over them; 0 = all.
  int template_views = 42;
  /// Of how many objects descriptors stay in memory, 1..10000; some 20 to 45 MB each.
  int cached_objects = 16;

  /// Proposals whose semantic score is not above are dropped, 0..1.
  float semantic_threshold = 0.2F;
  /// The semantic score is the mean of so many best views, 1..1000.
  int best_views = 5;
  /// From which similarity on a patch of the template counts as visible, 0..1.
  float visible_threshold = 0.5F;
  /// Detections whose final score is lower are dropped, 0..1.
  float min_score = 0.2F;
  /// Of two detections of one object whose boxes overlap more (IoU) the better one stays, 0..1;
  /// 1 = all stay, as in the reference's run on a single picture.
  float nms_threshold = 0.25F;
  /// At most so many detections of one object; 0 = no limit.
  int max_instances_per_object = 0;
  /// Repeat what the reference does by mistake; docs/algorithm.md lists it all. One proposal whose
  /// box does not overlap the object's projection takes the geometric score from all others; crops
  /// lose their last row and column; templates are not normalised as proposals are; FastSAM gets
  /// the channels in the other order, and its masks are stretched with the borders of its input.
  /// All that is proposed is then described, and all that passes the semantic threshold is given:
  /// gates, merge_iou, min_score, nms_threshold and max_instances_per_object have no effect.
  bool reference_quirks = false;

  /// Throws Error(kInvalidArgument) that names the field.
  SAM6D_API void validate() const;
};

}  // namespace sam6d

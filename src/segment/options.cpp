#include "base/fail.hpp"
#include "sam6d/segmenter.hpp"

namespace sam6d {

void GeometricSegmenterOptions::validate() const {
  search.validate();
  if (!(min_score >= 0.0F && min_score <= 1.0F)) {
    fail(ErrorCode::kInvalidArgument,
         "GeometricSegmenterOptions.min_score: expected 0..1, found {}", min_score);
  }
  if (max_instances_per_object < 0) {
    fail(ErrorCode::kInvalidArgument,
         "GeometricSegmenterOptions.max_instances_per_object: expected 0 or more, found {}",
         max_instances_per_object);
  }
}

void NeuralSegmenterOptions::validate() const {
  if (!descriptor_weights) {
    fail(ErrorCode::kInvalidArgument,
         "NeuralSegmenterOptions.descriptor_weights: expected those of DINOv2 "
         "(Weights::from_file), found none");
  }
  const auto in_range = [](const char* field, int value, int least, int most) {
    if (value >= least && value <= most) return;
    fail(ErrorCode::kInvalidArgument, "NeuralSegmenterOptions.{}: expected {}..{}, found {}", field,
         least, most, value);
  };
  in_range("threads", threads, 0, 4096);
  in_range("points_per_side", points_per_side, 1, 256);
  in_range("points_per_batch", points_per_batch, 1, 1024);
  in_range("fastsam_max_masks", fastsam_max_masks, 1, 10'000);
  in_range("batch_size", batch_size, 1, 256);
  in_range("template_views", template_views, 0, 10'000);
  in_range("cached_objects", cached_objects, 1, 10'000);
  in_range("best_views", best_views, 1, 1000);
  in_range("max_instances_per_object", max_instances_per_object, 0, 1'000'000);
  in_range("device.index", device.index, 0, 1'000'000);
  const auto is_share = [](const char* field, float value) {
    if (value >= 0.0F && value <= 1.0F) return;
    fail(ErrorCode::kInvalidArgument, "NeuralSegmenterOptions.{}: expected 0..1, found {}", field,
         value);
  };
  is_share("pred_iou_threshold", pred_iou_threshold);
  is_share("stability_threshold", stability_threshold);
  is_share("box_nms_threshold", box_nms_threshold);
  is_share("fastsam_confidence", fastsam_confidence);
  is_share("fastsam_nms_threshold", fastsam_nms_threshold);
  is_share("merge_iou", merge_iou);
  is_share("semantic_threshold", semantic_threshold);
  is_share("visible_threshold", visible_threshold);
  is_share("min_score", min_score);
  is_share("nms_threshold", nms_threshold);
}

}  // namespace sam6d

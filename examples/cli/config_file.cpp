#include "config_file.hpp"

#include <map>
#include <string>

#include "sam6d/device.hpp"

#include "json_fields.hpp"
#include "json_file.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;
using Effort = GeometricSearchOptions::Effort;

void read_search(const json& object, const std::string& where, GeometricSearchOptions& options) {
  static const std::map<std::string, Effort> efforts = {
      {"fast", Effort::kFast}, {"full", Effort::kFull}, {"adaptive", Effort::kAdaptive}};
  JsonFields fields(object, where);
  fields.read("effort", options.effort, efforts);
  fields.read("use_color", options.use_color);
  fields.read("use_support_planes", options.use_support_planes);
  fields.read("min_depth_m", options.min_depth_m);
  fields.read("max_depth_m", options.max_depth_m);
  fields.read("noise_floor_m", options.noise_floor_m);
  fields.read("noise_quadratic", options.noise_quadratic);
  fields.read("seed", options.seed);
  fields.read("threads", options.threads);
  fields.finish();
}

void read_segmenter(const json& object, const std::string& where,
                    GeometricSegmenterOptions& options) {
  JsonFields fields(object, where);
  if (const json* search = fields.child("search")) {
    read_search(*search, fields.path_of("search"), options.search);
  }
  fields.read("min_score", options.min_score);
  fields.read("max_instances_per_object", options.max_instances_per_object);
  fields.finish();
}

void read_pose(const json& object, const std::string& where, GeometricPoseOptions& options) {
  JsonFields fields(object, where);
  if (const json* search = fields.child("search")) {
    read_search(*search, fields.path_of("search"), options.search);
  }
  fields.read("min_score", options.min_score);
  fields.read("k_best", options.k_best);
  fields.read("trust_guess", options.trust_guess);
  fields.read("resolve_conflicts", options.resolve_conflicts);
  fields.finish();
}

/// "device" and "precision", which all networks have.
template <class Options>
void read_place(JsonFields& fields, Options& options) {
  static const std::map<std::string, Precision> precisions = {{"float32", Precision::kFloat32},
                                                              {"bfloat16", Precision::kBFloat16},
                                                              {"float16", Precision::kFloat16}};
  std::string device;
  fields.read("device", device);
  if (!device.empty()) options.device = parse_device(device);
  fields.read("precision", options.precision, precisions);
}

void read_neural_segmenter(const json& object, const std::string& where,
                           NeuralSegmenterOptions& options) {
  JsonFields fields(object, where);
  read_place(fields, options);
  fields.read("threads", options.threads);
  fields.read("points_per_side", options.points_per_side);
  fields.read("points_per_batch", options.points_per_batch);
  fields.read("pred_iou_threshold", options.pred_iou_threshold);
  fields.read("stability_threshold", options.stability_threshold);
  fields.read("box_nms_threshold", options.box_nms_threshold);
  fields.read("prompt_gating", options.prompt_gating);
  fields.read("fastsam_confidence", options.fastsam_confidence);
  fields.read("fastsam_nms_threshold", options.fastsam_nms_threshold);
  fields.read("fastsam_max_masks", options.fastsam_max_masks);
  fields.read("size_gating", options.size_gating);
  fields.read("merge_iou", options.merge_iou);
  fields.read("batch_size", options.batch_size);
  fields.read("template_views", options.template_views);
  fields.read("cached_objects", options.cached_objects);
  fields.read("semantic_threshold", options.semantic_threshold);
  fields.read("best_views", options.best_views);
  fields.read("visible_threshold", options.visible_threshold);
  fields.read("min_score", options.min_score);
  fields.read("nms_threshold", options.nms_threshold);
  fields.read("max_instances_per_object", options.max_instances_per_object);
  fields.read("reference_quirks", options.reference_quirks);
  fields.finish();
}

void read_neural_pose(const json& object, const std::string& where, NeuralPoseOptions& options) {
  JsonFields fields(object, where);
  if (const json* search = fields.child("search")) {
    read_search(*search, fields.path_of("search"), options.search);
  }
  read_place(fields, options);
  fields.read("batch_size", options.batch_size);
  fields.read("template_views", options.template_views);
  fields.read("cached_objects", options.cached_objects);
  fields.read("seed", options.seed);
  fields.read("min_detection_score", options.min_detection_score);
  fields.read("min_score", options.min_score);
  fields.read("refine", options.refine);
  fields.read("verify", options.verify);
  fields.read("reference_quirks", options.reference_quirks);
  fields.finish();
}

void read_templates(const json& object, const std::string& where, TemplateOptions& options) {
  JsonFields fields(object, where);
  fields.read("views", options.views);
  fields.read("size_px", options.size_px);
  fields.read("fov_rad", options.fov_rad);
  fields.read("threads", options.threads);
  fields.finish();
}

void read_symmetry_detection(const json& object, const std::string& where,
                             SymmetryDetectionOptions& options) {
  JsonFields fields(object, where);
  fields.read("tolerance", options.tolerance);
  fields.read("min_share", options.min_share);
  fields.read("use_color", options.use_color);
  fields.finish();
}

void read_onboard(const json& object, const std::string& where, OnboardOptions& options) {
  JsonFields fields(object, where);
  fields.read("name", options.name);
  fields.read("render_views", options.render_views);
  fields.read("seed", options.seed);
  fields.read("threads", options.threads);
  if (const json* templates = fields.child("templates")) {
    read_templates(*templates, fields.path_of("templates"), options.templates);
  }
  if (const json* detection = fields.child("symmetry_detection")) {
    read_symmetry_detection(*detection, fields.path_of("symmetry_detection"),
                            options.symmetry_detection);
  }
  fields.finish();
}

}  // namespace

void read_config(const fs::path& file, Config& config) {
  const json root = read_json_file(file);
  JsonFields fields(root, file.string());
  if (const json* search = fields.child("search")) {
    read_search(*search, fields.path_of("search"), config.segmenter.search);
    read_search(*search, fields.path_of("search"), config.pose.search);
    read_search(*search, fields.path_of("search"), config.neural_pose.search);
  }
  if (const json* segmenter = fields.child("segmenter")) {
    read_segmenter(*segmenter, fields.path_of("segmenter"), config.segmenter);
  }
  if (const json* segmenter = fields.child("neural_segmenter")) {
    read_neural_segmenter(*segmenter, fields.path_of("neural_segmenter"), config.neural_segmenter);
  }
  if (const json* pose = fields.child("pose")) {
    read_pose(*pose, fields.path_of("pose"), config.pose);
  }
  if (const json* pose = fields.child("neural_pose")) {
    read_neural_pose(*pose, fields.path_of("neural_pose"), config.neural_pose);
  }
  if (const json* onboard = fields.child("onboard")) {
    read_onboard(*onboard, fields.path_of("onboard"), config.onboard);
  }
  fields.finish();
}

void read_segmenter_config(const fs::path& file, GeometricSegmenterOptions& options) {
  read_segmenter(read_json_file(file), file.string(), options);
}

void read_segmenter_config(const fs::path& file, NeuralSegmenterOptions& options) {
  read_neural_segmenter(read_json_file(file), file.string(), options);
}

void read_pose_config(const fs::path& file, GeometricPoseOptions& options) {
  read_pose(read_json_file(file), file.string(), options);
}

void read_pose_config(const fs::path& file, NeuralPoseOptions& options) {
  read_neural_pose(read_json_file(file), file.string(), options);
}

}  // namespace sam6d::cli

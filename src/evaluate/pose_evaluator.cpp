#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>

#include "base/fail.hpp"
#include "base/parallel.hpp"
#include "base/progress.hpp"
#include "evaluate/nearest_points.hpp"
#include "evaluate/pose_matching.hpp"
#include "evaluate/pose_report.hpp"
#include "sam6d/evaluate.hpp"
#include "sam6d/renderer.hpp"

namespace sam6d {
namespace {

/// MSPD's thresholds are meant for pictures of this width (BOP19).
constexpr double kMspdPictureWidth = 640.0;

/// A model with what its errors need, computed once.
struct Model {
  int mesh = 0;  ///< index in the renderer
  double diameter_m = 0;
  bool symmetric = false;
  std::vector<RigidTransform> symmetries;
  std::vector<Eigen::Vector3f> points_m;
  std::optional<NearestPoints> nearest;
};

struct ImageKey {
  int scene_id = 0;
  int im_id = 0;

  friend bool operator<(const ImageKey& a, const ImageKey& b) {
    return std::tie(a.scene_id, a.im_id) < std::tie(b.scene_id, b.im_id);
  }
};

/// What belongs to one target.
struct Group {
  int inst_count = 0;
  std::vector<const GroundTruthPose*> truths;
  std::vector<const EstimatedPose*> estimates;
};
using ImageGroups = std::map<ObjectId, Group>;

template <class Item>
Group* find_group(std::map<ImageKey, ImageGroups>& images, const Item& item) {
  const auto image = images.find({item.scene_id, item.im_id});
  if (image == images.end()) return nullptr;
  const auto group = image->second.find(item.obj_id);
  return group == image->second.end() ? nullptr : &group->second;
}

template <class Item>
void require_finite(const Item& item, double number, const char* what) {
  if (!item.cam_from_obj.matrix().allFinite() || !std::isfinite(number)) {
    fail(ErrorCode::kInvalidArgument,
         "{} of object {} in scene {}, image {}: expected finite numbers", what, item.obj_id,
         item.scene_id, item.im_id);
  }
}

/// Farthest points first: they decide the largest distance, so that comparing stops early.
void sort_by_distance_from_centre(std::vector<Eigen::Vector3f>& points_m) {
  Eigen::Vector3f centre = Eigen::Vector3f::Zero();
  for (const Eigen::Vector3f& point : points_m) centre += point;
  centre /= static_cast<float>(points_m.size());
  std::stable_sort(points_m.begin(), points_m.end(),
                   [&](const Eigen::Vector3f& a, const Eigen::Vector3f& b) {
                     return (a - centre).squaredNorm() > (b - centre).squaredNorm();
                   });
}

Model prepare(const EvaluationModel& given, int mesh, double max_symmetry_step) {
  if (given.mesh.vertices_m.empty() || given.mesh.faces.empty()) {
    fail(ErrorCode::kInvalidArgument, "model {}: expected a mesh, found {} vertices and {} faces",
         given.obj_id, given.mesh.vertices_m.size(), given.mesh.faces.size());
  }
  if (!(given.diameter_m >= 0) || !std::isfinite(given.diameter_m)) {
    fail(ErrorCode::kInvalidArgument, "model {}: expected a diameter of 0 or more, found {}",
         given.obj_id, given.diameter_m);
  }
  Model model;
  model.mesh = mesh;
  model.diameter_m = given.diameter_m > 0 ? given.diameter_m : diameter_m(given.mesh);
  model.symmetric = !given.symmetries.empty();
  model.symmetries = symmetry_transforms(given.symmetries, max_symmetry_step);
  model.points_m = given.mesh.vertices_m;
  sort_by_distance_from_centre(model.points_m);
  model.nearest.emplace(model.points_m);
  return model;
}

void require_thresholds(const std::vector<double>& thresholds, const char* name) {
  for (const double threshold : thresholds) {
    if (threshold > 0 && std::isfinite(threshold)) continue;
    fail(ErrorCode::kInvalidArgument,
         "PoseEvaluationOptions.{}: expected positive numbers, found {}", name, threshold);
  }
  if (thresholds.empty()) {
    fail(ErrorCode::kInvalidArgument, "PoseEvaluationOptions.{}: expected at least one, found none",
         name);
  }
}

}  // namespace

void PoseEvaluationOptions::validate() const {
  vsd.validate();
  require_thresholds(vsd_thresholds, "vsd_thresholds");
  require_thresholds(mssd_thresholds, "mssd_thresholds");
  require_thresholds(mspd_thresholds, "mspd_thresholds");
  require_thresholds({add_threshold}, "add_threshold");
  require_thresholds({max_symmetry_step}, "max_symmetry_step");
  if (!std::is_sorted(visibility_bounds.begin(), visibility_bounds.end())) {
    fail(ErrorCode::kInvalidArgument,
         "PoseEvaluationOptions.visibility_bounds: expected ascending numbers");
  }
  if (threads < 0) {
    fail(ErrorCode::kInvalidArgument, "PoseEvaluationOptions.threads: expected 0 or more, found {}",
         threads);
  }
}

struct PoseEvaluator::Impl {
  PoseEvaluationOptions options;
  std::map<ObjectId, Model> models;
  std::optional<Renderer> renderer;

  [[nodiscard]] Image<float> render_depth(const Model& model, const CameraIntrinsics& camera,
                                          const RigidTransform& cam_from_obj) const;
  [[nodiscard]] std::vector<ErrorTable> vsd_tables(
      const Model& model, const EvaluationImage& image,
      std::span<const GroundTruthPose* const> truths,
      std::span<const EstimatedPose* const> estimates) const;
  [[nodiscard]] std::vector<TargetScore> score_target(const Model& model, const Group& group,
                                                      const EvaluationImage& image) const;
};

Image<float> PoseEvaluator::Impl::render_depth(const Model& model, const CameraIntrinsics& camera,
                                               const RigidTransform& cam_from_obj) const {
  RenderOptions what;
  what.color = false;
  what.threads = 1;  // images are what is done in parallel
  const RenderInstance instance{model.mesh, cam_from_obj};
  return renderer->render(camera, {&instance, 1}, what).depth_m;
}

std::vector<ErrorTable> PoseEvaluator::Impl::vsd_tables(
    const Model& model, const EvaluationImage& image,
    std::span<const GroundTruthPose* const> truths,
    std::span<const EstimatedPose* const> estimates) const {
  std::vector<Image<float>> truth_depths;
  for (const GroundTruthPose* truth : truths) {
    truth_depths.push_back(render_depth(model, image.camera, truth->cam_from_obj));
  }
  std::vector<ErrorTable> tables(options.vsd.taus.size());
  for (ErrorTable& table : tables) table.truths = truths.size();
  for (const EstimatedPose* estimate : estimates) {
    const Image<float> depth = render_depth(model, image.camera, estimate->cam_from_obj);
    for (const Image<float>& truth_depth : truth_depths) {
      const VsdResult result = vsd(depth.view(), truth_depth.view(), image.depth_m.view(),
                                   image.camera, model.diameter_m, options.vsd);
      for (std::size_t i = 0; i < tables.size(); ++i) {
        tables[i].errors.push_back(result.errors[i]);
      }
    }
  }
  return tables;
}

std::vector<TargetScore> PoseEvaluator::Impl::score_target(const Model& model, const Group& group,
                                                           const EvaluationImage& image) const {
  const auto truths = most_visible(group.truths, group.inst_count);
  const auto estimates = best_scored(group.estimates, group.inst_count);
  ErrorTable mssd{truths.size(), {}};
  ErrorTable mspd{truths.size(), {}};
  ErrorTable add{truths.size(), {}};
  const double px_to_640 = kMspdPictureWidth / image.camera.width;
  for (const EstimatedPose* estimate : estimates) {
    for (const GroundTruthPose* truth : truths) {
      const RigidTransform& a = estimate->cam_from_obj;
      const RigidTransform& b = truth->cam_from_obj;
      mssd.errors.push_back(mssd_m(model.points_m, model.symmetries, a, b) / model.diameter_m);
      mspd.errors.push_back(px_to_640 *
                            mspd_px(model.points_m, model.symmetries, image.camera, a, b));
      add.errors.push_back(
          (model.symmetric ? model.nearest->adi_m(a, b) : add_m(model.points_m, a, b)) /
          model.diameter_m);
    }
  }

  const auto shares = [&](std::span<const ErrorTable> tables, std::span<const double> thresholds) {
    std::vector<double> matched(truths.size(), 0.0);
    for (const ErrorTable& table : tables) {
      for (const double threshold : thresholds) add_matches(table, threshold, 1.0, matched);
    }
    const double trials = static_cast<double>(tables.size() * thresholds.size());
    for (double& share : matched) share /= trials;
    return matched;
  };
  const auto mssd_shares = shares({&mssd, 1}, options.mssd_thresholds);
  const auto mspd_shares = shares({&mspd, 1}, options.mspd_thresholds);
  const auto add_shares = shares({&add, 1}, {&options.add_threshold, 1});
  std::vector<double> vsd_shares(truths.size(), 0.0);
  if (!image.depth_m.empty()) {
    vsd_shares = shares(vsd_tables(model, image, truths, estimates), options.vsd_thresholds);
  }

  std::vector<TargetScore> scores;
  for (std::size_t i = 0; i < truths.size(); ++i) {
    scores.push_back({truths[i]->scene_id, truths[i]->im_id, truths[i]->obj_id,
                      truths[i]->visib_fract, vsd_shares[i], mssd_shares[i], mspd_shares[i],
                      add_shares[i]});
  }
  return scores;
}

PoseEvaluator::PoseEvaluator(std::vector<EvaluationModel> models,
                             const PoseEvaluationOptions& options) {
  options.validate();
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  std::vector<TriangleMesh> meshes;
  meshes.reserve(models.size());
  for (EvaluationModel& given : models) {
    Model model = prepare(given, static_cast<int>(meshes.size()), options.max_symmetry_step);
    if (!impl->models.emplace(given.obj_id, std::move(model)).second) {
      fail(ErrorCode::kInvalidArgument, "models: expected one of each id, found two of {}",
           given.obj_id);
    }
    meshes.push_back(std::move(given.mesh));
  }
  impl->renderer.emplace(meshes);
  impl_ = std::move(impl);
}

PoseEvaluator::~PoseEvaluator() = default;
PoseEvaluator::PoseEvaluator(PoseEvaluator&&) noexcept = default;
PoseEvaluator& PoseEvaluator::operator=(PoseEvaluator&&) noexcept = default;

PoseReport PoseEvaluator::evaluate(std::span<const GroundTruthPose> truths,
                                   std::span<const EstimatedPose> estimates,
                                   std::span<const Target> targets, const LoadImage& load_image,
                                   const ProgressFn& progress) const {
  std::map<ImageKey, ImageGroups> images;
  for (const Target& target : targets) {
    if (!impl_->models.contains(target.obj_id)) {
      fail(ErrorCode::kInvalidArgument,
           "target in scene {}, image {}: there is no model of object {}", target.scene_id,
           target.im_id, target.obj_id);
    }
    ImageGroups& groups = images[{target.scene_id, target.im_id}];
    if (!groups.emplace(target.obj_id, Group{target.inst_count, {}, {}}).second) {
      fail(ErrorCode::kInvalidArgument, "targets: scene {}, image {}, object {} is listed twice",
           target.scene_id, target.im_id, target.obj_id);
    }
  }
  for (const GroundTruthPose& truth : truths) {
    if (Group* const group = find_group(images, truth); group != nullptr) {
      require_finite(truth, truth.visib_fract, "truth");
      group->truths.push_back(&truth);
    }
  }
  for (const EstimatedPose& estimate : estimates) {
    if (Group* const group = find_group(images, estimate); group != nullptr) {
      require_finite(estimate, estimate.score, "estimate");
      group->estimates.push_back(&estimate);
    }
  }
  std::map<ImageKey, double> seconds;
  for (const EstimatedPose& estimate : estimates) {
    if (!(estimate.seconds >= 0)) continue;
    double& longest = seconds[{estimate.scene_id, estimate.im_id}];
    longest = std::max(longest, estimate.seconds);
  }

  const std::vector<std::pair<ImageKey, ImageGroups>> jobs(images.begin(), images.end());
  std::vector<std::vector<TargetScore>> scores(jobs.size());
  std::vector<char> has_depth(jobs.size(), 0);
  std::mutex progress_mutex;
  int done = 0;
  parallel_for(static_cast<int>(jobs.size()), impl_->options.threads, [&](int index) {
    const auto i = static_cast<std::size_t>(index);
    const auto& [key, groups] = jobs[i];
    const EvaluationImage image = load_image(key.scene_id, key.im_id);
    validate(image.camera);
    has_depth[i] = image.depth_m.empty() ? 0 : 1;
    if (has_depth[i] != 0 && (image.depth_m.width() != image.camera.width ||
                              image.depth_m.height() != image.camera.height)) {
      fail(ErrorCode::kInvalidArgument,
           "depth of scene {}, image {}: expected the camera's size {} x {}, found {} x {}",
           key.scene_id, key.im_id, image.camera.width, image.camera.height, image.depth_m.width(),
           image.depth_m.height());
    }
    for (const auto& [object, group] : groups) {
      const auto found = impl_->score_target(impl_->models.at(object), group, image);
      scores[i].insert(scores[i].end(), found.begin(), found.end());
    }
    const std::lock_guard lock(progress_mutex);
    report(progress, "evaluate", ++done, static_cast<int>(jobs.size()));
  });

  std::vector<TargetScore> all;
  for (const auto& some : scores) all.insert(all.end(), some.begin(), some.end());
  const bool has_vsd =
      !jobs.empty() && std::find(has_depth.begin(), has_depth.end(), 0) == has_depth.end();
  PoseReport result = make_report(std::move(all), has_vsd, impl_->options.visibility_bounds);
  if (!seconds.empty()) {
    double sum = 0;
    for (const auto& [key, longest] : seconds) sum += longest;
    result.mean_seconds_per_image = sum / static_cast<double>(seconds.size());
  }
  return result;
}

}  // namespace sam6d

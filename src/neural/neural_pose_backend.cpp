#include "neural/neural_pose_backend.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <utility>

#include <ATen/ops/empty.h>
#include <Eigen/Geometry>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "base/progress.hpp"
#include "base/random.hpp"
#include "base/stopwatch.hpp"
#include "nets/pem.hpp"
#include "neural/crop_tensors.hpp"
#include "neural/detection_batch.hpp"
#include "neural/memory_return.hpp"
#include "neural/pose_check.hpp"
#include "neural/pose_templates.hpp"
#include "neural/prepared_objects.hpp"
#include "neural/torch_errors.hpp"
#include "object/descriptors.hpp"
#include "pose/search.hpp"

namespace sam6d {
namespace {

constexpr const char* kWho = "pose network";

/// Errors of the whole call rather than of one object or detection.
bool ends_the_call(const Error& error) {
  return error.code() == ErrorCode::kCancelled || error.code() == ErrorCode::kDevice;
}

/// Row i of poses; nothing when a number in it is not finite. The rotation, which the network gives
/// in single precision, is made orthonormal in double.
std::optional<RigidTransform> transform_of(const at::Tensor& rotations,
                                           const at::Tensor& translations_m, std::int64_t i) {
  const float* const r = rotations.data_ptr<float>() + 9 * i;
  const float* const t = translations_m.data_ptr<float>() + 3 * i;
  Eigen::Matrix3d rotation;
  rotation << r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8];
  const Eigen::Vector3d translation_m(t[0], t[1], t[2]);
  if (!rotation.allFinite() || !translation_m.allFinite()) return std::nullopt;
  RigidTransform transform = RigidTransform::Identity();
  transform.linear() = Eigen::Quaterniond(rotation).normalized().toRotationMatrix();
  transform.translation() = translation_m;
  return transform;
}

class NeuralPoseBackend final : public PoseEstimator::Backend {
 public:
  NeuralPoseBackend(const NeuralPoseOptions& options, const ProgressFn& progress,
                    const nets::PemConfig& config)
      : options_(options),
        network_(*options.weights, config, options.device, options.precision, progress),
        templates_{options.template_views, options.batch_size, options.search.threads, options.seed,
                   options.reference_quirks},
        hash_(nets::pem_hash(*options.weights, config)),
        key_(template_key(hash_, options.precision, templates_)),
        prepared_(options.cached_objects) {
    report_ = {"pem",           options.weights->source(), hash_,
               options.device,  options.precision,         loading_.seconds(),
               network_.bytes()};
    options_.weights.reset();  // the caller's to keep
    log_info("{}: loaded {} in {:.2f} s, {} MiB", kWho, report_.source, report_.load_seconds,
             report_.bytes >> 20);
  }

  std::vector<ModelReport> models() const override { return {report_}; }

  ObjectModel prepare(const ObjectModel& object, const ProgressFn& progress) const override {
    ObjectModel ready = options_.refine || options_.verify
                            ? searchable(object, options_.search.threads, progress)
                            : object;
    if (kept_templates(ready)) return ready;
    return with_torch_errors(kWho, [&] {
      return with_descriptors(ready, key_,
                              to_tensors(compute_templates(network_, ready, templates_, progress)));
    });
  }

  std::vector<PoseResult> estimate(const Frame& frame, std::span<const ObjectModel> objects,
                                   std::span<const Detection> detections,
                                   const ProgressFn& progress,
                                   std::vector<StageSeconds>* seconds) const override {
    validate(frame);
    std::vector<PoseResult> results(detections.size());
    for (std::size_t i = 0; i < detections.size(); ++i) results[i].detection = detections[i];
    const auto timed = [&](const char* stage, const auto& action) {
      const Stopwatch stopwatch;
      with_torch_errors(kWho, action);
      if (seconds != nullptr) seconds->push_back({stage, stopwatch.seconds()});
    };
    std::vector<PendingDetection> pending;
    timed("crops",
          [&] { pending = crop_detections(frame, objects, detections, crop_settings(), results); });
    std::vector<nets::PemObjectPtr> prepared;
    timed("objects", [&] { prepared = prepare_all(objects, pending, progress, results); });
    std::erase_if(pending, [&](const PendingDetection& one) { return !prepared[one.object]; });
    timed("forward", [&] { run_batches(pending, prepared, progress, results); });
    if (options_.refine || options_.verify) {
      timed("check", [&] { check_poses(frame, objects, pending, progress, results); });
    }
    for (PoseResult& result : results) {
      if (!result.pose || result.pose->score >= options_.min_score) continue;
      result.pose.reset();
      result.reason = NoPoseReason::kLowScore;
    }
    return results;
  }

  PoseResult refine(const Frame& frame, const ObjectModel& object,
                    const RigidTransform& cam_from_obj) const override {
    return refined_result(frame, object, cam_from_obj, options_.search);
  }

 private:
  CropSettings crop_settings() const {
    return {static_cast<int>(network_.config().fine_points), options_.min_detection_score,
            options_.seed, options_.search.threads, options_.reference_quirks};
  }

  /// What the object has of this network.
  std::optional<nets::PemTemplates> kept_templates(const ObjectModel& object) const {
    const std::shared_ptr<const TensorMap> tensors = find_descriptors(object, key_);
    if (!tensors) return std::nullopt;
    std::optional<nets::PemTemplates> templates = to_templates(*tensors, network_.config());
    if (!templates) {
      log_warning(
          "object {} {}: what it has of the pose network is of other sizes or not finite; it "
          "is computed again",
          object.id(), object.name());
    }
    return templates;
  }

  nets::PemObjectPtr prepared_object(const ObjectModel& object, const ProgressFn& progress) const {
    if (nets::PemObjectPtr found = prepared_.find(object)) return found;
    std::optional<nets::PemTemplates> templates = kept_templates(object);
    if (!templates) {
      if (!said_unprepared_.exchange(true)) {
        log_info(
            "object {} {}: its templates go through the pose network now, which "
            "PoseEstimator::prepare() does once for all",
            object.id(), object.name());
      }
      templates = compute_templates(network_, object, templates_, progress);
    }
    nets::PemObjectPtr prepared = network_.prepare(*templates, model_points(object));
    prepared_.insert(object, prepared);
    return prepared;
  }

  /// One a given object; null where no detection asks for it, or it failed, which its detections'
  /// results then say.
  std::vector<nets::PemObjectPtr> prepare_all(std::span<const ObjectModel> objects,
                                              const std::vector<PendingDetection>& pending,
                                              const ProgressFn& progress,
                                              std::vector<PoseResult>& results) const {
    std::vector<nets::PemObjectPtr> prepared(objects.size());
    for (std::size_t i = 0; i < objects.size(); ++i) {
      const auto is_of_object = [&](const PendingDetection& one) { return one.object == i; };
      if (std::none_of(pending.begin(), pending.end(), is_of_object)) continue;
      const bool ready = attempt(fmt::format("object {} {}", objects[i].id(), objects[i].name()),
                                 [&] { prepared[i] = prepared_object(objects[i], progress); });
      if (ready) continue;
      for (const PendingDetection& one : pending) {
        if (is_of_object(one)) results[one.detection].reason = NoPoseReason::kFailed;
      }
    }
    return prepared;
  }

  void run_batches(std::span<const PendingDetection> pending,
                   const std::vector<nets::PemObjectPtr>& prepared, const ProgressFn& progress,
                   std::vector<PoseResult>& results) const {
    const auto batch = static_cast<std::size_t>(options_.batch_size);
    for (std::size_t begin = 0; begin < pending.size(); begin += batch) {
      report(progress, "poses", static_cast<int>(begin), static_cast<int>(pending.size()));
      const auto some = pending.subspan(begin, std::min(batch, pending.size() - begin));
      if (attempt("detections", [&] { run_batch(some, prepared, results); })) continue;
      // One of them may be to blame, or there is memory for fewer.
      for (std::size_t i = 0; i < some.size(); ++i) {
        const auto one = some.subspan(i, 1);
        if (some.size() > 1 && attempt(fmt::format("detection {}", one[0].detection),
                                       [&] { run_batch(one, prepared, results); })) {
          continue;
        }
        results[one[0].detection].reason = NoPoseReason::kFailed;
      }
    }
    report(progress, "poses", static_cast<int>(pending.size()), static_cast<int>(pending.size()));
  }

  void run_batch(std::span<const PendingDetection> batch,
                 const std::vector<nets::PemObjectPtr>& prepared,
                 std::vector<PoseResult>& results) const {
    const auto count = static_cast<std::int64_t>(batch.size());
    const std::int64_t draws_each = 3 * network_.config().hypotheses;
    std::vector<const NetworkCrop*> crops;
    std::vector<nets::PemObjectPtr> objects;
    at::Tensor draws = at::empty({count, draws_each}, at::kFloat);
    auto* draw = draws.data_ptr<float>();
    for (const PendingDetection& one : batch) {
      crops.push_back(&one.crop);
      objects.push_back(prepared[one.object]);
      Random random(one.seed);
      for (std::int64_t i = 0; i < draws_each; ++i) *draw++ = static_cast<float>(random.uniform());
    }
    const CropTensors tensors = to_crop_tensors(crops);
    const nets::PemPoses poses =
        network_.estimate({tensors.rgb_u8, tensors.choose, tensors.points, draws}, objects);
    const auto on_cpu = [](const at::Tensor& tensor) {
      return tensor.to(at::kCPU, at::kFloat).contiguous();
    };
    const at::Tensor rotations = on_cpu(poses.R);
    const at::Tensor translations_m = on_cpu(poses.t);
    const at::Tensor scores = on_cpu(poses.score);
    for (std::int64_t i = 0; i < count; ++i) {
      PoseResult& result = results[batch[static_cast<std::size_t>(i)].detection];
      const float score = scores.data_ptr<float>()[i];
      const std::optional<RigidTransform> found = transform_of(rotations, translations_m, i);
      if (!found || !std::isfinite(score)) {
        log_warning("detection {}: the pose network gave numbers that are not finite",
                    batch[static_cast<std::size_t>(i)].detection);
        result.reason = NoPoseReason::kFailed;
        continue;
      }
      result.network_score = score;
      result.pose = Pose{*found, std::clamp(score, 0.0F, 1.0F)};
      result.reason = NoPoseReason::kNone;
    }
  }

  void check_poses(const Frame& frame, std::span<const ObjectModel> objects,
                   const std::vector<PendingDetection>& pending, const ProgressFn& progress,
                   std::vector<PoseResult>& results) const {
    const PreparedFrame prepared(frame, options_.search);
    std::vector<std::optional<ObjectModel>> ready(objects.size());
    int done = 0;
    for (const PendingDetection& one : pending) {
      report(progress, "verification", done++, static_cast<int>(pending.size()));
      if (!results[one.detection].pose) continue;
      std::optional<ObjectModel>& object = ready[one.object];
      // A pose that cannot be judged is given as the network found it.
      attempt(fmt::format("detection {}", one.detection), [&] {
        if (!object) object = searchable(objects[one.object], options_.search.threads);
        check_pose(prepared, *object, options_, results[one.detection]);
      });
    }
  }

  /// Whether `action` succeeded. What fails is logged, so that others are not lost with it.
  template <class Action>
  bool attempt(const std::string& what, const Action& action) const {
    try {
      with_torch_errors(kWho, action);
      return true;
    } catch (const Error& problem) {
      if (ends_the_call(problem)) throw;
      log_warning("{}: {}", what, problem.what());
      return false;
    }
  }

  const MemoryReturn memory_return_;  // first, to go when all else is gone
  const Stopwatch loading_;           // counts all that follows
  NeuralPoseOptions options_;
  const nets::Pem network_;
  const TemplateSettings templates_;
  const std::string hash_;
  const std::string key_;
  ModelReport report_;
  mutable PreparedObjects<nets::PemObject> prepared_;
  mutable std::atomic<bool> said_unprepared_ = false;
};

}  // namespace

std::shared_ptr<const PoseEstimator::Backend> make_neural_pose_backend(
    const NeuralPoseOptions& options, const ProgressFn& progress, const nets::PemConfig& config) {
  const MemoryReturn of_loading;
  return with_torch_errors(
      kWho, [&] { return std::make_shared<const NeuralPoseBackend>(options, progress, config); });
}

}  // namespace sam6d

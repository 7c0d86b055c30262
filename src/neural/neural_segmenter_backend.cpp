#include "neural/neural_segmenter_backend.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

#include <ATen/ops/isfinite.h>
#include <c10/core/InferenceMode.h>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "base/progress.hpp"
#include "base/stopwatch.hpp"
#include "nets/precision.hpp"
#include "neural/depth_survey.hpp"
#include "neural/descriptors.hpp"
#include "neural/detection_choice.hpp"
#include "neural/frame_part.hpp"
#include "neural/memory_return.hpp"
#include "neural/near_duplicates.hpp"
#include "neural/object_descriptors.hpp"
#include "neural/prepared_objects.hpp"
#include "neural/proposal_gating.hpp"
#include "neural/proposal_scores.hpp"
#include "neural/torch_errors.hpp"
#include "neural/viewed_object.hpp"

namespace sam6d {
namespace {

constexpr const char* kWho = "segmentation networks";
/// Proposals whose descriptors are in memory together: a megabyte each.
constexpr std::size_t kDescribedTogether = 256;

using ViewedObjectPtr = std::shared_ptr<const ViewedObject>;

/// The reference describes and gives all that it proposes.
NeuralSegmenterOptions effective(NeuralSegmenterOptions options) {
  options.proposal_weights.reset();  // the caller's to keep
  options.descriptor_weights.reset();
  if (!options.reference_quirks) return options;
  options.prompt_gating = false;
  options.size_gating = false;
  options.merge_iou = 1;
  options.min_score = 0;
  options.nms_threshold = 1;
  options.max_instances_per_object = 0;
  return options;
}

/// The objects of a call that can be looked for.
struct Wanted {
  std::vector<ViewedObjectPtr> owned;
  std::vector<const ViewedObject*> objects;
  std::vector<ObjectId> ids;
  std::vector<ObjectSize> sizes;
};

class NeuralSegmenter final : public Segmenter::Backend {
 public:
  NeuralSegmenter(const NeuralSegmenterOptions& options, ProposalSource source,
                  nets::Dinov2 network, ModelReport report)
      : options_(effective(options)),
        source_(std::move(source)),
        network_(std::move(network)),
        network_report_(std::move(report)),
        prepared_(options.cached_objects) {
    views_.views = options_.template_views;
    views_.pictures = {options_.batch_size, options_.threads};
    views_.reference_quirks = options_.reference_quirks;
    scores_.semantic.best_views = options_.best_views;
    scores_.semantic.threshold = options_.semantic_threshold;
    scores_.visible_threshold = options_.visible_threshold;
    scores_.reference_quirks = options_.reference_quirks;
    scores_.threads = options_.threads;
  }

  [[nodiscard]] std::vector<ModelReport> models() const override {
    if (source_.model.network.empty()) return {network_report_};
    return {source_.model, network_report_};
  }

  [[nodiscard]] ObjectModel prepare(const ObjectModel& object,
                                    const ProgressFn& progress) const override {
    return with_torch_errors(
        kWho, [&] { return with_view_descriptors(network_, object, views_, progress); });
  }

  [[nodiscard]] std::vector<Detection> segment(const Frame& whole,
                                               std::span<const ObjectModel> objects,
                                               const ProgressFn& progress,
                                               SegmentReport* asked) const override {
    SegmentReport own;
    SegmentReport& report = asked != nullptr ? *asked : own;
    report = {};
    report.has_counts = true;
    const Frame frame = region_of_interest(whole);
    std::vector<Detection> detections = with_torch_errors(kWho, [&] {
      const c10::InferenceMode inference;
      return segment_frame(frame, objects, progress, report);
    });
    move_to_frame(whole, detections);
    return detections;
  }

 private:
  template <class Action>
  static auto timed(SegmentReport& report, const char* stage, const Action& action) {
    const Stopwatch stopwatch;
    auto result = action();
    report.seconds.push_back({stage, stopwatch.seconds()});
    return result;
  }

  [[nodiscard]] std::vector<Detection> segment_frame(const Frame& frame,
                                                     std::span<const ObjectModel> objects,
                                                     const ProgressFn& progress,
                                                     SegmentReport& report) const {
    const Wanted wanted = timed(report, "objects", [&] { return prepare_all(objects, progress); });
    const std::optional<DepthSurvey> survey =
        timed(report, "depth", [&] { return look_at_depth(frame, wanted); });
    std::vector<Proposal> proposals =
        timed(report, "proposals", [&] { return propose(frame, survey, progress, report); });
    report.proposals = static_cast<int>(proposals.size());
    proposals = timed(report, "gating", [&] {
      return worth_describing(frame, survey, wanted, std::move(proposals), report);
    });
    report.proposals_described = static_cast<int>(proposals.size());
    std::vector<ProposalScore> scores =
        timed(report, "descriptors", [&] { return look_at(frame, proposals, wanted, progress); });
    return timed(report, "scores", [&] {
      score_places(frame, proposals, wanted.objects, scores_, scores);
      return choose_detections(proposals, scores, wanted.ids,
                               {options_.min_score, options_.nms_threshold,
                                options_.max_instances_per_object, options_.reference_quirks});
    });
  }

  [[nodiscard]] ViewedObjectPtr viewed(const ObjectModel& object,
                                       const ProgressFn& progress) const {
    if (ViewedObjectPtr found = prepared_.find(object)) return found;
    std::optional<Descriptors> views = kept_view_descriptors(network_, object, views_);
    if (!views) {
      if (!said_unprepared_.exchange(true)) {
        log_info(
            "object {} {}: its templates go through the descriptor network now, which "
            "Segmenter::prepare() does once for all",
            object.id(), object.name());
      }
      views = compute_view_descriptors(network_, object, views_, progress);
    }
    auto prepared = std::make_shared<const ViewedObject>(view_object(object, *views, views_));
    prepared_.insert(object, prepared);
    return prepared;
  }

  /// One object that cannot be looked for does not lose the others; when all of them cannot, the
  /// first one's error is thrown.
  [[nodiscard]] Wanted prepare_all(std::span<const ObjectModel> objects,
                                   const ProgressFn& progress) const {
    Wanted wanted;
    std::exception_ptr problem;
    for (const ObjectModel& object : objects) {
      try {
        wanted.owned.push_back(with_torch_errors(kWho, [&] { return viewed(object, progress); }));
      } catch (const Error& error) {
        if (error.code() == ErrorCode::kCancelled || error.code() == ErrorCode::kDevice) throw;
        if (!problem) problem = std::current_exception();
        log_warning("object {} {} is not looked for: {}", object.id(), object.name(), error.what());
        continue;
      }
      wanted.ids.push_back(object.id());
      wanted.objects.push_back(wanted.owned.back().get());
      wanted.sizes.push_back(wanted.objects.back()->size);
    }
    if (wanted.objects.empty() && problem) std::rethrow_exception(problem);
    return wanted;
  }

  [[nodiscard]] std::optional<DepthSurvey> look_at_depth(const Frame& frame,
                                                         const Wanted& wanted) const {
    const bool for_prompts = options_.prompt_gating && source_.points_per_side > 0;
    if (!for_prompts && !options_.size_gating) return std::nullopt;
    return survey_depth(frame, wanted.sizes, {0, options_.threads});
  }

  [[nodiscard]] std::vector<Proposal> propose(const Frame& frame,
                                              const std::optional<DepthSurvey>& survey,
                                              const ProgressFn& progress,
                                              SegmentReport& report) const {
    PromptFilter worth;
    if (options_.prompt_gating && source_.points_per_side > 0 && survey) {
      const double side = source_.points_per_side;
      const double width = frame.camera.width / side;
      const double height = frame.camera.height / side;
      worth = [&survey, width, height](double x, double y) {
        return is_worth_a_prompt(*survey, {x, y, width, height});
      };
    }
    return source_.propose(frame, worth, progress, report);
  }

  /// Without those that show nothing, cannot be an object, or are nearly the same as others.
  [[nodiscard]] std::vector<Proposal> worth_describing(const Frame& frame,
                                                       const std::optional<DepthSurvey>& survey,
                                                       const Wanted& wanted,
                                                       std::vector<Proposal> proposals,
                                                       SegmentReport& report) const {
    const auto before = proposals.size();
    std::erase_if(proposals, [](const Proposal& one) {
      return one.box_px.empty() || one.extent_px.empty() || one.weights.empty();
    });
    if (options_.size_gating && survey) {
      const std::vector<GateReason> reasons =
          gate_proposals(proposals, frame, *survey, wanted.sizes, options_.threads);
      std::size_t i = 0;
      std::erase_if(proposals, [&](const Proposal&) { return reasons[i++] != GateReason::kNone; });
    }
    report.proposals_skipped = static_cast<int>(before - proposals.size());
    if (options_.merge_iou >= 1) return proposals;
    std::vector<Proposal> kept;
    for (const int i : without_near_duplicates(proposals, options_.merge_iou, options_.threads)) {
      kept.push_back(std::move(proposals[static_cast<std::size_t>(i)]));
    }
    report.proposals_merged = static_cast<int>(proposals.size() - kept.size());
    return kept;
  }

  [[nodiscard]] std::vector<ProposalScore> look_at(const Frame& frame,
                                                   std::span<const Proposal> proposals,
                                                   const Wanted& wanted,
                                                   const ProgressFn& progress) const {
    std::vector<ProposalScore> scores;
    std::int64_t broken = 0;
    for (std::size_t first = 0; first < proposals.size(); first += kDescribedTogether) {
      const auto some =
          proposals.subspan(first, std::min(kDescribedTogether, proposals.size() - first));
      const Descriptors descriptors =
          describe(network_, frame.rgb, some, views_.pictures, progress);
      broken += static_cast<std::int64_t>(some.size()) -
                at::isfinite(descriptors.cls).all(1).sum().item<std::int64_t>();
      const std::vector<ProposalScore> more =
          score_looks(descriptors, static_cast<int>(first), wanted.objects, scores_);
      scores.insert(scores.end(), more.begin(), more.end());
    }
    if (broken > 0) {
      log_warning(
          "{} of {} proposals have descriptors that are not finite, and are no detections; the "
          "descriptor network may need more than {}",
          broken, proposals.size(), to_string(options_.precision));
    }
    return scores;
  }

  const MemoryReturn memory_return_;  // first, to go when all else is gone
  const NeuralSegmenterOptions options_;
  const ProposalSource source_;
  const nets::Dinov2 network_;
  const ModelReport network_report_;
  ViewDescriptorSettings views_;
  ScoreSettings scores_;
  mutable PreparedObjects<ViewedObject> prepared_;
  mutable std::atomic<bool> said_unprepared_ = false;
};

}  // namespace

std::shared_ptr<const Segmenter::Backend> make_neural_segmenter(
    const NeuralSegmenterOptions& options, ProposalSource source, nets::Dinov2 network,
    const ModelReport& network_report) {
  return std::make_shared<const NeuralSegmenter>(options, std::move(source), std::move(network),
                                                 network_report);
}

std::shared_ptr<const Segmenter::Backend> make_neural_segmenter_backend(
    const NeuralSegmenterOptions& options, const ProgressFn& progress) {
  const MemoryReturn of_loading;
  return with_torch_errors(kWho, [&] {
    ProposalSource source = load_proposal_source(options, progress);
    const Stopwatch loading;
    report(progress, "load dinov2", 0, 1);
    const at::Device device = nets::torch_device(options.device);
    nets::Dinov2 network = nets::load_dinov2(*options.descriptor_weights, device,
                                             nets::torch_type(options.precision, device));
    report(progress, "load dinov2", 1, 1);
    const ModelReport model{"dinov2",          options.descriptor_weights->source(),
                            network.hash,      options.device,
                            options.precision, loading.seconds(),
                            network.bytes};
    log_info("dinov2: loaded {} in {:.2f} s, {} MiB", model.source, model.load_seconds,
             model.bytes >> 20);
    return make_neural_segmenter(options, std::move(source), std::move(network), model);
  });
}

}  // namespace sam6d

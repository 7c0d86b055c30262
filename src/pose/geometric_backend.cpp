#include "pose/geometric_backend.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "base/parallel.hpp"
#include "base/progress.hpp"
#include "pose/frame_features.hpp"
#include "pose/search.hpp"

namespace sam6d {
namespace {

constexpr int kLeastDepthPixels = 20;
constexpr float kMostUnverified = 0.12F;

/// Pixels with depth under a mask; counting stops at `enough`.
int depth_pixels(const Frame& frame, const Mask& mask, int enough) {
  const Box inside = intersect(mask.box(), Box{0, 0, frame.camera.width, frame.camera.height});
  int count = 0;
  for (int y = inside.y0; y < inside.y1; ++y) {
    for (int x = inside.x0; x < inside.x1; ++x) {
      const float z = frame.depth_m.at(x, y);
      if (mask.at(x, y) && std::isfinite(z) && z > 0 && ++count >= enough) return count;
    }
  }
  return count;
}

/// Whether the sensor measured next to nothing where the object would be.
bool shows_nothing(const PoseEvidence& evidence) {
  constexpr float kMost = 0.1F;  // of the rendered pixels
  return evidence.match + evidence.violation + evidence.below < kMost;
}

/// A guess as it came, where the sensor measured too little of the object to judge it: no surer
/// than its detection, and not sure.
Hypothesis unverified(const FrameFeatures& frame, const Detection& detection) {
  Hypothesis hypothesis;
  hypothesis.cam_from_obj = *detection.cam_from_obj_guess;
  hypothesis.presence = std::min(detection.score, kMostUnverified);
  hypothesis.probability = hypothesis.presence;
  const int blocks = (frame.camera.width + 3) / 4;
  const Box inside =
      intersect(detection.mask.box(), Box{0, 0, frame.full_camera.width, frame.full_camera.height});
  std::map<std::uint32_t, int> counts;
  for (int y = inside.y0; y < inside.y1; y += frame.reduction) {
    for (int x = inside.x0; x < inside.x1; x += frame.reduction) {
      if (!detection.mask.at(x, y)) continue;
      ++counts[static_cast<std::uint32_t>((y / frame.reduction / 4) * blocks +
                                          x / frame.reduction / 4)];
    }
  }
  for (const auto& [block, pixels] : counts) {
    hypothesis.explained.emplace_back(block, static_cast<std::uint8_t>(std::min(16, pixels)));
  }
  return hypothesis;
}

/// The search that the detections ask for. Detections of one object without masks in one region are
/// so many instances of one query.
struct Plan {
  std::vector<SearchQuery> queries;
  std::vector<int> query_of;  // per detection; -1 = none
};

class GeometricBackend final : public PoseEstimator::Backend {
 public:
  explicit GeometricBackend(const GeometricPoseOptions& options) : options_(options) {
    options_.validate();
  }

  ObjectModel prepare(const ObjectModel& object, const ProgressFn& progress) const override {
    return searchable(object, options_.search.threads, progress);
  }

  std::vector<PoseResult> estimate(const Frame& frame, std::span<const ObjectModel> objects,
                                   std::span<const Detection> detections,
                                   const ProgressFn& progress,
                                   std::vector<StageSeconds>* /*seconds*/) const override {
    validate(frame);
    std::vector<PoseResult> results(detections.size());
    for (std::size_t i = 0; i < detections.size(); ++i) results[i].detection = detections[i];
    if (detections.empty()) return results;
    std::vector<ObjectModel> ready;
    for (const ObjectModel& object : objects) ready.push_back(prepare(object, progress));
    const PreparedFrame prepared(frame, options_.search);
    report(progress, "picture", 1, 1);

    const Plan plan = make_plan(frame, ready, detections, results);
    std::vector<std::uint8_t> failed;
    std::vector<std::vector<Hypothesis>> found(plan.queries.size());
    refine_guesses(prepared, ready, plan, detections, found, progress);
    search_others(prepared, ready, plan, detections, found, failed, progress);
    give_poses(prepared, ready, plan, found, failed, results);
    return results;
  }

  PoseResult refine(const Frame& frame, const ObjectModel& object,
                    const RigidTransform& cam_from_obj) const override {
    const ObjectModel ready = prepare(object, {});
    const PreparedFrame prepared(frame, options_.search);
    PoseResult result;
    result.detection.object = object.id();
    const std::optional<Hypothesis> best =
        refine_pose(prepared, ready, cam_from_obj, options_.search);
    if (!best) {
      result.reason = NoPoseReason::kOutsidePicture;
      return result;
    }
    fill(prepared, ready, *best, result);
    return result;
  }

 private:
  /// Fills in reasons of detections that cannot be searched.
  Plan make_plan(const Frame& frame, const std::vector<ObjectModel>& objects,
                 std::span<const Detection> detections, std::vector<PoseResult>& results) const {
    Plan plan;
    plan.query_of.assign(detections.size(), -1);
    const Box picture{0, 0, frame.camera.width, frame.camera.height};
    std::vector<bool> shareable;
    for (std::size_t i = 0; i < detections.size(); ++i) {
      const Detection& detection = detections[i];
      const auto object =
          std::find_if(objects.begin(), objects.end(),
                       [&](const ObjectModel& model) { return model.id() == detection.object; });
      if (object == objects.end()) {
        results[i].reason = NoPoseReason::kUnknownObject;
        continue;
      }
      SearchQuery query;
      query.object = static_cast<int>(object - objects.begin());
      query.max_instances = 1;
      query.keep = std::max(12, 2 * options_.k_best);
      const bool guess = options_.trust_guess && detection.cam_from_obj_guess.has_value();
      if (!guess && !detection.mask.empty()) {
        if (intersect(detection.mask.box(), picture).empty()) {
          results[i].reason = NoPoseReason::kOutsidePicture;
          continue;
        }
        if (depth_pixels(frame, detection.mask, kLeastDepthPixels) < kLeastDepthPixels) {
          results[i].reason = NoPoseReason::kTooFewPoints;  // unless the outline tells enough
        }
        query.mask = &detection.mask;
      } else if (!guess && !detection.box_px.empty()) {
        query.box_px = intersect(detection.box_px, picture);
        if (query.box_px.empty()) {
          results[i].reason = NoPoseReason::kOutsidePicture;
          continue;
        }
      }
      const bool shared = !guess && query.mask == nullptr;
      if (shared) {
        const auto same = [&](std::size_t q) {
          return shareable[q] && plan.queries[q].object == query.object &&
                 plan.queries[q].box_px == query.box_px;
        };
        std::size_t q = 0;
        while (q < plan.queries.size() && !same(q)) ++q;
        if (q < plan.queries.size()) {
          ++plan.queries[q].max_instances;
          plan.queries[q].keep += 4;
          plan.query_of[i] = static_cast<int>(q);
          continue;
        }
      }
      plan.query_of[i] = static_cast<int>(plan.queries.size());
      plan.queries.push_back(query);
      shareable.push_back(shared);
    }
    return plan;
  }

  void refine_guesses(const PreparedFrame& frame, const std::vector<ObjectModel>& objects,
                      const Plan& plan, std::span<const Detection> detections,
                      std::vector<std::vector<Hypothesis>>& found,
                      const ProgressFn& progress) const {
    if (!options_.trust_guess) return;
    for (std::size_t i = 0; i < detections.size(); ++i) {
      if (plan.query_of[i] < 0 || !detections[i].cam_from_obj_guess) continue;
      report(progress, "refinement", static_cast<int>(i), static_cast<int>(detections.size()));
      const auto query = static_cast<std::size_t>(plan.query_of[i]);
      if (!detections[i].cam_from_obj_guess->matrix().allFinite()) continue;
      const int object = plan.queries[query].object;
      std::optional<Hypothesis> hypothesis =
          refine_pose(frame, objects[static_cast<std::size_t>(object)],
                      *detections[i].cam_from_obj_guess, options_.search);
      if (!hypothesis || hypothesis->presence < kMostUnverified) {
        const Hypothesis as_it_is = judge_pose(frame, objects[static_cast<std::size_t>(object)],
                                               *detections[i].cam_from_obj_guess, options_.search);
        if (shows_nothing(as_it_is.evidence)) {
          hypothesis = unverified(frame.features(), detections[i]);
        }
      }
      if (!hypothesis) continue;
      hypothesis->object = object;
      hypothesis->query = static_cast<int>(query);
      found[query].push_back(std::move(*hypothesis));
    }
  }

  void search_others(const PreparedFrame& frame, const std::vector<ObjectModel>& objects,
                     const Plan& plan, std::span<const Detection> detections,
                     std::vector<std::vector<Hypothesis>>& found, std::vector<std::uint8_t>& failed,
                     const ProgressFn& progress) const {
    failed.assign(plan.queries.size(), 0);
    std::vector<bool> has_guess(plan.queries.size(), false);
    for (std::size_t i = 0; i < detections.size(); ++i) {
      if (plan.query_of[i] >= 0 && options_.trust_guess && detections[i].cam_from_obj_guess) {
        has_guess[static_cast<std::size_t>(plan.query_of[i])] = true;
      }
    }
    std::vector<SearchQuery> queries;
    std::vector<std::size_t> places;
    for (std::size_t q = 0; q < plan.queries.size(); ++q) {
      if (has_guess[q]) continue;
      queries.push_back(plan.queries[q]);
      places.push_back(q);
    }
    std::vector<std::uint8_t> failed_here;
    std::vector<std::vector<Hypothesis>> here =
        search(frame, objects, queries, options_.search, progress, &failed_here);
    for (std::size_t q = 0; q < here.size(); ++q) {
      for (Hypothesis& hypothesis : here[q]) hypothesis.query = static_cast<int>(places[q]);
      found[places[q]] = std::move(here[q]);
      failed[places[q]] = failed_here[q];
    }
  }

  void give_poses(const PreparedFrame& frame, const std::vector<ObjectModel>& objects,
                  const Plan& plan, const std::vector<std::vector<Hypothesis>>& found,
                  const std::vector<std::uint8_t>& failed, std::vector<PoseResult>& results) const {
    // Which hypotheses each query gets, best first.
    std::vector<std::vector<const Hypothesis*>> chosen(plan.queries.size());
    if (options_.resolve_conflicts) {
      std::vector<Hypothesis> all;
      for (const auto& some : found) all.insert(all.end(), some.begin(), some.end());
      std::vector<const Hypothesis*> origins;
      for (const auto& some : found) {
        for (const Hypothesis& hypothesis : some) origins.push_back(&hypothesis);
      }
      for (const int i : choose_jointly(all, plan.queries, objects, 0.0F)) {
        const Hypothesis* const origin = origins[static_cast<std::size_t>(i)];
        chosen[static_cast<std::size_t>(origin->query)].push_back(origin);
      }
    } else {
      for (std::size_t q = 0; q < found.size(); ++q) {
        const auto count = static_cast<std::size_t>(plan.queries[q].max_instances);
        for (std::size_t i = 0; i < std::min(count, found[q].size()); ++i) {
          chosen[q].push_back(&found[q][i]);
        }
      }
    }
    std::vector<std::size_t> next(plan.queries.size(), 0);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (plan.query_of[i] < 0) continue;
      const auto q = static_cast<std::size_t>(plan.query_of[i]);
      PoseResult& result = results[i];
      if (next[q] >= chosen[q].size()) {
        if (!found[q].empty()) {
          result.reason = NoPoseReason::kDuplicate;
        } else if (failed[q] != 0) {
          result.reason = NoPoseReason::kFailed;
        } else if (result.reason != NoPoseReason::kTooFewPoints) {
          result.reason = NoPoseReason::kNoHypothesis;
        }
        continue;
      }
      const Hypothesis& best = *chosen[q][next[q]++];
      if (best.probability < options_.min_score) {
        result.reason = NoPoseReason::kLowScore;
        result.network_score = best.raw_score;
        continue;
      }
      fill(frame, objects[static_cast<std::size_t>(best.object)], best, result);
      for (const Hypothesis& other : found[q]) {
        if (static_cast<int>(result.alternatives.size()) + 1 >= options_.k_best) break;
        if (&other == &best || other.probability < options_.min_score) continue;
        result.alternatives.push_back({other.cam_from_obj, other.probability});
      }
    }
  }

  /// The pose with its figures; a detection that came without mask or box gets them.
  static void fill(const PreparedFrame& frame, const ObjectModel& object, const Hypothesis& best,
                   PoseResult& result) {
    result.pose = Pose{best.cam_from_obj, best.probability};
    result.reason = NoPoseReason::kNone;
    result.network_score = best.raw_score;
    result.visible_fraction = std::clamp(best.evidence.visible, 0.0F, 1.0F);
    result.refined = true;
    if (result.detection.mask.empty()) {
      result.detection.mask = visible_mask(frame, object, best.cam_from_obj);
      if (result.detection.box_px.empty()) result.detection.box_px = result.detection.mask.box();
      if (result.detection.score == 0) result.detection.score = best.presence;
    }
  }

  GeometricPoseOptions options_;
};

}  // namespace

std::shared_ptr<const PoseEstimator::Backend> make_geometric_pose_backend(
    const GeometricPoseOptions& options) {
  return std::make_shared<const GeometricBackend>(options);
}

}  // namespace sam6d

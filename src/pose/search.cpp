#include "pose/search.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <iterator>
#include <mutex>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "base/parallel.hpp"
#include "base/progress.hpp"
#include "object/object_data.hpp"
#include "pose/calibration.hpp"
#include "pose/candidate.hpp"
#include "pose/frame_features.hpp"
#include "pose/hidden_proposals.hpp"
#include "pose/icp.hpp"
#include "pose/object_search.hpp"
#include "pose/scene_view.hpp"
#include "pose/twins.hpp"
#include "render/z_buffer.hpp"

namespace sam6d {
namespace {

constexpr float kSure = 0.9F;      // presence of a pose that needs no second look
constexpr float kDoubtful = 0.8F;  // below it, shape alone is tried too
constexpr float kHidden = 0.12F;   // below it, places without depth are tried
constexpr const char* kStage = "search";

Box working_box(const FrameFeatures& frame, const SearchQuery& query) {
  const Box& box = query.mask != nullptr ? query.mask->box() : query.box_px;
  if (box.empty()) return query.mask != nullptr ? Box{} : frame.region;
  const int r = frame.reduction;
  return intersect(frame.region,
                   Box{box.x0 / r, box.y0 / r, (box.x1 + r - 1) / r, (box.y1 + r - 1) / r});
}

/// Whether two poses are one but for what refinement leaves.
bool same_pose(const Hypothesis& a, const Hypothesis& b, const ObjectData& object,
               const RotationDistance& distance) {
  constexpr double kSamePlace = 0.05;  // share of the diameter
  constexpr float kSameTurn = 0.2F;    // rad
  const Eigen::Vector3d center = object.geometric.center_m.cast<double>();
  return (a.cam_from_obj * center - b.cam_from_obj * center).norm() <
             kSamePlace * object.diameter_m &&
         distance(a.cam_from_obj.linear().cast<float>(), b.cam_from_obj.linear().cast<float>()) <
             kSameTurn;
}

/// Adds poses to a list that are not in it yet; the surest first, at most `keep`.
void merge_hypotheses(std::vector<Hypothesis>& into, std::vector<Hypothesis> more,
                      const ObjectData& object, int keep) {
  std::move(more.begin(), more.end(), std::back_inserter(into));
  std::stable_sort(into.begin(), into.end(), [](const Hypothesis& a, const Hypothesis& b) {
    return a.presence != b.presence ? a.presence > b.presence : a.raw_score > b.raw_score;
  });
  const RotationDistance distance(object.symmetries);
  std::vector<Hypothesis> kept;
  for (Hypothesis& hypothesis : into) {
    const auto known = std::find_if(kept.begin(), kept.end(), [&](const Hypothesis& other) {
      return same_pose(other, hypothesis, object, distance);
    });
    if (known == kept.end()) {
      if (static_cast<int>(kept.size()) < keep) kept.push_back(std::move(hypothesis));
    } else if (hypothesis.colored == known->colored && hypothesis.raw_score > known->raw_score) {
      // The better aligned of two that are one.
      const float presence = known->presence;
      *known = std::move(hypothesis);
      known->presence = presence;
    }
  }
  into = std::move(kept);
}

/// The search of all queries with one profile.
class Searcher {
 public:
  Searcher(const PreparedFrame& frame, std::span<const ObjectModel> objects,
           std::span<const SearchQuery> queries, const GeometricSearchOptions& options,
           const ProgressFn& progress, std::vector<std::uint8_t>* failed)
      : frame_(frame.features()),
        objects_(objects),
        queries_(queries),
        options_(options),
        progress_(progress),
        failed_(failed) {}

  /// Searches the queries of `which` and adds to `found`.
  void run(const std::vector<int>& which, const SearchProfile& profile, bool use_color,
           std::span<const std::uint8_t> explained, std::vector<std::vector<Hypothesis>>& found) {
    total_ += static_cast<int>(which.size());
    const int threads = thread_count(options_.threads);
    const int inner = std::max(1, threads / std::max(1, static_cast<int>(which.size())));
    parallel_for(static_cast<int>(which.size()), threads, [&](int i) {
      const int index = which[static_cast<std::size_t>(i)];
      try {
        run_one(index, profile, use_color, explained, inner,
                found[static_cast<std::size_t>(index)]);
      } catch (const std::exception& error) {
        // One object that fails must not lose the others; what the host throws stops all.
        if (stopped_ || failed_ == nullptr) throw;
        log_warning("search of query {} failed: {}", index, error.what());
        (*failed_)[static_cast<std::size_t>(index)] = 1;
      }
      tell(1);
    });
  }

 private:
  void run_one(int index, const SearchProfile& profile, bool use_color,
               std::span<const std::uint8_t> explained, int threads,
               std::vector<Hypothesis>& found) {
    const SearchQuery& query = queries_[static_cast<std::size_t>(index)];
    const ObjectData& object = objects_[static_cast<std::size_t>(query.object)].data();
    const SceneView scene(frame_, object.geometric.diameter_m, query.mask);
    ObjectSearchOptions search;
    search.profile = profile;
    search.use_color = use_color && object.geometric.has_color;
    search.region = working_box(frame_, query);
    search.explained = explained;
    search.seed =
        options_.seed ^ (0x9e3779b97f4a7c15ULL * (static_cast<std::uint64_t>(object.id) + 1U));
    search.threads = threads;
    search.checkpoint = [this] { tell(0); };
    std::vector<Hypothesis> more = search_object(scene, object, search);
    for (Hypothesis& hypothesis : more) {
      hypothesis.object = query.object;
      hypothesis.query = index;
      if (options_.use_color && !search.use_color && object.geometric.has_color) {
        hypothesis.presence = presence_probability(hypothesis.evidence, hypothesis.raw_score,
                                                   ColorEvidence::kLeftOut);
      }
    }
    merge_hypotheses(found, std::move(more), object, query.keep);
  }

  /// The host's callback is called from one thread at a time.
  void tell(int finished) {
    const std::lock_guard lock(mutex_);
    done_ += finished;
    try {
      report(progress_, kStage, done_, total_);
    } catch (...) {
      stopped_ = true;
      throw;
    }
  }

  const FrameFeatures& frame_;
  std::span<const ObjectModel> objects_;
  std::span<const SearchQuery> queries_;
  const GeometricSearchOptions& options_;
  const ProgressFn& progress_;
  std::vector<std::uint8_t>* failed_;
  std::mutex mutex_;
  std::atomic<bool> stopped_{false};
  int done_ = 0;
  int total_ = 0;
};

/// Marks the blocks of pixels that sure poses explain, and counts those poses by query.
std::vector<std::uint8_t> explained_blocks(const FrameFeatures& frame,
                                           std::span<const ObjectModel> objects,
                                           std::span<const SearchQuery> queries,
                                           const std::vector<std::vector<Hypothesis>>& found,
                                           std::vector<int>& sure_count) {
  constexpr int kMostOfBlock = 8;  // of 16 pixels
  std::vector<Hypothesis> all;
  for (const std::vector<Hypothesis>& some : found) {
    for (const Hypothesis& hypothesis : some) {
      if (hypothesis.presence >= kSure) all.push_back(hypothesis);
    }
  }
  const auto blocks = static_cast<std::size_t>((frame.camera.width + 3) / 4) *
                      static_cast<std::size_t>((frame.camera.height + 3) / 4);
  std::vector<std::uint8_t> explained(blocks, 0);
  sure_count.assign(queries.size(), 0);
  for (const int chosen : choose_jointly(all, queries, objects, kSure)) {
    const Hypothesis& hypothesis = all[static_cast<std::size_t>(chosen)];
    ++sure_count[static_cast<std::size_t>(hypothesis.query)];
    for (const auto& [block, pixels] : hypothesis.explained) {
      if (pixels >= kMostOfBlock) explained[block] = 1;
    }
  }
  return explained;
}

/// Searches with the profiles that the effort asks for.
std::vector<std::vector<Hypothesis>> run_passes(const PreparedFrame& frame,
                                                std::span<const ObjectModel> objects,
                                                std::span<const SearchQuery> queries,
                                                const GeometricSearchOptions& options,
                                                const ProgressFn& progress,
                                                std::vector<std::uint8_t>* failed) {
  using Effort = GeometricSearchOptions::Effort;
  std::vector<std::vector<Hypothesis>> found(queries.size());
  Searcher searcher(frame, objects, queries, options, progress, failed);
  std::vector<int> which;
  which.reserve(queries.size());
  for (int i = 0; i < static_cast<int>(queries.size()); ++i) which.push_back(i);
  const bool full_at_once = options.effort == Effort::kFull;
  searcher.run(which, full_at_once ? SearchProfile::full() : SearchProfile::fast(),
               options.use_color, {}, found);
  if (options.effort == Effort::kFast) return found;

  std::vector<int> sure_count;
  std::vector<std::uint8_t> explained =
      explained_blocks(frame.features(), objects, queries, found, sure_count);
  std::vector<int> missing;
  std::vector<int> found_some;
  for (const int i : which) {
    const auto index = static_cast<std::size_t>(i);
    const int wanted = queries[index].max_instances;
    if (wanted > 0 && sure_count[index] >= wanted) continue;
    (sure_count[index] == 0 ? missing : found_some).push_back(i);
  }
  if (!full_at_once)
    searcher.run(missing, SearchProfile::full(), options.use_color, explained, found);
  // More instances of what was found, in what is left.
  searcher.run(found_some, SearchProfile::fast(), options.use_color, explained, found);

  if (!options.use_color) return found;
  // A CAD model's colours may be wrong: what colour did not find is looked for by shape alone.
  std::vector<int> colored;
  explained = explained_blocks(frame.features(), objects, queries, found, sure_count);
  for (const int i : missing) {
    const auto index = static_cast<std::size_t>(i);
    const auto& object = objects[static_cast<std::size_t>(queries[index].object)];
    const float best = found[index].empty() ? 0.0F : found[index].front().presence;
    if (object.data().geometric.has_color && sure_count[index] == 0 && best < kDoubtful) {
      colored.push_back(i);
    }
  }
  searcher.run(colored, full_at_once ? SearchProfile::full() : SearchProfile::fast(), false,
               explained, found);
  return found;
}

/// The probability that a pose is right, and not one of those from which the object looks alike.
float settled_probability(const SceneView& scene, const ObjectData& object,
                          const Hypothesis& hypothesis, bool use_color) {
  const GeometricFeatures& features = object.geometric;
  const float d = features.diameter_m;
  const RotationDistance distance(object.symmetries);
  std::vector<Hypothesis> others;
  for (const Eigen::Matrix3f& turn : features.look_alikes) {
    Candidate candidate;
    candidate.rotation = hypothesis.cam_from_obj.linear().cast<float>() * turn;
    candidate.translation_m =
        (hypothesis.cam_from_obj * features.center_m.cast<double>()).cast<float>();
    align(scene, features, {4, 0.05F * d, 150}, candidate);
    align(scene, features, {3, 0.025F * d + 0.002F, 400}, candidate);
    Hypothesis other = judged(scene, object, candidate, use_color);
    if (!same_pose(other, hypothesis, object, distance)) others.push_back(std::move(other));
  }
  std::vector<Hypothesis> rivals;
  merge_hypotheses(rivals, std::move(others), object, 100);
  rivals.push_back(hypothesis);
  settle_twins(scene, object, rivals);
  return std::find_if(rivals.begin(), rivals.end(),
                      [&](const Hypothesis& rival) {
                        return rival.cam_from_obj.matrix() == hypothesis.cam_from_obj.matrix();
                      })
      ->probability;
}

}  // namespace

PreparedFrame::PreparedFrame(const Frame& frame, const GeometricSearchOptions& options)
    : camera_(frame.camera) {
  validate(frame);
  options.validate();
  features_ = std::make_shared<const FrameFeatures>(compute_frame_features(frame, options));
}

ObjectModel searchable(const ObjectModel& object, int threads, const ProgressFn& progress) {
  const ObjectData& data = object.data();
  if (!data.geometric.empty()) return object;
  auto copy = std::make_shared<ObjectData>(data);
  copy->geometric = build_geometric_features(copy->mesh, copy->diameter_m, copy->symmetries, 0,
                                             threads, progress);
  return ObjectModel(std::move(copy));
}

std::vector<std::vector<Hypothesis>> search(const PreparedFrame& frame,
                                            std::span<const ObjectModel> objects,
                                            std::span<const SearchQuery> queries,
                                            const GeometricSearchOptions& options,
                                            const ProgressFn& progress,
                                            std::vector<std::uint8_t>* failed) {
  if (failed != nullptr) failed->assign(queries.size(), 0);
  std::vector<std::vector<Hypothesis>> found =
      run_passes(frame, objects, queries, options, progress, failed);
  std::vector<int> sure_count;
  const std::vector<std::uint8_t> explained =
      explained_blocks(frame.features(), objects, queries, found, sure_count);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const ObjectData& object = objects[static_cast<std::size_t>(queries[q].object)].data();
    const SceneView scene(frame.features(), object.geometric.diameter_m, queries[q].mask);
    const bool masked = queries[q].mask != nullptr;
    const bool colored = options.use_color && object.geometric.has_color;
    if ((masked || colored) && (found[q].empty() || found[q].front().presence < kHidden)) {
      HiddenProposalOptions hidden;
      hidden.use_color = !masked;
      hidden.region = working_box(frame.features(), queries[q]);
      hidden.explained = explained;
      hidden.seed = options.seed;
      std::vector<Hypothesis> more = hidden_proposals(scene, object, hidden);
      for (Hypothesis& hypothesis : more) {
        hypothesis.object = queries[q].object;
        hypothesis.query = static_cast<int>(q);
      }
      merge_hypotheses(found[q], std::move(more), object, queries[q].keep);
    }
    settle_twins(scene, object, found[q]);
  }
  return found;
}

std::optional<Hypothesis> refine_pose(const PreparedFrame& frame, const ObjectModel& object,
                                      const RigidTransform& cam_from_obj,
                                      const GeometricSearchOptions& options, const Mask* mask) {
  const ObjectData& data = object.data();
  const GeometricFeatures& features = data.geometric;
  if (!cam_from_obj.matrix().allFinite()) {
    fail(ErrorCode::kInvalidArgument, "pose to refine: expected finite numbers");
  }
  const SceneView scene(frame.features(), features.diameter_m, mask);
  Candidate pose;
  pose.rotation = cam_from_obj.linear().cast<float>();
  pose.translation_m = (cam_from_obj * features.center_m.cast<double>()).cast<float>();
  const float d = features.diameter_m;
  const bool use_color = options.use_color && features.has_color;
  std::optional<Hypothesis> best;
  const auto consider = [&](const Candidate& candidate) {
    Hypothesis hypothesis = judged(scene, data, candidate, use_color);
    if (hypothesis.evidence.pixels == 0) return;
    if (!best || hypothesis.raw_score > best->raw_score) best = std::move(hypothesis);
  };
  consider(pose);
  constexpr int kPoints = 1000;
  for (const IcpOptions& icp :
       {IcpOptions{6, 0.08F * d, kPoints}, IcpOptions{6, 0.04F * d, kPoints},
        IcpOptions{6, 0.025F * d + 0.002F, kPoints}}) {
    align(scene, features, icp, pose);
    consider(pose);
  }
  if (best) best->probability = settled_probability(scene, data, *best, use_color);
  return best;
}

Hypothesis judge_pose(const PreparedFrame& frame, const ObjectModel& object,
                      const RigidTransform& cam_from_obj, const GeometricSearchOptions& options) {
  const ObjectData& data = object.data();
  const GeometricFeatures& features = data.geometric;
  const SceneView scene(frame.features(), features.diameter_m, nullptr);
  Candidate pose;
  pose.rotation = cam_from_obj.linear().cast<float>();
  pose.translation_m = (cam_from_obj * features.center_m.cast<double>()).cast<float>();
  return judged(scene, data, pose, options.use_color && features.has_color);
}

Mask visible_mask(const PreparedFrame& frame, const ObjectModel& object,
                  const RigidTransform& cam_from_obj) {
  const FrameFeatures& features = frame.features();
  const GeometricFeatures& model = object.data().geometric;
  const CameraIntrinsics& camera = features.full_camera;
  ProjectedVertices projected;
  ZBuffer buffer;
  const Eigen::Vector3f center = (cam_from_obj * model.center_m.cast<double>()).cast<float>();
  rasterize(model.vertices_m, model.faces, cam_from_obj.linear().cast<float>(), center, camera,
            Box{0, 0, camera.width, camera.height}, 1, projected, buffer);
  Mask mask(Box{buffer.x0, buffer.y0, buffer.x0 + buffer.width, buffer.y0 + buffer.height});
  for (int row = 0; row < buffer.height; ++row) {
    for (int column = 0; column < buffer.width; ++column) {
      const float inverse = buffer.at(column, row);
      if (inverse <= 0) continue;
      const float z = 1.0F / inverse;
      const int x = buffer.x0 + column;
      const int y = buffer.y0 + row;
      const float measured =
          features
              .full_depth_m[static_cast<std::size_t>(y) * static_cast<std::size_t>(camera.width) +
                            static_cast<std::size_t>(x)];
      const float tolerance = std::max(0.03F * model.diameter_m, 4.0F * features.sigma_m(z));
      if (measured > 0 && measured < z - tolerance) continue;
      mask.set(x, y);
    }
  }
  return mask.cropped();
}

}  // namespace sam6d

#include "pose/object_search.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "base/stopwatch.hpp"
#include "pose/calibration.hpp"
#include "pose/candidate.hpp"
#include "pose/final_score.hpp"
#include "pose/icp.hpp"
#include "pose/quick_score.hpp"
#include "pose/voting.hpp"

namespace sam6d {
namespace {

constexpr float kPlace = 0.3F;        // share of the diameter; radius of a place
constexpr int kGrain = 16;            // poses that a thread takes at a time
constexpr float kAllPoints = 100000;  // more than any view has

std::vector<int> choose_references(std::size_t count, const SearchProfile& profile,
                                   std::uint64_t seed) {
  std::vector<int> order(count);
  std::iota(order.begin(), order.end(), 0);
  Random random(seed);
  shuffle(order, random);
  const int wanted =
      std::clamp(static_cast<int>(profile.reference_share * static_cast<float>(count)),
                 profile.least_references, profile.most_references);
  if (static_cast<int>(count) > wanted) order.resize(static_cast<std::size_t>(wanted));
  return order;
}

/// One round: suppress, align, judge again.
struct Round {
  float near;  // share of the diameter
  float near_rad;
  IcpOptions icp;
  QuickScoreOptions quick;
};

std::vector<Candidate> run_round(const SceneView& scene, const ObjectData& object,
                                 std::vector<Candidate> candidates,
                                 const RotationDistance& distance, const Round& round, int keep,
                                 int quota, int threads) {
  const GeometricFeatures& features = object.geometric;
  SuppressionOptions suppression;
  suppression.near_m = round.near * features.diameter_m;
  suppression.near_rad = round.near_rad;
  suppression.place_m = kPlace * features.diameter_m;
  suppression.keep = keep;
  suppression.quota = quota;
  std::vector<Candidate> kept = suppressed(std::move(candidates), distance, suppression);
  parallel_for_ranges(static_cast<int>(kept.size()), kGrain, threads, [&](int begin, int end) {
    for (int i = begin; i < end; ++i) {
      Candidate& candidate = kept[static_cast<std::size_t>(i)];
      align(scene, features, round.icp, candidate);
      candidate.score = quick_score(scene, features, candidate, round.quick);
    }
  });
  return kept;
}

/// The best few poses of different places, each with the turns after which the object looks alike.
std::vector<Candidate> look_alikes(const SceneView& scene, const ObjectData& object,
                                   const std::vector<Candidate>& candidates,
                                   const std::vector<Hypothesis>& hypotheses,
                                   const QuickScoreOptions& quick) {
  constexpr float kLeastScore = 0.2F;
  constexpr float kLeastShare = 0.75F;  // of the quick score of the pose that it is a turn of
  constexpr std::size_t kPlaces[] = {24, 24, 24, 16,
                                     12, 8,  8,  8};  // turns that are tried in the best places
  const GeometricFeatures& features = object.geometric;
  const float d = features.diameter_m;
  std::vector<std::size_t> order(hypotheses.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return hypotheses[a].raw_score > hypotheses[b].raw_score;
  });
  std::vector<Candidate> places;
  std::vector<Candidate> found;
  for (const std::size_t i : order) {
    if (places.size() >= std::size(kPlaces) || hypotheses[i].raw_score < kLeastScore) break;
    const Candidate& base = candidates[i];
    const bool known = std::any_of(places.begin(), places.end(), [&](const Candidate& other) {
      return (other.translation_m - base.translation_m).norm() < kPlace * d;
    });
    if (known) continue;
    const std::size_t most = std::min(kPlaces[places.size()], features.look_alikes.size());
    places.push_back(base);
    const float least = kLeastShare * quick_score(scene, features, base, quick);
    for (std::size_t turn = 0; turn < most; ++turn) {
      Candidate candidate = base;
      candidate.rotation = base.rotation * features.look_alikes[turn];
      align(scene, features, {4, 0.05F * d, 150}, candidate);
      if (quick_score(scene, features, candidate, quick) < least) continue;
      align(scene, features, {3, 0.025F * d + 0.002F, 400}, candidate);
      found.push_back(candidate);
    }
  }
  return found;
}

RigidTransform object_pose(const GeometricFeatures& object, const Candidate& pose) {
  RigidTransform cam_from_obj = RigidTransform::Identity();
  const Eigen::Matrix3d rotation =
      Eigen::Quaterniond(pose.rotation.cast<double>()).normalized().toRotationMatrix();
  cam_from_obj.linear() = rotation;
  cam_from_obj.translation() =
      pose.translation_m.cast<double>() - rotation * object.center_m.cast<double>();
  return cam_from_obj;
}

Hypothesis to_hypothesis(const GeometricFeatures& object, const Candidate& pose, FinalScore judged,
                         bool use_color) {
  Hypothesis hypothesis;
  hypothesis.cam_from_obj = object_pose(object, pose);
  hypothesis.raw_score = judged.score;
  hypothesis.evidence = judged.evidence;
  hypothesis.explained = std::move(judged.explained);
  hypothesis.colored = use_color && object.has_color;
  hypothesis.presence =
      presence_probability(judged.evidence, judged.score,
                           hypothesis.colored ? ColorEvidence::kCompared : ColorEvidence::kNone);
  hypothesis.probability = hypothesis.presence;
  return hypothesis;
}

std::vector<Hypothesis> judge_all(const SceneView& scene, const ObjectData& object,
                                  const std::vector<Candidate>& candidates,
                                  const ObjectSearchOptions& options) {
  std::vector<Hypothesis> hypotheses(candidates.size());
  FinalScoreOptions final_options;
  final_options.use_color = options.use_color;
  parallel_for_ranges(
      static_cast<int>(candidates.size()), kGrain, options.threads, [&](int begin, int end) {
        ScoreScratch scratch;
        for (int i = begin; i < end; ++i) {
          const auto index = static_cast<std::size_t>(i);
          hypotheses[index] = to_hypothesis(
              object.geometric, candidates[index],
              final_score(scene, object.geometric, candidates[index], final_options, scratch),
              options.use_color);
        }
      });
  return hypotheses;
}

}  // namespace

SearchProfile SearchProfile::fast() {
  SearchProfile profile;
  profile.voxel = 0.10F;
  profile.least_references = 150;
  profile.most_references = 250;
  profile.keep[0] = 250;
  profile.keep[1] = 100;
  profile.keep[2] = 25;
  return profile;
}

SearchProfile SearchProfile::full() { return SearchProfile{}; }

Hypothesis judged(const SceneView& scene, const ObjectData& object, const Candidate& pose,
                  bool use_color) {
  ScoreScratch scratch;
  FinalScoreOptions options;
  options.use_color = use_color;
  return to_hypothesis(object.geometric, pose,
                       final_score(scene, object.geometric, pose, options, scratch), use_color);
}

std::vector<Hypothesis> search_object(const SceneView& scene, const ObjectData& object,
                                      const ObjectSearchOptions& options, StageTimes* times) {
  const GeometricFeatures& features = object.geometric;
  const float d = features.diameter_m;
  const SearchProfile& profile = options.profile;
  const auto checkpoint = [&] {
    if (options.checkpoint) options.checkpoint();
  };
  Stopwatch watch;
  double last = 0;
  const auto lap = [&](double StageTimes::*stage) {
    const double now = watch.seconds();
    if (times != nullptr) times->*stage += now - last;
    last = now;
  };

  checkpoint();
  ScenePointOptions point_options;
  point_options.voxel_m = profile.voxel * d;
  point_options.region = options.region;
  point_options.use_color = options.use_color;
  point_options.explained = options.explained;
  const std::vector<ScenePoint> points = scene_points(scene, features, point_options);
  lap(&StageTimes::points);
  constexpr std::size_t kLeastPoints = 8;
  if (points.size() < kLeastPoints) return {};

  VotingOptions voting;
  voting.quick.tau_m = 0.06F * d;
  voting.quick.use_color = options.use_color;
  voting.quick.give_up_below = 0.1F;
  voting.threads = options.threads;
  std::vector<Candidate> candidates = vote(
      scene, features, points, choose_references(points.size(), profile, options.seed), voting);
  lap(&StageTimes::voting);
  checkpoint();

  const RotationDistance distance(object.symmetries);
  QuickScoreOptions quick;
  quick.use_color = options.use_color;
  quick.tau_m = 0.04F * d;
  const Round first{0.08F, 0.22F, {5, 0.08F * d, 150}, quick};
  candidates = run_round(scene, object, std::move(candidates), distance, first, profile.keep[0],
                         profile.quota[0], options.threads);
  checkpoint();
  quick.tau_m = std::max(0.03F * d, 0.005F);
  quick.points = static_cast<int>(kAllPoints);
  const Round second{0.04F, 0.12F, {6, 0.04F * d, 300}, quick};
  candidates = run_round(scene, object, std::move(candidates), distance, second, profile.keep[1],
                         profile.quota[1], options.threads);
  checkpoint();
  const Round third{0.03F, 0.10F, {4, 0.025F * d + 0.002F, 600}, quick};
  candidates = run_round(scene, object, std::move(candidates), distance, third, profile.keep[2],
                         profile.quota[2], options.threads);
  lap(&StageTimes::alignment);
  checkpoint();

  std::vector<Hypothesis> hypotheses = judge_all(scene, object, candidates, options);
  quick.points = 150;
  const std::vector<Candidate> alike = look_alikes(scene, object, candidates, hypotheses, quick);
  std::vector<Hypothesis> more = judge_all(scene, object, alike, options);
  std::move(more.begin(), more.end(), std::back_inserter(hypotheses));
  std::stable_sort(
      hypotheses.begin(), hypotheses.end(),
      [](const Hypothesis& a, const Hypothesis& b) { return a.raw_score > b.raw_score; });
  lap(&StageTimes::scoring);
  return hypotheses;
}

}  // namespace sam6d

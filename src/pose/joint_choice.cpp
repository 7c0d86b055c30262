#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "object/object_data.hpp"
#include "pose/search.hpp"

namespace sam6d {
namespace {

constexpr double kMostShared = 0.35;      // of the matched pixels
constexpr float kDeep = 0.06F;            // of the smaller diameter
constexpr double kMostPenetrating = 0.2;  // of the smaller object's points
constexpr float kClearlyBetter = 0.75F;   // a pose this much worse gives way to one it penetrates
constexpr std::size_t kProbePoints = 80;

double shared_pixels(const Hypothesis& hypothesis,
                     const std::unordered_map<std::uint32_t, int>& taken) {
  double shared = 0;
  double all = 0;
  for (const auto& [block, pixels] : hypothesis.explained) {
    all += pixels;
    const auto found = taken.find(block);
    if (found != taken.end()) shared += std::min<int>(pixels, found->second);
  }
  return all > 0 ? shared / all : 1.0;
}

/// Share of the points of `a` that lie deep inside `b`: behind the nearest surface of `b`.
double inside_share(const GeometricFeatures& a, const RigidTransform& cam_from_a,
                    const GeometricFeatures& b, const RigidTransform& cam_from_b) {
  const float deep = kDeep * std::min(a.diameter_m, b.diameter_m);
  const Eigen::Isometry3f b_from_a = (cam_from_b.inverse() * cam_from_a).cast<float>();
  const std::size_t step = std::max<std::size_t>(1, a.points.size() / kProbePoints);
  int probes = 0;
  int inside = 0;
  for (std::size_t i = 0; i < a.points.size(); i += step) {
    const Eigen::Vector3f point = b_from_a * (a.points[i].position_m + a.center_m) - b.center_m;
    ++probes;
    if (point.squaredNorm() > b.radius_m * b.radius_m) continue;
    const ModelPoint* nearest = nullptr;
    float best = std::numeric_limits<float>::max();
    for (const ModelPoint& other : b.points) {
      const float squared = (other.position_m - point).squaredNorm();
      if (squared < best) {
        best = squared;
        nearest = &other;
      }
    }
    if (nearest != nullptr && (point - nearest->position_m).dot(nearest->normal) < -deep) ++inside;
  }
  return probes > 0 ? static_cast<double>(inside) / probes : 0.0;
}

bool penetrate(const Hypothesis& a, const Hypothesis& b, std::span<const ObjectModel> objects) {
  const GeometricFeatures& first = objects[static_cast<std::size_t>(a.object)].data().geometric;
  const GeometricFeatures& second = objects[static_cast<std::size_t>(b.object)].data().geometric;
  const double distance = (a.cam_from_obj * first.center_m.cast<double>() -
                           b.cam_from_obj * second.center_m.cast<double>())
                              .norm();
  if (distance > first.radius_m + second.radius_m) return false;
  const bool first_smaller = first.diameter_m < second.diameter_m;
  const GeometricFeatures& small = first_smaller ? first : second;
  const GeometricFeatures& large = first_smaller ? second : first;
  const RigidTransform& cam_from_small = first_smaller ? a.cam_from_obj : b.cam_from_obj;
  const RigidTransform& cam_from_large = first_smaller ? b.cam_from_obj : a.cam_from_obj;
  return inside_share(small, cam_from_small, large, cam_from_large) > kMostPenetrating;
}

}  // namespace

std::vector<int> choose_jointly(std::span<const Hypothesis> hypotheses,
                                std::span<const SearchQuery> queries,
                                std::span<const ObjectModel> objects, float min_presence) {
  std::vector<int> order(hypotheses.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int i, int j) {
    const Hypothesis& a = hypotheses[static_cast<std::size_t>(i)];
    const Hypothesis& b = hypotheses[static_cast<std::size_t>(j)];
    if (a.presence != b.presence) return a.presence > b.presence;
    return a.probability != b.probability ? a.probability > b.probability
                                          : a.raw_score > b.raw_score;
  });
  std::vector<int> counts(queries.size(), 0);
  std::unordered_map<std::uint32_t, int> taken;
  std::vector<int> chosen;
  for (const int i : order) {
    const Hypothesis& hypothesis = hypotheses[static_cast<std::size_t>(i)];
    if (hypothesis.presence < min_presence) break;
    const auto query = static_cast<std::size_t>(hypothesis.query);
    if (queries[query].max_instances > 0 && counts[query] >= queries[query].max_instances) continue;
    if (shared_pixels(hypothesis, taken) > kMostShared) continue;
    if (std::any_of(chosen.begin(), chosen.end(), [&](int other) {
          const Hypothesis& better = hypotheses[static_cast<std::size_t>(other)];
          return hypothesis.raw_score < kClearlyBetter * better.raw_score &&
                 penetrate(hypothesis, better, objects);
        })) {
      continue;
    }
    chosen.push_back(i);
    ++counts[query];
    for (const auto& [block, pixels] : hypothesis.explained) taken[block] += pixels;
  }
  return chosen;
}

}  // namespace sam6d

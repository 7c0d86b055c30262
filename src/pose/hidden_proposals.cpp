#include "pose/hidden_proposals.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <utility>

#include <Eigen/Geometry>

#include "base/random.hpp"
#include "pose/candidate.hpp"
#include "pose/depthless_patches.hpp"
#include "pose/object_search.hpp"
#include "pose/resting.hpp"
#include "render/z_buffer.hpp"

namespace sam6d {
namespace {

constexpr std::size_t kPatches = 3;     // tried, of an object
constexpr float kMostPresence = 0.12F;  // what outline and colour can prove
constexpr float kLeastSlope = 0.05F;    // of a ray to a plane

/// Rotations that bring a direction of the object to one of the camera frame, and turns about it.
void add_turns(const Eigen::Vector3f& object_direction, const Eigen::Vector3f& camera_direction,
               int turns, std::vector<Eigen::Matrix3f>& all) {
  const Eigen::Quaternionf align =
      Eigen::Quaternionf::FromTwoVectors(object_direction, camera_direction);
  for (int turn = 0; turn < turns; ++turn) {
    const float angle =
        2.0F * std::numbers::pi_v<float> * static_cast<float>(turn) / static_cast<float>(turns);
    all.emplace_back((Eigen::AngleAxisf(angle, camera_direction) * align).toRotationMatrix());
  }
}

/// Where, and how turned, the object may be that a patch shows.
struct Placement {
  const SupportPlane* plane = nullptr;  ///< on which it lies; null = at one of `depths_m`
  std::vector<float> depths_m;
  std::vector<Eigen::Matrix3f> rotations;
};

/// Depths that were measured about a patch, from near to far: the object may be at any of them.
std::vector<float> depths_about(const SceneView& scene, const DepthlessPatch& patch) {
  constexpr int kReach = 6;
  std::vector<float> measured;
  for (const auto& [x, y] : patch.pixels) {
    constexpr int kOffsets[4][2] = {{kReach, 0}, {-kReach, 0}, {0, kReach}, {0, -kReach}};
    for (const auto& offset : kOffsets) {
      const int u = x + offset[0];
      const int v = y + offset[1];
      if (u < 0 || v < 0 || u >= scene.width() || v >= scene.height()) continue;
      const float z = scene.pixel(u, v).z_m;
      if (z > 0) measured.push_back(z);
    }
  }
  std::sort(measured.begin(), measured.end());
  std::vector<float> depths;
  if (measured.empty()) return depths;
  for (const float share : {0.2F, 0.5F, 0.7F, 0.85F, 0.95F}) {
    depths.push_back(
        measured[static_cast<std::size_t>(share * static_cast<float>(measured.size() - 1))]);
  }
  return depths;
}

/// The plane on which an object seen along a ray would lie.
const SupportPlane* plane_below(const SceneView& scene, const GeometricFeatures& object,
                                const Eigen::Vector3f& ray) {
  for (const SupportPlane* const plane : scene.supports()) {
    const float slope = plane->normal.dot(ray);
    if (slope < -kLeastSlope &&
        plane->covers(ray * (-plane->offset_m / slope), 0.5F * object.diameter_m)) {
      return plane;
    }
  }
  return nullptr;
}

/// Whether the object could fill the patch at a depth that is about right.
bool plausible(const SceneView& scene, const GeometricFeatures& object, const DepthlessPatch& patch,
               float z_m) {
  constexpr float kMargin = 1.5F;  // the object may be nearer, and the box is wider than it
  int low_x = scene.width();
  int low_y = scene.height();
  int high_x = 0;
  int high_y = 0;
  for (const auto& [x, y] : patch.pixels) {
    low_x = std::min(low_x, x);
    low_y = std::min(low_y, y);
    high_x = std::max(high_x, x);
    high_y = std::max(high_y, y);
  }
  return std::hypot(static_cast<float>(high_x - low_x), static_cast<float>(high_y - low_y)) <
         kMargin * object.diameter_m * scene.fx() / z_m;
}

/// Judges poses by a patch: how much of it they cover, less what they cover that is something else.
class PatchScore {
 public:
  PatchScore(const SceneView& scene, const GeometricFeatures& object,
             const std::vector<std::uint8_t>& may_show, const DepthlessPatch& patch)
      : scene_(scene), object_(object), may_show_(may_show), patch_(patch) {}

  /// By the first visible points of the view alone; tells good from bad.
  [[nodiscard]] float quick(const Candidate& pose) const {
    constexpr std::size_t kPoints = 64;
    const int view = object_.view_of(-(pose.rotation.transpose() * pose.translation_m));
    std::span<const std::uint16_t> indices = object_.points_of_view(view);
    indices = indices.first(std::min(indices.size(), kPoints));
    int balance = 0;
    for (const std::uint16_t index : indices) {
      const Eigen::Vector3f point =
          pose.rotation * object_.points[index].position_m + pose.translation_m;
      const float u = scene_.fx() * point.x() / point.z() + scene_.cx() + 0.5F;
      const float v = scene_.fy() * point.y() / point.z() + scene_.cy() + 0.5F;
      if (!(u >= 0 && v >= 0 && u < static_cast<float>(scene_.width()) &&
            v < static_cast<float>(scene_.height()))) {
        continue;
      }
      const auto x = static_cast<int>(u);
      const auto y = static_cast<int>(v);
      if (wrong(x, y, point.z())) {
        balance -= 2;
      } else if (may_show(x, y)) {
        balance += 1;
      }
    }
    return static_cast<float>(balance);
  }

  /// By its rendering: the covered share of the patch, less 1.5 times what is wrong.
  [[nodiscard]] float exact(const Candidate& pose) {
    constexpr float kWrongCost = 1.5F;
    rasterize(object_.vertices_m, object_.faces, pose.rotation, pose.translation_m,
              scene_.frame().camera, Box{0, 0, scene_.width(), scene_.height()}, 1, projected_,
              buffer_);
    int wrongs = 0;
    for (int row = 0; row < buffer_.height; ++row) {
      for (int column = 0; column < buffer_.width; ++column) {
        const float inverse = buffer_.at(column, row);
        if (inverse > 0 && wrong(buffer_.x0 + column, buffer_.y0 + row, 1.0F / inverse)) ++wrongs;
      }
    }
    int covered = 0;
    for (const auto& [x, y] : patch_.pixels) {
      const int column = x - buffer_.x0;
      const int row = y - buffer_.y0;
      if (column >= 0 && row >= 0 && column < buffer_.width && row < buffer_.height &&
          buffer_.at(column, row) > 0) {
        ++covered;
      }
    }
    return (static_cast<float>(covered) - kWrongCost * static_cast<float>(wrongs)) /
           static_cast<float>(patch_.pixels.size());
  }

 private:
  [[nodiscard]] bool may_show(int x, int y) const {
    return may_show_[static_cast<std::size_t>(y * scene_.width() + x)] != 0;
  }
  /// Whether a pixel shows that the object is not there at a depth.
  [[nodiscard]] bool wrong(int x, int y, float z_m) const {
    const PixelFeatures& pixel = scene_.pixel(x, y);
    if (pixel.z_m <= 0) return !may_show(x, y);
    const float tau =
        std::max(0.03F * object_.diameter_m, 4.0F * scene_.frame().sigma_m(pixel.z_m));
    const float behind = z_m - pixel.z_m;
    return behind < -tau || (behind > tau && scene_.surface(pixel) == Surface::kSupport);
  }

  const SceneView& scene_;
  const GeometricFeatures& object_;
  const std::vector<std::uint8_t>& may_show_;
  const DepthlessPatch& patch_;
  ProjectedVertices projected_;
  ZBuffer buffer_;
};

Placement place(const SceneView& scene, const GeometricFeatures& object,
                const DepthlessPatch& patch, const std::vector<Eigen::Vector3f>& rests) {
  constexpr int kRestTurns = 48;
  constexpr int kViews = 100;
  constexpr int kViewTurns = 12;
  Placement placement;
  const auto& [x, y] = patch.pixels[patch.pixels.size() / 2];
  const Eigen::Vector3f ray = scene.point(x, y, 1.0F);
  placement.plane = plane_below(scene, object, ray);
  if (placement.plane != nullptr) {
    const SupportPlane& plane = *placement.plane;
    placement.depths_m.push_back(-plane.offset_m / plane.normal.dot(ray));
    for (const Eigen::Vector3f& down : rests) {
      add_turns(down, -plane.normal, kRestTurns, placement.rotations);
    }
  } else {
    placement.depths_m = depths_about(scene, patch);
    for (const Eigen::Vector3f& view : even_directions(kViews)) {
      add_turns(view, -ray.normalized(), kViewTurns, placement.rotations);
    }
  }
  return placement;
}

/// Poses in which some visible point of the object lies on some pixel of the patch.
std::vector<Candidate> cover(const SceneView& scene, const GeometricFeatures& object,
                             const DepthlessPatch& patch, const Placement& placement,
                             const PatchScore& score, std::uint64_t seed) {
  constexpr std::size_t kAnchors = 6;  // points, per rotation
  Random random(seed);
  std::vector<Candidate> candidates;
  for (const Eigen::Matrix3f& rotation : placement.rotations) {
    const auto& [px, py] = patch.pixels.front();
    const Eigen::Vector3f ray = scene.point(px, py, 1.0F);
    const std::span<const std::uint16_t> seen =
        object.points_of_view(object.view_of(-(rotation.transpose() * ray)));
    const auto add = [&](const Eigen::Vector3f& translation) {
      if (translation.z() < object.radius_m) return;
      Candidate candidate{rotation, translation, 0};
      candidate.score = score.quick(candidate);
      candidates.push_back(candidate);
    };
    for (std::size_t anchor = 0; anchor < std::min(kAnchors, seen.size()); ++anchor) {
      const Eigen::Vector3f offset = rotation * object.points[seen[anchor]].position_m;
      const auto& [x, y] =
          patch.pixels[random.below(static_cast<std::uint32_t>(patch.pixels.size()))];
      const Eigen::Vector3f at = scene.point(x, y, 1.0F);
      if (placement.plane == nullptr) {
        for (const float z : placement.depths_m) add(z * at - offset);
        continue;
      }
      // Along the pixel's ray to where the object touches the plane.
      const SupportPlane& plane = *placement.plane;
      const float slope = plane.normal.dot(at);
      if (slope > -kLeastSlope) continue;
      const float rest = rest_height_m(object, -(rotation.transpose() * plane.normal));
      add((rest - plane.offset_m + plane.normal.dot(offset)) / slope * at - offset);
    }
  }
  return candidates;
}

/// Of the poses that do about as well as the best, the one in their middle: it is wrong by least.
Candidate middle_of_best(const std::vector<Candidate>& candidates) {
  constexpr float kAsWell = 0.07F;
  float best = -1e9F;
  for (const Candidate& pose : candidates) best = std::max(best, pose.score);
  Eigen::Vector3f mean = Eigen::Vector3f::Zero();
  float count = 0;
  for (const Candidate& pose : candidates) {
    if (pose.score < best - kAsWell) continue;
    mean += pose.translation_m;
    count += 1;
  }
  mean /= count;
  const Candidate* middle = nullptr;
  for (const Candidate& pose : candidates) {
    if (pose.score < best - kAsWell) continue;
    if (middle == nullptr ||
        (pose.translation_m - mean).squaredNorm() < (middle->translation_m - mean).squaredNorm()) {
      middle = &pose;
    }
  }
  return *middle;
}

/// See Hypothesis::explained.
std::vector<std::pair<std::uint32_t, std::uint8_t>> explained_by(const DepthlessPatch& patch,
                                                                 const SceneView& scene) {
  const int blocks = (scene.width() + 3) / 4;
  std::map<std::uint32_t, std::uint8_t> counts;
  for (const auto& [x, y] : patch.pixels) {
    ++counts[static_cast<std::uint32_t>((y / 4) * blocks + x / 4)];
  }
  return {counts.begin(), counts.end()};
}

}  // namespace

std::vector<Hypothesis> hidden_proposals(const SceneView& scene, const ObjectData& object,
                                         const HiddenProposalOptions& options) {
  constexpr std::ptrdiff_t kRendered = 100;
  const GeometricFeatures& features = object.geometric;
  DepthlessPatchOptions patch_options;
  patch_options.use_color = options.use_color;
  patch_options.region = options.region;
  patch_options.explained = options.explained;
  const DepthlessPatches found = find_depthless_patches(scene, features, patch_options);
  std::vector<Eigen::Vector3f> rests;
  std::vector<Hypothesis> hypotheses;
  std::size_t tried = 0;
  for (const DepthlessPatch& patch : found.patches) {
    if (tried >= kPatches) break;
    if (rests.empty() && !scene.supports().empty()) rests = resting_directions(features);
    const Placement placement = place(scene, features, patch, rests);
    if (placement.depths_m.empty() ||
        !plausible(scene, features, patch, placement.depths_m.front())) {
      continue;
    }
    ++tried;
    PatchScore score(scene, features, found.may_show, patch);
    std::vector<Candidate> candidates =
        cover(scene, features, patch, placement, score, options.seed);
    const std::ptrdiff_t rendered = std::min(kRendered, std::ssize(candidates));
    std::partial_sort(candidates.begin(), candidates.begin() + rendered, candidates.end(),
                      [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
    candidates.resize(static_cast<std::size_t>(rendered));
    if (candidates.empty()) continue;
    for (Candidate& candidate : candidates) candidate.score = score.exact(candidate);
    const Candidate pose = middle_of_best(candidates);
    if (pose.score <= 0) continue;
    Hypothesis hypothesis = judged(scene, object, pose, options.use_color && features.has_color);
    hypothesis.raw_score = pose.score;
    hypothesis.presence = kMostPresence * pose.score;
    hypothesis.probability = hypothesis.presence;
    hypothesis.explained = explained_by(patch, scene);
    hypotheses.push_back(std::move(hypothesis));
  }
  std::stable_sort(
      hypotheses.begin(), hypotheses.end(),
      [](const Hypothesis& a, const Hypothesis& b) { return a.presence > b.presence; });
  return hypotheses;
}

}  // namespace sam6d

#include "pose/final_score.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace sam6d {
namespace {

// What a rendered sample meets in the picture.
enum State : std::uint8_t {
  kEmpty,      // not rendered
  kMatch,      // the foreground is where the object would be
  kTable,      // a background surface is
  kViolation,  // the measured surface lies behind
  kOccluded,   // something lies before it
  kBelow,      // a support plane lies before it
  kUnknown,    // no depth
};

// Occlusion costs much: the typical rival of a true pose hides behind something. The other costs
// were chosen on generated scenes of 17 kinds, where they hardly matter, and so that a real
// sensor's errors do not outweigh a good match.
constexpr float kOcclusionCost = 0.9F;
constexpr float kViolationCost = 1.3F;
constexpr float kEdgeCost = 0.5F;
constexpr float kPenetrationCost = 2.0F;
constexpr float kUnknownShare = 0.85F;  // of the pixels without depth that are forgiven
constexpr float kSpillReach = 0.2F;     // share of the diameter
constexpr float kEdgeReachPx = 3.5F;    // at the reference focal length
constexpr float kReferenceFocal = 572.0F;

float surface_tolerance(const SceneView& scene, const GeometricFeatures& object, float z_m,
                        float share, float sigmas) {
  return std::max(share * object.diameter_m, sigmas * scene.frame().sigma_m(z_m));
}

/// The samples' states with their sums.
struct Counts {
  int rendered = 0;
  int states[7] = {};
};

Counts classify(const SceneView& scene, const GeometricFeatures& object, const ZBuffer& buffer,
                std::vector<std::uint8_t>& states) {
  Counts counts;
  states.assign(buffer.inverse_z.size(), kEmpty);
  for (int row = 0; row < buffer.height; ++row) {
    for (int column = 0; column < buffer.width; ++column) {
      const float inverse = buffer.at(column, row);
      if (inverse <= 0) continue;
      const float z = 1.0F / inverse;
      const PixelFeatures& pixel =
          scene.pixel(buffer.x0 + column * buffer.step, buffer.y0 + row * buffer.step);
      State state = kUnknown;
      if (pixel.z_m > 0) {
        const float tau = surface_tolerance(scene, object, pixel.z_m, 0.02F, 4.0F);
        const float r = z - pixel.z_m;
        const Surface surface = scene.surface(pixel);
        if (r < -tau) {
          state = kViolation;
        } else if (r > tau) {
          state = surface == Surface::kSupport ? kBelow : kOccluded;
        } else {
          state = surface == Surface::kForeground ? kMatch : kTable;
        }
      }
      states[static_cast<std::size_t>(row * buffer.width + column)] = state;
      ++counts.states[state];
      ++counts.rendered;
    }
  }
  return counts;
}

/// Samples of measured foreground outside of the outline that continue the matched surface, up to
/// a fifth of the diameter from it.
int spilled_samples(const SceneView& scene, const GeometricFeatures& object, const Candidate& pose,
                    ScoreScratch& scratch) {
  const ZBuffer& buffer = scratch.buffer;
  const float reach_px = kSpillReach * object.diameter_m * scene.fx() / pose.translation_m.z();
  const int steps =
      std::clamp(static_cast<int>(reach_px / static_cast<float>(buffer.step)), 1, 200);
  const int width = buffer.width + 2 * steps;
  const int height = buffer.height + 2 * steps;
  scratch.reached.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
  const auto rendered = [&](int column, int row) {
    return column >= 0 && row >= 0 && column < buffer.width && row < buffer.height &&
           scratch.states[static_cast<std::size_t>(row * buffer.width + column)] != kEmpty;
  };
  const auto pixel_at = [&](int column, int row) -> const PixelFeatures* {
    const int x = buffer.x0 + column * buffer.step;
    const int y = buffer.y0 + row * buffer.step;
    if (x < 0 || y < 0 || x >= scene.width() || y >= scene.height()) return nullptr;
    return &scene.pixel(x, y);
  };
  constexpr int kLeastCosine = static_cast<int>(0.8 * 127 * 127);
  const auto stride = static_cast<float>(buffer.step);
  int count = 0;
  const auto spread = [&](int column, int row) {
    const PixelFeatures& from = *pixel_at(column, row);
    constexpr int kOffsets[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    for (const auto& offset : kOffsets) {
      const int x = column + offset[0];
      const int y = row + offset[1];
      if (x < -steps || y < -steps || x >= buffer.width + steps || y >= buffer.height + steps) {
        continue;
      }
      std::uint8_t& flag =
          scratch.reached[static_cast<std::size_t>((y + steps) * width + x + steps)];
      if (flag != 0 || rendered(x, y)) continue;
      const PixelFeatures* const to = pixel_at(x, y);
      if (to == nullptr || to->z_m <= 0 || scene.surface(*to) != Surface::kForeground) continue;
      const int cosine = from.normal[0] * to->normal[0] + from.normal[1] * to->normal[1] +
                         from.normal[2] * to->normal[2];
      if (cosine < kLeastCosine ||
          std::abs(from.z_m - to->z_m) > 0.002F * stride + 2.0F * scene.frame().sigma_m(from.z_m)) {
        continue;
      }
      flag = 1;
      ++count;
      scratch.next_queue.emplace_back(x, y);
    }
  };
  scratch.next_queue.clear();
  for (int row = 0; row < buffer.height; ++row) {
    for (int column = 0; column < buffer.width; ++column) {
      if (scratch.states[static_cast<std::size_t>(row * buffer.width + column)] == kMatch) {
        spread(column, row);
      }
    }
  }
  for (int level = 1; level < steps && !scratch.next_queue.empty(); ++level) {
    std::swap(scratch.queue, scratch.next_queue);
    scratch.next_queue.clear();
    for (const auto& [column, row] : scratch.queue) spread(column, row);
  }
  return count;
}

/// Share of the un-occluded outline at which the measured surface goes on as if there were no edge.
float bad_edge_share(const SceneView& scene, const GeometricFeatures& object,
                     const ScoreScratch& scratch) {
  constexpr int kSameDirection = static_cast<int>(0.75 * 127 * 127);
  constexpr float kColorStep = 0.15F;  // chroma
  const ZBuffer& buffer = scratch.buffer;
  const float reach = std::max(2.0F, kEdgeReachPx * scene.fx() / kReferenceFocal);
  const auto rendered = [&](int column, int row) {
    return column >= 0 && row >= 0 && column < buffer.width && row < buffer.height &&
                   scratch.states[static_cast<std::size_t>(row * buffer.width + column)] != kEmpty
               ? 1
               : 0;
  };
  int edges = 0;
  int bad = 0;
  for (int row = 0; row < buffer.height; ++row) {
    for (int column = 0; column < buffer.width; ++column) {
      const std::uint8_t state =
          scratch.states[static_cast<std::size_t>(row * buffer.width + column)];
      if (state != kMatch) continue;
      if (rendered(column - 1, row) + rendered(column + 1, row) + rendered(column, row - 1) +
              rendered(column, row + 1) ==
          4) {
        continue;
      }
      ++edges;
      // Outwards: against the gradient of the silhouette.
      float gx = 0;
      float gy = 0;
      for (int j = -2; j <= 2; ++j) {
        for (int i = -2; i <= 2; ++i) {
          if (rendered(column + i, row + j) == 0) continue;
          gx -= static_cast<float>(i);
          gy -= static_cast<float>(j);
        }
      }
      const float length = std::sqrt(gx * gx + gy * gy);
      if (length < 0.5F) continue;
      const int x_in = buffer.x0 + column * buffer.step;
      const int y_in = buffer.y0 + row * buffer.step;
      const int x = static_cast<int>(std::lround(static_cast<float>(x_in) + reach * gx / length));
      const int y = static_cast<int>(std::lround(static_cast<float>(y_in) + reach * gy / length));
      if (x < 0 || y < 0 || x >= scene.width() || y >= scene.height()) continue;
      const PixelFeatures& in = scene.pixel(x_in, y_in);
      const PixelFeatures& out = scene.pixel(x, y);
      if (out.z_m <= 0 || scene.surface(out) != Surface::kForeground) continue;
      const float z = 1.0F / buffer.at(column, row);
      if (std::abs(out.z_m - z) > surface_tolerance(scene, object, z, 0.03F, 5.0F)) continue;
      const int cosine = in.normal[0] * out.normal[0] + in.normal[1] * out.normal[1] +
                         in.normal[2] * out.normal[2];
      if (cosine < kSameDirection) continue;
      const auto dr = static_cast<float>(in.color.red_green - out.color.red_green);
      const auto dy = static_cast<float>(in.color.yellow_blue - out.color.yellow_blue);
      constexpr float kLimit = kColorStep * ColorFeature::kChromaScale;
      if (dr * dr + dy * dy > kLimit * kLimit) continue;
      ++bad;
    }
  }
  return edges > 0 ? static_cast<float>(bad) / static_cast<float>(edges) : 0.0F;
}

/// Colour and normals of the model points that the picture shows, and the share of the points that
/// lies outside of the picture.
float compare_points(const SceneView& scene, const GeometricFeatures& object, const Candidate& pose,
                     PoseEvidence& evidence) {
  constexpr std::size_t kMostPoints = 400;
  const int view = object.view_of(-(pose.rotation.transpose() * pose.translation_m));
  std::span<const std::uint16_t> indices = object.points_of_view(view);
  indices = indices.first(std::min(indices.size(), kMostPoints));
  constexpr float kFineChroma = 0.06F * ColorFeature::kChromaScale;
  constexpr float kFineLuma = 0.3F * ColorFeature::kLumaScale;
  float color = 0;
  float normals = 0;
  float residual = 0;
  int matched = 0;
  std::array<float, kMostPoints> luma{};  // observed minus model
  std::array<float, kMostPoints> chroma{};
  int outside = 0;
  for (const std::uint16_t index : indices) {
    const ModelPoint& model = object.points[index];
    const Eigen::Vector3f point = pose.rotation * model.position_m + pose.translation_m;
    if (point.z() < 0.02F) {
      ++outside;
      continue;
    }
    const float u = scene.fx() * point.x() / point.z() + scene.cx() + 0.5F;
    const float v = scene.fy() * point.y() / point.z() + scene.cy() + 0.5F;
    if (!(u >= 0 && v >= 0 && u < static_cast<float>(scene.width()) &&
          v < static_cast<float>(scene.height()))) {
      ++outside;
      continue;
    }
    const PixelFeatures& pixel = scene.pixel(static_cast<int>(u), static_cast<int>(v));
    if (pixel.z_m <= 0 || std::abs(point.z() - pixel.z_m) >
                              surface_tolerance(scene, object, pixel.z_m, 0.03F, 4.0F)) {
      continue;
    }
    color += color_similarity(pixel.color, model.color);
    residual +=
        std::abs(point.z() - pixel.z_m) / surface_tolerance(scene, object, pixel.z_m, 0.03F, 4.0F);
    const auto dr = static_cast<float>(pixel.color.red_green - model.color.red_green) / kFineChroma;
    const auto dy =
        static_cast<float>(pixel.color.yellow_blue - model.color.yellow_blue) / kFineChroma;
    chroma[static_cast<std::size_t>(matched)] = dr * dr + dy * dy;
    luma[static_cast<std::size_t>(matched)] =
        static_cast<float>(pixel.color.luma - model.color.luma) / kFineLuma;
    normals += std::max(0.0F, (pose.rotation * model.normal).dot(pixel.normal_vector()));
    ++matched;
  }
  evidence.color = matched > 0 ? color / static_cast<float>(matched) : 0.0F;
  evidence.residual = matched > 0 ? residual / static_cast<float>(matched) : 1.0F;
  evidence.fine_color = 0;
  if (matched > 0) {
    const auto count = static_cast<std::size_t>(matched);
    std::array<float, kMostPoints> sorted = luma;
    std::nth_element(sorted.begin(), sorted.begin() + matched / 2, sorted.begin() + matched);
    const float exposure = sorted[count / 2];
    float fine = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const float dl = luma[i] - exposure;
      fine += 1.0F / ((1.0F + chroma[i]) * (1.0F + dl * dl));
    }
    evidence.fine_color = fine / static_cast<float>(matched);
  }
  evidence.normals = matched > 0 ? normals / static_cast<float>(matched) : 0.0F;
  return indices.empty() ? 0.0F : static_cast<float>(outside) / static_cast<float>(indices.size());
}

/// How deep the object reaches into a support plane, as a share of its diameter, at most 0.3.
float penetration(const SceneView& scene, const GeometricFeatures& object, const Candidate& pose) {
  float deepest = 0;
  for (const SupportPlane* const plane : scene.supports()) {
    const Eigen::Vector3f down = pose.rotation.transpose() * plane->normal;
    float lowest = 0;
    std::size_t at = 0;
    for (std::size_t i = 0; i < object.vertices_m.size(); ++i) {
      const float height = down.dot(object.vertices_m[i]);
      if (height < lowest) {
        lowest = height;
        at = i;
      }
    }
    const Eigen::Vector3f point = pose.rotation * object.vertices_m[at] + pose.translation_m;
    const float height = plane->height_m(point);
    if (height < 0 && plane->covers(point)) deepest = std::max(deepest, -height);
  }
  return std::min(deepest / object.diameter_m, 0.3F);
}

void collect_explained(const SceneView& scene, const ScoreScratch& scratch, FinalScore& result) {
  const ZBuffer& buffer = scratch.buffer;
  const int blocks = (scene.width() + 3) / 4;
  const int each = buffer.step * buffer.step;
  std::vector<std::uint32_t> hits;
  for (int row = 0; row < buffer.height; ++row) {
    for (int column = 0; column < buffer.width; ++column) {
      if (scratch.states[static_cast<std::size_t>(row * buffer.width + column)] != kMatch) continue;
      const int x = buffer.x0 + column * buffer.step;
      const int y = buffer.y0 + row * buffer.step;
      hits.push_back(static_cast<std::uint32_t>((y / 4) * blocks + x / 4));
    }
  }
  std::sort(hits.begin(), hits.end());
  for (std::size_t i = 0; i < hits.size();) {
    std::size_t end = i;
    while (end < hits.size() && hits[end] == hits[i]) ++end;
    result.explained.emplace_back(
        hits[i], static_cast<std::uint8_t>(std::min(16, static_cast<int>(end - i) * each)));
    i = end;
  }
}

}  // namespace

FinalScore final_score(const SceneView& scene, const GeometricFeatures& object,
                       const Candidate& pose, const FinalScoreOptions& options,
                       ScoreScratch& scratch) {
  FinalScore result;
  result.score = -1.0F;
  if (!(pose.translation_m.z() > object.radius_m * 0.2F)) return result;
  const float size_px = object.diameter_m * scene.fx() / pose.translation_m.z();
  const int step =
      options.step > 0 ? options.step : std::clamp(static_cast<int>(size_px / 50.0F), 1, 4);
  rasterize(object.vertices_m, object.faces, pose.rotation, pose.translation_m,
            scene.frame().camera, Box{0, 0, scene.width(), scene.height()}, step, scratch.projected,
            scratch.buffer);
  if (scratch.buffer.empty()) return result;
  const Counts counts = classify(scene, object, scratch.buffer, scratch.states);
  if (counts.rendered < 8 || counts.states[kMatch] == 0) return result;

  PoseEvidence& evidence = result.evidence;
  const float outside = compare_points(scene, object, pose, evidence);
  const float share = (1.0F - outside) / static_cast<float>(counts.rendered);
  evidence.match = static_cast<float>(counts.states[kMatch]) * share;
  evidence.violation = static_cast<float>(counts.states[kViolation]) * share;
  evidence.occluded = static_cast<float>(counts.states[kOccluded]) * share + outside;
  evidence.below = static_cast<float>(counts.states[kBelow]) * share;
  evidence.unknown = static_cast<float>(counts.states[kUnknown]) * share;
  evidence.visible = evidence.match + evidence.unknown +
                     static_cast<float>(counts.states[kTable]) * share + evidence.violation;
  evidence.spill = static_cast<float>(spilled_samples(scene, object, pose, scratch)) * share;
  evidence.bad_edge = bad_edge_share(scene, object, scratch);
  evidence.penetration = penetration(scene, object, pose);
  const int reduction = scene.frame().reduction;
  evidence.pixels = counts.states[kMatch] * step * step * reduction * reduction;

  const float union_share =
      std::max(0.05F, 1.0F - evidence.occluded - kUnknownShare * evidence.unknown + evidence.spill);
  const float iou = std::min(1.0F, evidence.match / union_share);
  const float costs = kViolationCost * evidence.violation + kEdgeCost * evidence.bad_edge +
                      kPenetrationCost * evidence.penetration + kOcclusionCost * evidence.occluded +
                      evidence.below;
  evidence.shape_score = iou - costs;
  const bool colored = options.use_color && object.has_color;
  result.score = (colored ? iou * evidence.color : iou) - costs;
  collect_explained(scene, scratch, result);
  return result;
}

}  // namespace sam6d

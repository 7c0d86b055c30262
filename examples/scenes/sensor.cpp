#include "scenes/sensor.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "scenes/distance_field.hpp"
#include "scenes/random.hpp"

namespace sam6d::scenes {
namespace {

constexpr float kEdgeShare = 0.02F;  // of the depth: a larger step to a neighbour is an edge

/// Whether depth jumps between a pixel and one of its eight neighbours.
bool at_edge(const Image<float>& depth, int x, int y) {
  const float z = depth(x, y);
  for (int v = std::max(0, y - 1); v <= std::min(depth.height() - 1, y + 1); ++v) {
    for (int u = std::max(0, x - 1); u <= std::min(depth.width() - 1, x + 1); ++u) {
      if (std::abs(depth(u, v) - z) > kEdgeShare * z) return true;
    }
  }
  return false;
}

/// Pixels whose surface a projector, `baseline` to the right of the camera, does not light.
Image<std::uint8_t> shadow_of_projector(const SensorInput& input, double baseline_m) {
  const int width = input.depth_m.width();
  Image<std::uint8_t> shadow(width, input.depth_m.height(), 0);
  const auto gain = static_cast<float>(input.camera.fx * baseline_m);
  // A surface point at column u with disparity d is at u - d for the projector.
  const int margin = width;
  std::vector<float> nearest(static_cast<std::size_t>(width + margin));
  for (int y = 0; y < input.depth_m.height(); ++y) {
    std::ranges::fill(nearest, 0.0F);
    const auto column = [&](int x, float disparity) {
      const int at = static_cast<int>(std::floor(static_cast<float>(x) - disparity)) + margin;
      return static_cast<std::size_t>(std::clamp(at, 0, width + margin - 2));
    };
    for (int x = 0; x < width; ++x) {
      const float z = input.depth_m(x, y);
      if (z <= 0) continue;
      const float disparity = gain / z;
      const std::size_t at = column(x, disparity);
      nearest[at] = std::max(nearest[at], disparity);
      nearest[at + 1] = std::max(nearest[at + 1], disparity);
    }
    for (int x = 0; x < width; ++x) {
      const float z = input.depth_m(x, y);
      if (z <= 0) continue;
      const float disparity = gain / z;
      const std::size_t at = column(x, disparity);
      const float tolerance = std::max(1.5F, 0.03F * disparity);
      if (std::min(nearest[at], nearest[at + 1]) > disparity + tolerance) shadow(x, y) = 1;
    }
  }
  return shadow;
}

/// Holes on shiny and dark surfaces come in patches.
bool in_material_hole(const SensorInput& input, int x, int y, unsigned seed) {
  const float share = input.holes(x, y);
  if (share <= 0) return false;
  const Eigen::Vector3f p(static_cast<float>(x), static_cast<float>(y), 0.5F);
  const float blotch = 0.7F * value_noise(p / 9.0F, seed) + 0.3F * value_noise(p / 3.0F, seed + 1);
  return 0.5F + 0.7F * blotch < share;
}

float quantised(double depth_m, const SensorModel& model) {
  if (!(depth_m >= model.min_depth_m && depth_m <= model.max_depth_m)) return 0;
  return static_cast<float>(std::round(depth_m / model.quantum_m) * model.quantum_m);
}

/// Normal noise, correlated over neighbouring pixels as block matching makes it, deviation 1.
Image<float> correlated_noise(int width, int height, Random& random) {
  Image<float> white(width, height);
  for (std::size_t i = 0; i < white.size(); ++i) {
    white.data()[i] = static_cast<float>(random.normal());
  }
  Image<float> noise(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      float sum = 0;
      float squares = 0;
      for (int v = std::max(0, y - 1); v <= std::min(height - 1, y + 1); ++v) {
        for (int u = std::max(0, x - 1); u <= std::min(width - 1, x + 1); ++u) {
          const float weight = u == x && v == y ? 1.0F : 0.35F;
          sum += weight * white(u, v);
          squares += weight * weight;
        }
      }
      noise(x, y) = sum / std::sqrt(squares);
    }
  }
  return noise;
}

Image<float> measure_stereo(const SensorInput& input, const SensorModel& model, Random& random) {
  const int width = input.depth_m.width();
  const int height = input.depth_m.height();
  const auto seed = static_cast<unsigned>(random.next());
  const Image<float> noise = correlated_noise(width, height, random);
  Image<std::uint8_t> blocked(width, height, 0);
  if (model.projector_shadow) blocked = shadow_of_projector(input, model.baseline_m);
  constexpr int kPatch = 20;
  for (int y = 0; y < height; y += kPatch) {
    for (int x = 0; x < width; x += kPatch) {
      if (!random.chance(model.random_holes)) continue;
      const int u0 = x + random.below(kPatch);
      const int v0 = y + random.below(kPatch);
      const int radius = random.below(3);
      for (int v = std::max(0, v0 - radius); v <= std::min(height - 1, v0 + radius); ++v) {
        for (int u = std::max(0, u0 - radius); u <= std::min(width - 1, u0 + radius); ++u) {
          blocked(u, v) = 1;
        }
      }
    }
  }
  Image<float> depth(width, height, 0);
  const double gain = input.camera.fx * model.baseline_m;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double jitter_x = model.lateral_jitter_px * random.normal();
      const double jitter_y = model.lateral_jitter_px * random.normal();
      const double edge_draw = random.uniform();
      const double angle_draw = random.uniform();
      const int u = std::clamp(x + static_cast<int>(std::lround(jitter_x)), 0, width - 1);
      const int v = std::clamp(y + static_cast<int>(std::lround(jitter_y)), 0, height - 1);
      const float z = input.depth_m(u, v);
      if (z <= 0 || blocked(x, y) != 0) continue;
      if (edge_draw < model.edge_dropout && at_edge(input.depth_m, x, y)) continue;
      if (angle_draw < 1 - 5 * static_cast<double>(input.incidence(u, v))) continue;
      if (in_material_hole(input, x, y, seed)) continue;
      const double texture = 1 + 0.5 * (1 - static_cast<double>(input.reflectance(u, v)));
      double disparity = gain / static_cast<double>(z) +
                         model.disparity_noise_px * texture * static_cast<double>(noise(x, y));
      if (model.disparity_step_px > 0) {
        disparity = std::round(disparity / model.disparity_step_px) * model.disparity_step_px;
      }
      if (disparity > 0) depth(x, y) = quantised(gain / disparity, model);
    }
  }
  return depth;
}

/// Mean depth over a square of half width `radius`, ignoring pixels without depth.
Image<float> blurred(const Image<float>& depth, int radius) {
  const int width = depth.width();
  const int height = depth.height();
  const auto stride = static_cast<std::size_t>(width + 1);
  std::vector<double> sums(stride * static_cast<std::size_t>(height + 1), 0.0);
  std::vector<double> counts(sums.size(), 0.0);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto at = static_cast<std::size_t>(y + 1) * stride + static_cast<std::size_t>(x + 1);
      const double z = static_cast<double>(depth(x, y));
      sums[at] = z + sums[at - 1] + sums[at - stride] - sums[at - stride - 1];
      counts[at] = (z > 0 ? 1 : 0) + counts[at - 1] + counts[at - stride] - counts[at - stride - 1];
    }
  }
  Image<float> result(width, height, 0);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto x0 = static_cast<std::size_t>(std::max(0, x - radius));
      const auto x1 = static_cast<std::size_t>(std::min(width, x + radius + 1));
      const auto y0 = static_cast<std::size_t>(std::max(0, y - radius));
      const auto y1 = static_cast<std::size_t>(std::min(height, y + radius + 1));
      const auto total = [&](const std::vector<double>& table) {
        return table[y1 * stride + x1] - table[y0 * stride + x1] - table[y1 * stride + x0] +
               table[y0 * stride + x0];
      };
      const double count = total(counts);
      if (count > 0) result(x, y) = static_cast<float>(total(sums) / count);
    }
  }
  return result;
}

Image<float> measure_time_of_flight(const SensorInput& input, const SensorModel& model,
                                    Random& random) {
  const int width = input.depth_m.width();
  const int height = input.depth_m.height();
  const auto seed = static_cast<unsigned>(random.next());
  const int bin = std::max(1, model.binning);
  const Image<float> surroundings = blurred(input.depth_m, std::max(2, width / 40));
  const int columns = (width + bin - 1) / bin;
  const int rows = (height + bin - 1) / bin;
  Image<float> sensor(columns, rows, 0);
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      // A sensor pixel sees the mean of what falls on it: pixels across an edge fly between the
      // surfaces. It gives up where the two are far apart, as amplitude filters do.
      double sum = 0;
      double weight_sum = 0;
      double light = 0;
      float nearest = std::numeric_limits<float>::infinity();
      float farthest = 0;
      bool hole = false;
      for (int y = row * bin; y < std::min(height, (row + 1) * bin); ++y) {
        for (int x = column * bin; x < std::min(width, (column + 1) * bin); ++x) {
          const float z = input.depth_m(x, y);
          if (z <= 0) continue;
          const double weight =
              0.15 + static_cast<double>(input.reflectance(x, y) * input.incidence(x, y));
          sum += weight * static_cast<double>(z);
          weight_sum += weight;
          light = std::max(light, weight);
          nearest = std::min(nearest, z);
          farthest = std::max(farthest, z);
          hole = hole || in_material_hole(input, x, y, seed);
        }
      }
      const double noise = random.normal();
      const double keep = random.uniform();
      if (weight_sum <= 0 || hole) continue;
      if (farthest - nearest > 0.15F && keep < 0.7) continue;
      const double z = sum / weight_sum;
      const double sigma =
          (model.noise_floor_m + model.noise_quadratic * z * z) / std::sqrt(std::min(1.0, light));
      const int x = std::min(width - 1, column * bin + bin / 2);
      const int y = std::min(height - 1, row * bin + bin / 2);
      // Light that comes by way of nearer surfaces makes hollows look deeper.
      const double hollow =
          std::clamp((z - static_cast<double>(surroundings(x, y))) / 0.03, 0.0, 1.0);
      const Eigen::Vector3f p(static_cast<float>(column), static_cast<float>(row), 2.5F);
      const double slow = 0.25 * static_cast<double>(value_noise(p / 40.0F, seed + 5));
      sensor(column, row) =
          quantised(z + sigma * noise + model.multipath_m * (hollow + slow), model);
    }
  }
  Image<float> depth(width, height, 0);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) depth(x, y) = sensor(x / bin, y / bin);
  }
  return depth;
}

}  // namespace

Image<float> measure(const SensorInput& input, const SensorModel& model, std::uint64_t seed) {
  Random random(seed);
  switch (model.kind) {
    case SensorModel::Kind::kStereo: return measure_stereo(input, model, random);
    case SensorModel::Kind::kTimeOfFlight: return measure_time_of_flight(input, model, random);
    case SensorModel::Kind::kIdeal:
    default: break;
  }
  Image<float> depth = input.depth_m;
  for (std::size_t i = 0; i < depth.size(); ++i) {
    depth.data()[i] = quantised(static_cast<double>(depth.data()[i]), model);
  }
  return depth;
}

double stereo_sigma_m(const SensorModel& model, const CameraIntrinsics& camera, double depth_m) {
  const double disparity_sigma =
      std::hypot(model.disparity_noise_px, model.disparity_step_px / std::sqrt(12.0));
  return depth_m * depth_m / (camera.fx * model.baseline_m) * disparity_sigma;
}

}  // namespace sam6d::scenes

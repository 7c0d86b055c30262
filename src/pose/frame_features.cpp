#include "pose/frame_features.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"
#include "pose/plane_fit.hpp"
#include "pose/smooth_segments.hpp"

namespace sam6d {
namespace {

constexpr int kMaxWorkingWidth = 800;   // px; wider pictures are reduced
constexpr float kReferenceFocal = 572;  // px; the window sizes below were chosen for it
constexpr float kDepthGate = 0.015F;    // of the depth; farther neighbours are another surface
constexpr int kLeastNeighbors = 8;

struct Colors {
  int width = 0;
  int height = 0;
  std::vector<float> channels;  // 3 a pixel
};

/// The camera of a picture whose pixels are blocks of `reduction` squared.
CameraIntrinsics reduced(const CameraIntrinsics& camera, int reduction) {
  CameraIntrinsics result = camera;
  const double shift = 0.5 * (reduction - 1);
  result.fx /= reduction;
  result.fy /= reduction;
  result.cx = (camera.cx - shift) / reduction;
  result.cy = (camera.cy - shift) / reduction;
  result.width = camera.width / reduction;
  result.height = camera.height / reduction;
  return result;
}

/// Mean inverse depth of each block's nearer surface.
InverseDepth inverse_depth(const FrameFeatures& frame, int margin,
                           const GeometricSearchOptions& options) {
  InverseDepth picture(frame.camera.width, frame.camera.height, margin);
  const auto low = static_cast<float>(options.min_depth_m);
  const auto high = static_cast<float>(options.max_depth_m);
  const int r = frame.reduction;
  const auto full_width = static_cast<std::size_t>(frame.full_camera.width);
  for (int y = 0; y < picture.height; ++y) {
    float* const row = picture.row(y);
    for (int x = 0; x < picture.width; ++x) {
      float nearest = 0;
      for (int j = 0; j < r; ++j) {
        for (int i = 0; i < r; ++i) {
          const float z = frame.full_depth_m[static_cast<std::size_t>(y * r + j) * full_width +
                                             static_cast<std::size_t>(x * r + i)];
          if (z >= low && z <= high) nearest = std::max(nearest, 1.0F / z);
        }
      }
      if (r == 1 || nearest <= 0) {
        row[x] = nearest;
        continue;
      }
      float sum = 0;
      float count = 0;
      for (int j = 0; j < r; ++j) {
        for (int i = 0; i < r; ++i) {
          const float z = frame.full_depth_m[static_cast<std::size_t>(y * r + j) * full_width +
                                             static_cast<std::size_t>(x * r + i)];
          if (z < low || z > high || 1.0F / z < (1.0F - kDepthGate) * nearest) continue;
          sum += 1.0F / z;
          count += 1;
        }
      }
      row[x] = sum / count;
    }
  }
  return picture;
}

/// Blurred a little (binomial 1 2 1 over blocks of the reduction), so that noise does not look
/// like colour.
Colors smoothed_colors(const Frame& frame, const CameraIntrinsics& camera, int reduction) {
  Colors colors{camera.width, camera.height, {}};
  const auto width = static_cast<std::size_t>(camera.width);
  const auto height = static_cast<std::size_t>(camera.height);
  std::vector<float> blocks(3 * width * height);
  const float scale = 1.0F / static_cast<float>(reduction * reduction);
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      float sum[3] = {0, 0, 0};
      for (int j = 0; j < reduction; ++j) {
        const Rgb8* const row = frame.rgb.row(static_cast<int>(y) * reduction + j);
        for (int i = 0; i < reduction; ++i) {
          const Rgb8& pixel =
              row[x * static_cast<std::size_t>(reduction) + static_cast<std::size_t>(i)];
          sum[0] += pixel.r;
          sum[1] += pixel.g;
          sum[2] += pixel.b;
        }
      }
      for (std::size_t c = 0; c < 3; ++c) blocks[3 * (y * width + x) + c] = sum[c] * scale;
    }
  }
  const std::size_t line = 3 * width;
  std::vector<float> down(line * height);
  for (std::size_t y = 0; y < height; ++y) {
    const float* const above = blocks.data() + (y > 0 ? y - 1 : y) * line;
    const float* const here = blocks.data() + y * line;
    const float* const below = blocks.data() + (y + 1 < height ? y + 1 : y) * line;
    float* const out = down.data() + y * line;
    for (std::size_t i = 0; i < line; ++i) out[i] = 0.25F * (above[i] + below[i]) + 0.5F * here[i];
  }
  colors.channels.resize(line * height);
  for (std::size_t y = 0; y < height; ++y) {
    const float* const in = down.data() + y * line;
    float* const out = colors.channels.data() + y * line;
    for (std::size_t i = 0; i < line; ++i) {
      const float left = i >= 3 ? in[i - 3] : in[i];
      const float right = i + 3 < line ? in[i + 3] : in[i];
      out[i] = 0.25F * (left + right) + 0.5F * in[i];
    }
  }
  return colors;
}

void fill_row(FrameFeatures& frame, const Colors& colors, int y, const PlaneFitRow& fit) {
  const auto fx = static_cast<float>(frame.camera.fx);
  const auto fy = static_cast<float>(frame.camera.fy);
  const float v = (static_cast<float>(y) - static_cast<float>(frame.camera.cy)) / fy;
  const std::size_t start =
      static_cast<std::size_t>(y) * static_cast<std::size_t>(frame.camera.width);
  for (int x = 0; x < frame.camera.width; ++x) {
    const auto i = static_cast<std::size_t>(x);
    PixelFeatures& pixel = frame.pixels[start + i];
    const float* const color = colors.channels.data() + 3 * (start + i);
    pixel.color = color_feature(color[0], color[1], color[2]);
    const float q0 = fit.q0[i];
    if (!(q0 > 0)) continue;
    // The plane A x + B y + C z = 1 in space; (A, B, C) points away from the camera.
    const float a = fit.slope_x[i] * fx;
    const float b = fit.slope_y[i] * fy;
    const float u = (static_cast<float>(x) - static_cast<float>(frame.camera.cx)) / fx;
    const float c = q0 - a * u - b * v;
    const float scale = -127.0F / std::sqrt(a * a + b * b + c * c);
    pixel.z_m = 1.0F / q0;
    pixel.normal[0] = static_cast<std::int8_t>(std::lround(a * scale));
    pixel.normal[1] = static_cast<std::int8_t>(std::lround(b * scale));
    pixel.normal[2] = static_cast<std::int8_t>(std::lround(c * scale));
  }
}

Box working_region(const Frame& frame, const FrameFeatures& features) {
  const Box whole{0, 0, features.camera.width, features.camera.height};
  if (!frame.roi) return whole;
  const int r = features.reduction;
  return intersect(whole, Box{frame.roi->x0 / r, frame.roi->y0 / r, (frame.roi->x1 + r - 1) / r,
                              (frame.roi->y1 + r - 1) / r});
}

}  // namespace

FrameFeatures compute_frame_features(const Frame& frame, const GeometricSearchOptions& options) {
  FrameFeatures features;
  features.full_camera = frame.camera;
  features.noise_floor_m = static_cast<float>(options.noise_floor_m);
  features.noise_quadratic = static_cast<float>(options.noise_quadratic);
  features.reduction = (frame.camera.width + kMaxWorkingWidth - 1) / kMaxWorkingWidth;
  features.reduction = std::min(features.reduction, frame.camera.height);
  features.camera = reduced(frame.camera, features.reduction);
  features.region = working_region(frame, features);
  features.pixels.resize(static_cast<std::size_t>(features.camera.width) *
                         static_cast<std::size_t>(features.camera.height));
  features.full_depth_m.reserve(static_cast<std::size_t>(frame.camera.width) *
                                static_cast<std::size_t>(frame.camera.height));
  for (int y = 0; y < frame.camera.height; ++y) {
    const float* const row = frame.depth_m.row(y);
    for (int x = 0; x < frame.camera.width; ++x) {
      const bool usable = std::isfinite(row[x]) && row[x] > 0;
      features.full_depth_m.push_back(usable ? row[x] : 0.0F);
    }
  }

  const int half = std::clamp(static_cast<int>(std::lround(
                                  4.0F * static_cast<float>(features.camera.fx) / kReferenceFocal)),
                              2, 5);
  const InverseDepth picture = inverse_depth(features, half, options);
  const Colors colors = smoothed_colors(frame, features.camera, features.reduction);
  const SimdLevel level = simd_level();
  parallel_for_ranges(features.camera.height, 16, options.threads, [&](int begin, int end) {
    PlaneFitRow fit;
    for (int y = begin; y < end; ++y) {
      fit_planes(picture, y, half, kDepthGate, kLeastNeighbors, level, fit);
      fill_row(features, colors, y, fit);
    }
  });
  if (options.use_support_planes) find_support_planes(features, options.seed);
  find_smooth_segments(features);
  return features;
}

}  // namespace sam6d

#include "viz/contours.hpp"

#include <cmath>
#include <cstddef>

#include <opencv2/imgproc.hpp>

namespace sam6d {
namespace {

constexpr float kCreaseCosine = 0.87F;  // of 30 degrees between the normals of two pixels
constexpr float kJumpShare = 0.012F;    // depth, against the surface's continuation

std::vector<Box> visible_boxes(const Image<std::int32_t>& instance, int count) {
  std::vector<Box> boxes(static_cast<std::size_t>(count));
  for (int y = 0; y < instance.height(); ++y) {
    const std::int32_t* const row = instance.row(y);
    for (int x = 0; x < instance.width(); ++x) {
      if (row[x] < 0 || row[x] >= count) continue;
      Box& box = boxes[static_cast<std::size_t>(row[x])];
      box = box.empty() ? Box{x, y, x + 1, y + 1}
                        : Box{std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x + 1),
                              std::max(box.y1, y + 1)};
    }
  }
  return boxes;
}

/// Whether the surface bends or jumps between a pixel and the next one along (dx, dy).
bool is_crease(const Rendering& rendering, int x, int y, int dx, int dy, int id) {
  const Image<std::int32_t>& instance = rendering.instance;
  const auto is_same = [&](int u, int v) {
    return u >= 0 && v >= 0 && u < instance.width() && v < instance.height() &&
           instance(u, v) == id;
  };
  if (!is_same(x + dx, y + dy)) return false;
  if (rendering.normals(x, y).dot(rendering.normals(x + dx, y + dy)) < kCreaseCosine) return true;
  if (!is_same(x - dx, y - dy)) return false;
  const float here = rendering.depth_m(x, y);
  const float next = rendering.depth_m(x + dx, y + dy);
  const float before = rendering.depth_m(x - dx, y - dy);
  return std::abs(next - 2.0F * here + before) > kJumpShare * here;
}

}  // namespace

std::vector<InstanceLines> instance_lines(const Rendering& rendering, int count, double line_px,
                                          double rim_px) {
  const Box limits{0, 0, rendering.instance.width(), rendering.instance.height()};
  const std::vector<Box> boxes = visible_boxes(rendering.instance, count);
  std::vector<InstanceLines> lines(boxes.size());
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Box& box = boxes[i];
    lines[i].box = box;
    if (box.empty()) continue;
    const int id = static_cast<int>(i);
    cv::Mat1b visible(box.height(), box.width());
    cv::Mat1b creases(box.height(), box.width());
    for (int y = box.y0; y < box.y1; ++y) {
      for (int x = box.x0; x < box.x1; ++x) {
        const bool is_here = rendering.instance(x, y) == id;
        const bool bends = is_here && (is_crease(rendering, x, y, 1, 0, id) ||
                                       is_crease(rendering, x, y, 0, 1, id));
        visible(y - box.y0, x - box.x0) = is_here ? 255 : 0;
        creases(y - box.y0, x - box.x0) = bends ? 255 : 0;
      }
    }
    cv::GaussianBlur(creases, creases, cv::Size(3, 3), 0);
    const cv::Point origin(box.x0, box.y0);
    lines[i].outline = cover_outline(visible, origin, line_px, limits);
    lines[i].rim = cover_outline(visible, origin, rim_px, limits);
    lines[i].creases = cover_set(creases, origin, limits);
  }
  return lines;
}

}  // namespace sam6d

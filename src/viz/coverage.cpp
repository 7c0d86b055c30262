#include "viz/coverage.hpp"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace sam6d {
namespace {

/// Share of a pixel that is covered when its centre lies `inside_px` within a border.
float share_of(double inside_px) {
  return static_cast<float>(std::clamp(inside_px + 0.5, 0.0, 1.0));
}

Box box_around(const Segment& segment, double margin_px, const Box& limits) {
  const auto [a, b] = segment;
  // Clamped first: points may lie so far out that they do not fit an int.
  const auto low = [&](double p, double q, int from, int to) {
    return static_cast<int>(
        std::floor(std::clamp(std::min(p, q) - margin_px, from - 1.0, to + 1.0)));
  };
  const auto high = [&](double p, double q, int from, int to) {
    return 1 + static_cast<int>(
                   std::ceil(std::clamp(std::max(p, q) + margin_px, from - 1.0, to + 1.0)));
  };
  return intersect(limits,
                   {low(a.x, b.x, limits.x0, limits.x1), low(a.y, b.y, limits.y0, limits.y1),
                    high(a.x, b.x, limits.x0, limits.x1), high(a.y, b.y, limits.y0, limits.y1)});
}

double distance_px(const cv::Point2d& point, const Segment& segment) {
  const cv::Point2d along = segment.to_px - segment.from_px;
  const double squared = along.dot(along);
  const double t =
      squared > 0 ? std::clamp((point - segment.from_px).dot(along) / squared, 0.0, 1.0) : 0.0;
  const cv::Point2d off = point - (segment.from_px + t * along);
  return std::sqrt(off.dot(off));
}

/// A matrix that lies at `origin`, as a matrix over `box`; zero where it is not.
cv::Mat1b moved(const cv::Mat1b& set, cv::Point origin, const Box& box) {
  cv::Mat1b result(box.height(), box.width(), static_cast<std::uint8_t>(0));
  const Box both = intersect(box, {origin.x, origin.y, origin.x + set.cols, origin.y + set.rows});
  if (both.empty()) return result;
  const cv::Size size(both.width(), both.height());
  set(cv::Rect({both.x0 - origin.x, both.y0 - origin.y}, size))
      .copyTo(result(cv::Rect({both.x0 - box.x0, both.y0 - box.y0}, size)));
  return result;
}

}  // namespace

Box united(const Box& a, const Box& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

Coverage cover_segments(std::span<const Segment> segments, double width_px, const Box& limits) {
  const double half_px = 0.5 * width_px;
  Coverage result;
  for (const Segment& segment : segments) {
    result.box = united(result.box, box_around(segment, half_px + 1.0, limits));
  }
  if (result.box.empty()) return {};
  result.share = cv::Mat1f(result.box.height(), result.box.width(), 0.0F);
  for (const Segment& segment : segments) {
    const Box box = box_around(segment, half_px + 1.0, limits);
    for (int y = box.y0; y < box.y1; ++y) {
      float* const row = result.share[y - result.box.y0];
      for (int x = box.x0; x < box.x1; ++x) {
        float& share = row[x - result.box.x0];
        const cv::Point2d centre(x, y);
        share = std::max(share, share_of(half_px - distance_px(centre, segment)));
      }
    }
  }
  return result;
}

Coverage cover_outline(const cv::Mat1b& set, cv::Point origin, double width_px, const Box& limits) {
  if (set.empty()) return {};
  const int margin = static_cast<int>(std::ceil(width_px)) + 4;
  const Box wide{origin.x - margin, origin.y - margin, origin.x + set.cols + margin,
                 origin.y + set.rows + margin};
  const Box box = intersect(wide, limits);
  if (box.empty()) return {};
  const cv::Mat1b inside = moved(set, origin, wide) != 0;
  cv::Mat1f to_outside;
  cv::Mat1f to_inside;
  cv::distanceTransform(inside, to_outside, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  cv::distanceTransform(~inside, to_inside, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  // From the border, which runs between the pixels: positive outside, half a pixel nearer than the
  // middle of the next pixel across it. Smoothed, it loses the pixels' steps.
  cv::Mat1f border_px = cv::max(to_inside - 0.5F, 0.0F) - cv::max(to_outside - 0.5F, 0.0F);
  cv::GaussianBlur(border_px, border_px, cv::Size(0, 0), 1.0, 1.0, cv::BORDER_REPLICATE);
  Coverage result{box, cv::Mat1f(box.height(), box.width())};
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) {
      const double distance = std::abs(static_cast<double>(border_px(y - wide.y0, x - wide.x0)));
      result.share(y - box.y0, x - box.x0) = share_of(0.5 * width_px - distance);
    }
  }
  return result;
}

Coverage cover_set(const cv::Mat1b& set, cv::Point origin, const Box& limits) {
  const Box box = intersect(limits, {origin.x, origin.y, origin.x + set.cols, origin.y + set.rows});
  if (box.empty()) return {};
  Coverage result{box, {}};
  moved(set, origin, box).convertTo(result.share, CV_32F, 1.0 / 255.0);
  return result;
}

Coverage cover_rectangle(const Box& rectangle, double radius_px, const Box& limits) {
  const Box box = intersect(rectangle, limits);
  if (box.empty()) return {};
  Coverage result{box, cv::Mat1f(box.height(), box.width())};
  // Distance to the rectangle whose sides lie `radius_px` farther in.
  const auto outside_px = [&](int value, int from, int to) {
    return std::max({from - 0.5 + radius_px - value, value - (to - 0.5 - radius_px), 0.0});
  };
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) {
      const double dx = outside_px(x, rectangle.x0, rectangle.x1);
      const double dy = outside_px(y, rectangle.y0, rectangle.y1);
      result.share(y - box.y0, x - box.x0) = share_of(radius_px - std::hypot(dx, dy));
    }
  }
  return result;
}

Coverage shrunk(const Coverage& coverage, int factor) {
  if (factor == 1 || coverage.box.empty()) return coverage;
  const Box& from = coverage.box;
  const auto up = [&](int value) { return (value + factor - 1) / factor; };
  const Box box{from.x0 / factor, from.y0 / factor, up(from.x1), up(from.y1)};
  cv::Mat1f padded(box.height() * factor, box.width() * factor, 0.0F);
  coverage.share.copyTo(padded(
      cv::Rect(from.x0 - box.x0 * factor, from.y0 - box.y0 * factor, from.width(), from.height())));
  Coverage result{box, {}};
  cv::resize(padded, result.share, cv::Size(box.width(), box.height()), 0, 0, cv::INTER_AREA);
  return result;
}

void paint(Image<Rgb8>& picture, const Coverage& coverage, Rgb8 color, double opacity) {
  const Box box = intersect(coverage.box, {0, 0, picture.width(), picture.height()});
  const auto mix = [](std::uint8_t below, std::uint8_t above, double share) {
    return static_cast<std::uint8_t>(std::lround(below + (above - below) * share));
  };
  for (int y = box.y0; y < box.y1; ++y) {
    const float* const row = coverage.share[y - coverage.box.y0];
    Rgb8* const pixels = picture.row(y);
    for (int x = box.x0; x < box.x1; ++x) {
      const double share = opacity * static_cast<double>(row[x - coverage.box.x0]);
      if (share <= 0) continue;
      Rgb8& pixel = pixels[x];
      pixel = {mix(pixel.r, color.r, share), mix(pixel.g, color.g, share),
               mix(pixel.b, color.b, share)};
    }
  }
}

}  // namespace sam6d

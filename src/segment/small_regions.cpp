#include "segment/small_regions.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace sam6d {
namespace {

/// The regions of the pixels that are on (or off): a label a pixel, 0 for the others, and the area
/// of each label.
struct Regions {
  cv::Mat labels;  ///< CV_32S
  std::vector<std::int64_t> areas;
};

Regions regions_of(const Image<std::uint8_t>& mask, bool on) {
  Image<std::uint8_t> pixels(mask.width(), mask.height());
  for (std::size_t i = 0; i < mask.size(); ++i) {
    pixels.data()[i] = (mask.data()[i] != 0) == on ? 1 : 0;
  }
  const cv::Mat picture(pixels.height(), pixels.width(), CV_8UC1, pixels.data());
  Regions regions;
  cv::Mat statistics;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(picture, regions.labels, statistics, centres);
  for (int label = 0; label < count; ++label) {
    regions.areas.push_back(statistics.at<int>(label, cv::CC_STAT_AREA));
  }
  return regions;
}

/// Sets the pixels of the labels for which `chosen` holds; returns whether there are any.
template <class Chosen>
bool set_regions(const Regions& regions, const Chosen& chosen, std::uint8_t value,
                 Image<std::uint8_t>& mask) {
  bool any = false;
  for (int y = 0; y < mask.height(); ++y) {
    const int* const labels = regions.labels.ptr<int>(y);
    std::uint8_t* const row = mask.row(y);
    for (int x = 0; x < mask.width(); ++x) {
      if (labels[x] == 0 || !chosen(labels[x])) continue;
      row[x] = value;
      any = true;
    }
  }
  return any;
}

}  // namespace

bool remove_small_regions(Image<std::uint8_t>& mask, std::int64_t least_area) {
  if (mask.empty()) return false;
  const auto small = [&](const Regions& regions, int label) {
    return regions.areas[static_cast<std::size_t>(label)] < least_area;
  };
  const Regions holes = regions_of(mask, false);
  bool changed = set_regions(
      holes, [&](int label) { return small(holes, label); }, 255, mask);
  const Regions islands = regions_of(mask, true);
  if (islands.areas.size() > 1) {
    const auto largest = std::max_element(islands.areas.begin() + 1, islands.areas.end());
    const int kept = *largest < least_area ? static_cast<int>(largest - islands.areas.begin()) : 0;
    changed |= set_regions(
        islands, [&](int label) { return label != kept && small(islands, label); }, 0, mask);
  }
  if (changed) {
    std::for_each(mask.data(), mask.data() + mask.size(),
                  [](std::uint8_t& pixel) { pixel = pixel != 0 ? 255 : 0; });
  }
  return changed;
}

}  // namespace sam6d

#include "ism/supplied_proposals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "base/random.hpp"

namespace sam6d::ism {

Proposal to_proposal(const Mask& mask, float score) {
  const Mask own = mask.cropped();
  const Box& box = own.box();
  Proposal proposal{box, box, Image<float>(box.width(), box.height()), score};
  for (std::size_t i = 0; i < own.pixels().size(); ++i) {
    proposal.weights.data()[i] = own.pixels()[i] != 0 ? 1.0F : 0.0F;
  }
  return proposal;
}

std::vector<Proposal> random_proposals(int width, int height, int count, std::uint64_t seed) {
  Random random(seed);
  std::vector<Proposal> proposals;
  while (static_cast<int>(proposals.size()) < count) {
    const auto side = [&] {
      return static_cast<int>(15 * std::pow(20.0, random.uniform()));  // px
    };
    const int w = std::min(side(), width);
    const int h = std::min(side(), height);
    const int x0 = static_cast<int>(random.below(static_cast<std::uint32_t>(width - w + 1)));
    const int y0 = static_cast<int>(random.below(static_cast<std::uint32_t>(height - h + 1)));
    const bool ellipse = random.uniform() < 0.5;
    Mask mask({x0, y0, x0 + w, y0 + h});
    for (int y = 0; y < h; ++y) {
      for (int x = 0; x < w; ++x) {
        const double dx = (2 * x + 1.0) / w - 1;
        const double dy = (2 * y + 1.0) / h - 1;
        mask.set(x0 + x, y0 + y, !ellipse || dx * dx + dy * dy <= 1);
      }
    }
    proposals.push_back(to_proposal(mask, static_cast<float>(random.uniform())));
  }
  return proposals;
}

std::vector<Proposal> over_segmented(int width, int height, const std::vector<Mask>& truths,
                                     int count, std::uint64_t seed) {
  constexpr int kCells = 100;
  Random random(seed);
  std::vector<std::pair<int, int>> centres;
  centres.reserve(kCells);
  for (int i = 0; i < kCells; ++i) {
    centres.emplace_back(static_cast<int>(random.below(static_cast<std::uint32_t>(width))),
                         static_cast<int>(random.below(static_cast<std::uint32_t>(height))));
  }
  std::map<std::pair<int, int>, Mask> cells;  // (nearest centre, object)
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      int nearest = 0;
      int best = std::numeric_limits<int>::max();
      for (int i = 0; i < kCells; ++i) {
        const auto [cx, cy] = centres[static_cast<std::size_t>(i)];
        const int distance = (x - cx) * (x - cx) + (y - cy) * (y - cy);
        if (distance < best) nearest = i;
        best = std::min(best, distance);
      }
      int object = -1;
      for (std::size_t i = 0; i < truths.size(); ++i) {
        if (truths[i].at(x, y)) object = static_cast<int>(i);
      }
      cells.try_emplace({nearest, object}, Mask({0, 0, width, height})).first->second.set(x, y);
    }
  }
  std::vector<Proposal> proposals;
  proposals.reserve(cells.size());
  for (const auto& [key, mask] : cells) {
    proposals.push_back(to_proposal(mask, static_cast<float>(random.uniform())));
  }
  for (std::size_t i = proposals.size(); i > 1; --i) {
    std::swap(proposals[i - 1], proposals[random.below(static_cast<std::uint32_t>(i))]);
  }
  if (static_cast<int>(proposals.size()) > count) proposals.resize(static_cast<std::size_t>(count));
  return proposals;
}

}  // namespace sam6d::ism

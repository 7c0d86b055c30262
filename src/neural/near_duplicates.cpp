#include "neural/near_duplicates.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "ops/parallel.hpp"

namespace sam6d {
namespace {

constexpr float kOn = 0.5F;
constexpr int kWordBits = 64;

/// A bit a pixel; words begin at columns that are multiples of 64, so that those of two masks meet.
struct BitMask {
  Box box_px;
  int first_word = 0;  ///< column of the picture / 64
  int words = 0;       ///< a row
  std::vector<std::uint64_t> bits;
  std::int64_t area = 0;

  [[nodiscard]] const std::uint64_t* row(int y) const {
    return bits.data() + static_cast<std::ptrdiff_t>(y - box_px.y0) * words - first_word;
  }
};

BitMask bits_of(const Proposal& proposal) {
  BitMask mask;
  const Box& box = proposal.extent_px;
  if (box.empty() || proposal.weights.empty() || box.x0 < 0) return mask;
  mask.box_px = box;
  mask.first_word = box.x0 / kWordBits;
  mask.words = (box.x1 - 1) / kWordBits - mask.first_word + 1;
  mask.bits.assign(static_cast<std::size_t>(mask.words) * static_cast<std::size_t>(box.height()),
                   0);
  for (int y = 0; y < box.height(); ++y) {
    const float* const weights = proposal.weights.row(y);
    std::uint64_t* const row = mask.bits.data() + static_cast<std::ptrdiff_t>(y) * mask.words;
    for (int x = 0; x < box.width(); ++x) {
      const int column = box.x0 + x - mask.first_word * kWordBits;
      row[column / kWordBits] |= std::uint64_t{weights[x] >= kOn} << (column % kWordBits);
    }
  }
  for (const std::uint64_t word : mask.bits) mask.area += std::popcount(word);
  return mask;
}

std::int64_t common_pixels(const BitMask& a, const BitMask& b) {
  const int y0 = std::max(a.box_px.y0, b.box_px.y0);
  const int y1 = std::min(a.box_px.y1, b.box_px.y1);
  const int first = std::max(a.first_word, b.first_word);
  const int last = std::min(a.first_word + a.words, b.first_word + b.words);
  std::int64_t count = 0;
  for (int y = y0; y < y1; ++y) {
    const std::uint64_t* const of_a = a.row(y);
    const std::uint64_t* const of_b = b.row(y);
    for (int word = first; word < last; ++word) count += std::popcount(of_a[word] & of_b[word]);
  }
  return count;
}

bool are_near(const BitMask& a, const BitMask& b, double iou) {
  const auto [smaller, larger] = std::minmax(a.area, b.area);
  // What the boxes share bounds what the masks can.
  const std::int64_t most = std::min(smaller, intersect(a.box_px, b.box_px).area());
  if (static_cast<double>(most) <= iou * static_cast<double>(a.area + b.area - most)) return false;
  const std::int64_t both = common_pixels(a, b);
  return static_cast<double>(both) > iou * static_cast<double>(a.area + b.area - both);
}

}  // namespace

std::vector<int> without_near_duplicates(std::span<const Proposal> proposals, float iou,
                                         int threads) {
  std::vector<BitMask> masks(proposals.size());
  ops::parallel_for(static_cast<int>(proposals.size()), threads, [&](int i) {
    masks[static_cast<std::size_t>(i)] = bits_of(proposals[static_cast<std::size_t>(i)]);
  });
  std::vector<int> order(proposals.size());
  std::iota(order.begin(), order.end(), 0);
  const auto score = [&](int i) {
    const float value = proposals[static_cast<std::size_t>(i)].score;
    return std::isnan(value) ? -INFINITY : value;
  };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return score(a) > score(b); });
  std::vector<int> kept;
  for (const int candidate : order) {
    const BitMask& mask = masks[static_cast<std::size_t>(candidate)];
    const bool is_new = std::none_of(kept.begin(), kept.end(), [&](int better) {
      return are_near(masks[static_cast<std::size_t>(better)], mask, double{iou});
    });
    if (is_new) kept.push_back(candidate);
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

}  // namespace sam6d

// Covers: src/segment/box_suppression.cpp src/segment/small_regions.cpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "segment/box_suppression.hpp"
#include "segment/small_regions.hpp"

namespace {

/// Boxes and scores of any bits at all, as a network with broken weights may give them.
void suppress(std::span<const std::uint8_t> bytes, double threshold, int most) {
  constexpr std::size_t kFloats = 5;
  const std::size_t count = bytes.size() / (kFloats * sizeof(float));
  std::vector<sam6d::BoxCorners> boxes(count);
  std::vector<float> scores(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::array<float, kFloats> numbers{};
    std::memcpy(numbers.data(), bytes.data() + i * sizeof(numbers), sizeof(numbers));
    boxes[i] = {numbers[0], numbers[1], numbers[2], numbers[3]};
    scores[i] = numbers[4];
  }
  const std::vector<int> kept = sam6d::suppress_boxes(boxes, scores, threshold, most);
  if (kept.size() > static_cast<std::size_t>(most)) __builtin_trap();
  for (std::size_t i = 1; i < kept.size(); ++i) {
    const auto before = static_cast<std::size_t>(kept[i - 1]);
    if (scores[before] < scores[static_cast<std::size_t>(kept[i])]) __builtin_trap();
  }
}

/// What is left has no region that would still be removed.
void clean(std::span<const std::uint8_t> bytes, int width, std::int64_t least_area) {
  const int height = static_cast<int>(bytes.size()) / width;
  sam6d::Image<std::uint8_t> mask(width, height);
  std::copy_n(bytes.begin(), mask.size(), mask.data());
  sam6d::remove_small_regions(mask, least_area);
  sam6d::Image<std::uint8_t> again = mask;
  sam6d::remove_small_regions(again, least_area);
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if ((mask.data()[i] != 0) != (again.data()[i] != 0)) __builtin_trap();
  }
}

}  // namespace

/// A byte of the threshold or least area, one of the width or count, then numbers or pixels.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::span bytes(data + 3, size - 3);
  if (data[0] % 2 == 0) {
    suppress(bytes, data[1] / 128.0, data[2]);
  } else {
    clean(bytes, 1 + data[1], data[2]);
  }
  return 0;
}

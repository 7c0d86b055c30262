#include "sam6d/mask.hpp"

#include <algorithm>

#include "base/fail.hpp"

namespace sam6d {
namespace {

constexpr std::int64_t kMaxMaskPixels = std::int64_t{1} << 28U;

}  // namespace

Box intersect(const Box& a, const Box& b) {
  const Box both{std::max(a.x0, b.x0), std::max(a.y0, b.y0), std::min(a.x1, b.x1),
                 std::min(a.y1, b.y1)};
  return both.empty() ? Box{} : both;
}

double box_iou(const Box& a, const Box& b) {
  const std::int64_t both = intersect(a, b).area();
  const std::int64_t either = a.area() + b.area() - both;
  return either > 0 ? static_cast<double>(both) / static_cast<double>(either) : 0.0;
}

Mask::Mask(const Box& box) : box_(box.empty() ? Box{} : box) {
  if (box_.area() > kMaxMaskPixels) {
    fail(ErrorCode::kInvalidArgument, "mask: expected at most {} pixels, found {} x {}",
         kMaxMaskPixels, box_.width(), box_.height());
  }
  pixels_.assign(static_cast<std::size_t>(box_.area()), 0);
}

Mask Mask::from_image(const ImageView<std::uint8_t>& picture) {
  Mask whole(Box{0, 0, picture.width, picture.height});
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) whole.set(x, y, picture.at(x, y) != 0);
  }
  return whole.cropped();
}

std::int64_t Mask::area() const {
  return static_cast<std::int64_t>(pixels_.size()) -
         std::count(pixels_.begin(), pixels_.end(), std::uint8_t{0});
}

Mask Mask::cropped() const {
  Box tight{box_.x1, box_.y1, box_.x0, box_.y0};
  for (int y = box_.y0; y < box_.y1; ++y) {
    for (int x = box_.x0; x < box_.x1; ++x) {
      if (!at(x, y)) continue;
      tight.x0 = std::min(tight.x0, x);
      tight.x1 = std::max(tight.x1, x + 1);
      tight.y0 = std::min(tight.y0, y);
      tight.y1 = std::max(tight.y1, y + 1);
    }
  }
  Mask result(tight);
  for (int y = tight.y0; y < tight.y1; ++y) {
    for (int x = tight.x0; x < tight.x1; ++x) result.set(x, y, at(x, y));
  }
  return result;
}

Image<std::uint8_t> Mask::to_image(int width, int height) const {
  Image<std::uint8_t> picture(width, height);
  const Box inside = intersect(box_, Box{0, 0, width, height});
  for (int y = inside.y0; y < inside.y1; ++y) {
    const std::uint8_t* from = pixels_.data() + offset(inside.x0, y);
    std::copy(from, from + inside.width(), picture.row(y) + inside.x0);
  }
  return picture;
}

double mask_iou(const Mask& a, const Mask& b) {
  const Box overlap = intersect(a.box(), b.box());
  std::int64_t both = 0;
  for (int y = overlap.y0; y < overlap.y1; ++y) {
    for (int x = overlap.x0; x < overlap.x1; ++x) both += a.at(x, y) && b.at(x, y) ? 1 : 0;
  }
  const std::int64_t either = a.area() + b.area() - both;
  return either > 0 ? static_cast<double>(both) / static_cast<double>(either) : 0.0;
}

}  // namespace sam6d

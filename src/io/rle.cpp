#include "sam6d/rle.hpp"

#include <algorithm>

#include "base/fail.hpp"

namespace sam6d {
namespace {

void check_size(const Rle& rle, std::string_view source) {
  if (rle.width < 1 || rle.height < 1 || std::int64_t{rle.width} * rle.height > kMaxRlePixels) {
    fail(ErrorCode::kBadFile, "{}: expected a mask of 1..{} pixels, found {} x {}", source,
         kMaxRlePixels, rle.width, rle.height);
  }
}

/// Calls visit(x, y_begin, y_end) for every piece of a column that is on.
template <class Visit>
void for_each_piece(const Rle& rle, const Visit& visit) {
  std::int64_t begin = 0;
  bool on = false;
  for (const std::uint32_t count : rle.counts) {
    const std::int64_t end = begin + count;
    for (std::int64_t at = begin; on && at < end;) {
      const std::int64_t column_begin = at - at % rle.height;
      const std::int64_t piece_end = std::min(end, column_begin + rle.height);
      visit(static_cast<int>(at / rle.height), static_cast<int>(at - column_begin),
            static_cast<int>(piece_end - column_begin));
      at = piece_end;
    }
    begin = end;
    on = !on;
  }
}

}  // namespace

Rle encode_rle(const Mask& mask, int width, int height) {
  Rle rle{width, height, {}};
  const Box inside = intersect(mask.box(), Box{0, 0, width, height});
  // Places of pixels count column after column. The last run of pixels that are on may go on in the
  // next column.
  std::int64_t written = 0;
  std::int64_t on_begin = 0;
  std::int64_t on_end = 0;
  const auto write_run = [&] {
    if (on_begin == on_end) return;
    rle.counts.push_back(static_cast<std::uint32_t>(on_begin - written));
    rle.counts.push_back(static_cast<std::uint32_t>(on_end - on_begin));
    written = on_end;
  };
  for (int x = inside.x0; x < inside.x1; ++x) {
    for (int y = inside.y0; y < inside.y1; ++y) {
      if (!mask.at(x, y)) continue;
      const std::int64_t place = std::int64_t{x} * height + y;
      if (place != on_end || on_begin == on_end) {
        write_run();
        on_begin = place;
      }
      on_end = place + 1;
    }
  }
  write_run();
  const std::int64_t all = std::int64_t{width} * height;
  if (written < all) rle.counts.push_back(static_cast<std::uint32_t>(all - written));
  return rle;
}

Mask decode_rle(const Rle& rle, std::string_view source) {
  check_size(rle, source);
  const std::int64_t expected = std::int64_t{rle.width} * rle.height;
  std::int64_t sum = 0;
  for (const std::uint32_t count : rle.counts) {
    sum += count;
    if (sum > expected) break;
  }
  if (sum != expected) {
    fail(ErrorCode::kBadFile, "{}: expected runs of {} pixels for {} x {}, found {}", source,
         expected, rle.width, rle.height, sum > expected ? "more" : std::to_string(sum));
  }
  Box box{rle.width, rle.height, 0, 0};
  for_each_piece(rle, [&](int x, int y_begin, int y_end) {
    box.x0 = std::min(box.x0, x);
    box.x1 = std::max(box.x1, x + 1);
    box.y0 = std::min(box.y0, y_begin);
    box.y1 = std::max(box.y1, y_end);
  });
  Mask mask(box);
  for_each_piece(rle, [&](int x, int y_begin, int y_end) {
    for (int y = y_begin; y < y_end; ++y) mask.set(x, y);
  });
  return mask;
}

std::string compress_counts(std::span<const std::uint32_t> counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    // From the fourth on, the difference to the run before the last is coded: five bits a
    // character, lowest first, 0x20 = more follow.
    std::int64_t value = counts[i];
    if (i > 2) value -= counts[i - 2];
    for (bool more = true; more;) {
      std::int64_t bits = value & 0x1f;
      value >>= 5;
      more = (bits & 0x10) != 0 ? value != -1 : value != 0;
      if (more) bits |= 0x20;
      text += static_cast<char>(bits + '0');
    }
  }
  return text;
}

std::vector<std::uint32_t> decompress_counts(std::string_view text, std::string_view source) {
  constexpr int kMaxShift = 35;
  std::vector<std::uint32_t> counts;
  std::size_t at = 0;
  while (at < text.size()) {
    std::int64_t value = 0;
    int shift = 0;
    for (bool more = true; more; shift += 5) {
      if (at == text.size()) {
        fail(ErrorCode::kBadFile, "{}: expected whole run lengths, found a text that ends in one",
             source);
      }
      const int bits = text[at++] - '0';
      if (bits < 0 || bits > 0x3f || shift > kMaxShift) {
        fail(ErrorCode::kBadFile, "{}: expected COCO's compressed run lengths, found another text",
             source);
      }
      value |= std::int64_t{bits & 0x1f} << shift;
      more = (bits & 0x20) != 0;
      if (!more && (bits & 0x10) != 0) value -= std::int64_t{1} << (shift + 5);
    }
    if (counts.size() > 2) value += counts[counts.size() - 2];
    if (value < 0 || value > kMaxRlePixels) {
      fail(ErrorCode::kBadFile, "{}: expected run lengths of 0..{}, found {}", source,
           kMaxRlePixels, value);
    }
    counts.push_back(static_cast<std::uint32_t>(value));
  }
  return counts;
}

}  // namespace sam6d

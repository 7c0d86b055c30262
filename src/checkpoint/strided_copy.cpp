#include "checkpoint/strided_copy.hpp"

#include <algorithm>
#include <cstring>

namespace sam6d {
namespace {

constexpr std::uint64_t kWindowBytes = std::uint64_t{1} << 20U;
// Elements: a block of 64 x 64 takes 32 KiB at most.
constexpr std::uint64_t kBlock = 64;

/// A dimension of more than one element; steps in bytes.
struct Dimension {
  std::uint64_t size = 1;
  std::uint64_t from_step = 0;
  std::uint64_t to_step = 0;
};

/// Dimensions with the largest step in the storage first, so that its bytes are met in order where
/// no two elements share them.
std::vector<Dimension> in_storage_order(const StoredTensor& tensor) {
  const std::size_t element = size_of(tensor.dtype);
  std::vector<Dimension> dimensions;
  std::uint64_t to_step = element;
  for (std::size_t i = tensor.shape.size(); i-- > 0;) {
    if (tensor.shape[i] > 1) {
      dimensions.push_back({tensor.shape[i], tensor.strides[i] * element, to_step});
    }
    to_step *= tensor.shape[i];
  }
  std::stable_sort(
      dimensions.begin(), dimensions.end(),
      [](const Dimension& a, const Dimension& b) { return a.from_step > b.from_step; });
  return dimensions;
}

template <std::size_t kElement>
void copy_block(const Dimension& rows, const Dimension& row, const std::byte* from, std::byte* to) {
  for (std::uint64_t i = 0; i < row.size; ++i) {
    for (std::uint64_t j = 0; j < rows.size; ++j) {
      std::memcpy(to + i * row.to_step + j * rows.to_step,
                  from + i * row.from_step + j * rows.from_step, kElement);
    }
  }
}

/// Some rows of a tensor whose elements are all at `from`.
void copy_block(std::size_t element, const Dimension& rows, const Dimension& row,
                const std::byte* from, std::byte* to) {
  if (row.from_step == element && row.to_step == element) {
    for (std::uint64_t j = 0; j < rows.size; ++j) {
      std::memcpy(to + j * rows.to_step, from + j * rows.from_step,
                  static_cast<std::size_t>(row.size * element));
    }
    return;
  }
  switch (element) {
    case 1: return copy_block<1>(rows, row, from, to);
    case 2: return copy_block<2>(rows, row, from, to);
    case 4: return copy_block<4>(rows, row, from, to);
    default: return copy_block<8>(rows, row, from, to);
  }
}

/// The two innermost dimensions, block by block: both the elements that lie together in the storage
/// and those that lie together in the result are then met while they are in the cache.
void copy_plane(std::size_t element, const Dimension& rows, const Dimension& row,
                StorageWindow& storage, std::uint64_t from, std::byte* to) {
  const bool whole_rows = row.from_step == element && row.to_step == element;
  // As many as the window has room for.
  const auto fitting = [&](const Dimension& dimension, std::uint64_t most, std::uint64_t room) {
    const std::uint64_t step = std::max<std::uint64_t>(dimension.from_step, 1);
    return std::clamp<std::uint64_t>(room / step, 1, std::min(most, dimension.size));
  };
  const std::uint64_t room = storage.width() - element;
  const std::uint64_t width = fitting(row, whole_rows ? row.size : kBlock, room / 2);
  const std::uint64_t height = fitting(rows, kBlock, room / 2);
  for (std::uint64_t j = 0; j < rows.size; j += height) {
    for (std::uint64_t i = 0; i < row.size; i += width) {
      Dimension some_rows = rows;
      Dimension some_of_row = row;
      some_rows.size = std::min(height, rows.size - j);
      some_of_row.size = std::min(width, row.size - i);
      const std::uint64_t extent =
          (some_rows.size - 1) * rows.from_step + (some_of_row.size - 1) * row.from_step + element;
      copy_block(element, some_rows, some_of_row,
                 storage.at(from + j * rows.from_step + i * row.from_step, extent),
                 to + j * rows.to_step + i * row.to_step);
    }
  }
}

/// Takes the dimension out that `less` says comes first.
template <class Less>
Dimension take_least(std::vector<Dimension>& dimensions, std::size_t element, Less less) {
  if (dimensions.empty()) return {1, element, element};
  const auto least = std::ranges::min_element(dimensions, less);
  const Dimension taken = *least;
  dimensions.erase(least);
  return taken;
}

}  // namespace

StorageWindow::StorageWindow(std::span<const std::byte> bytes)
    : size_(bytes.size()), width_(bytes.size()), bytes_(bytes) {}

StorageWindow::StorageWindow(const FileBytes& file, std::uint64_t offset, std::uint64_t size)
    : file_(&file), offset_(offset), size_(size), width_(std::min(size, kWindowBytes)) {}

void StorageWindow::move_to(std::uint64_t begin) {
  begin_ = size_ <= width_ ? 0 : begin;
  buffer_.resize(static_cast<std::size_t>(std::min(width_, size_ - begin_)));
  file_->read(offset_ + begin_, buffer_);
  bytes_ = buffer_;
}

void copy_strided(const StoredTensor& tensor, StorageWindow& storage, std::span<std::byte> out) {
  if (out.empty()) return;
  const std::size_t element = size_of(tensor.dtype);
  std::vector<Dimension> outer = in_storage_order(tensor);
  const Dimension row = take_least(outer, element, [](const Dimension& a, const Dimension& b) {
    return a.from_step < b.from_step;
  });
  const Dimension rows = take_least(
      outer, element, [](const Dimension& a, const Dimension& b) { return a.to_step < b.to_step; });
  std::vector<std::uint64_t> counter(outer.size(), 0);
  std::uint64_t from = tensor.begin;
  std::byte* to = out.data();
  while (true) {
    copy_plane(element, rows, row, storage, from, to);
    std::size_t d = outer.size();
    while (d > 0 && counter[d - 1] + 1 == outer[d - 1].size) {
      --d;
      from -= counter[d] * outer[d].from_step;
      to -= counter[d] * outer[d].to_step;
      counter[d] = 0;
    }
    if (d == 0) return;
    ++counter[d - 1];
    from += outer[d - 1].from_step;
    to += outer[d - 1].to_step;
  }
}

}  // namespace sam6d

#include "checkpoint/strided_copy.hpp"

#include <algorithm>
#include <cstring>

namespace sam6d {
namespace {

constexpr std::uint64_t kWindowBytes = std::uint64_t{1} << 20U;

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
void copy_row(const Dimension& row, StorageWindow& storage, std::uint64_t from, std::byte* to) {
  for (std::uint64_t i = 0; i < row.size; ++i) {
    std::memcpy(to + i * row.to_step, storage.at(from + i * row.from_step, kElement), kElement);
  }
}

void copy_row(std::size_t element, const Dimension& row, StorageWindow& storage, std::uint64_t from,
              std::byte* to) {
  if (row.from_step == element && row.to_step == element) {
    const std::uint64_t size = row.size * element;
    for (std::uint64_t at = 0; at < size;) {
      const std::uint64_t count = std::min(size - at, storage.width());
      std::memcpy(to + at, storage.at(from + at, count), static_cast<std::size_t>(count));
      at += count;
    }
    return;
  }
  switch (element) {
    case 1: return copy_row<1>(row, storage, from, to);
    case 2: return copy_row<2>(row, storage, from, to);
    case 4: return copy_row<4>(row, storage, from, to);
    default: return copy_row<8>(row, storage, from, to);
  }
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
  Dimension row{1, element, element};
  if (!outer.empty()) {
    row = outer.back();
    outer.pop_back();
  }
  std::vector<std::uint64_t> counter(outer.size(), 0);
  std::uint64_t from = tensor.begin;
  std::byte* to = out.data();
  while (true) {
    copy_row(element, row, storage, from, to);
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

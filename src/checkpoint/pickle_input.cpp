#include "checkpoint/pickle_input.hpp"

#include <algorithm>
#include <utility>

#include "base/fail.hpp"

namespace sam6d {
namespace {

constexpr std::uint64_t kWindowBytes = std::uint64_t{1} << 16U;
// Of a module or class.
constexpr std::size_t kMaxLine = 1000;

}  // namespace

PickleInput::PickleInput(FileBytes file, std::uint64_t begin, std::uint64_t end)
    : file_(std::move(file)), position_(begin), end_(end) {}

void PickleInput::refill() {
  if (position_ >= end_) {
    fail(ErrorCode::kBadFile, "{}: the pickle is cut short: found its end at byte {}", source(),
         position_);
  }
  if (const auto memory = file_.memory()) {
    view_ = memory->subspan(static_cast<std::size_t>(position_),
                            static_cast<std::size_t>(end_ - position_));
    return;
  }
  window_.resize(static_cast<std::size_t>(std::min(kWindowBytes, end_ - position_)));
  file_.read(position_, window_);
  view_ = window_;
}

std::uint8_t PickleInput::byte() {
  if (view_.empty()) refill();
  const auto value = std::to_integer<std::uint8_t>(view_.front());
  view_ = view_.subspan(1);
  ++position_;
  return value;
}

void PickleInput::read(std::span<std::byte> out) {
  while (!out.empty()) {
    if (view_.empty()) refill();
    const std::size_t count = std::min(out.size(), view_.size());
    std::copy_n(view_.begin(), count, out.begin());
    view_ = view_.subspan(count);
    out = out.subspan(count);
    position_ += count;
  }
}

double PickleInput::big_endian_double() {
  std::array<std::byte, sizeof(double)> bytes;
  read(bytes);
  std::reverse(bytes.begin(), bytes.end());
  return std::bit_cast<double>(bytes);
}

std::string PickleInput::bytes(std::uint64_t count) {
  if (count > rest()) {
    fail(ErrorCode::kBadFile, "{}: the pickle is cut short: expected {} bytes at byte {}, found {}",
         source(), count, position_, rest());
  }
  std::string text(static_cast<std::size_t>(count), '\0');
  read(std::as_writable_bytes(std::span(text)));
  return text;
}

std::string PickleInput::line() {
  std::string text;
  for (std::uint8_t c = byte(); c != '\n'; c = byte()) {
    if (text.size() == kMaxLine) {
      fail(ErrorCode::kBadFile, "{}: expected a name of at most {} bytes before byte {}", source(),
           kMaxLine, position_);
    }
    text.push_back(static_cast<char>(c));
  }
  return text;
}

}  // namespace sam6d

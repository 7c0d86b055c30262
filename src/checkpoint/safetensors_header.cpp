#include "checkpoint/safetensors_header.hpp"

#include <nlohmann/json.hpp>

#include "base/fail.hpp"

namespace sam6d {
namespace {

constexpr std::size_t kMaxDimensions = 64;
constexpr std::string_view kMetadataKey = "__metadata__";

/// Takes nlohmann's parser events. The parser itself keeps one bit a nesting level, and this stops
/// it at the third level, so neither stack nor heap depend on how deep the text nests.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view source) : source_(source) {}

  bool start_object(std::size_t /*size*/) {
    if (place_ == Place::kStart) {
      place_ = Place::kRoot;
    } else if (place_ == Place::kRoot && key_ == kMetadataKey) {
      place_ = Place::kMetadata;
    } else if (place_ == Place::kRoot) {
      place_ = Place::kEntry;
      entry_ = {};
      has_dtype_ = has_shape_ = false;
      offsets_.reset();
    } else {
      refuse("an object");
    }
    return true;
  }

  bool end_object() {
    if (place_ == Place::kRoot) {
      place_ = Place::kEnd;
      return true;
    }
    if (place_ == Place::kEntry) finish_entry();
    place_ = Place::kRoot;
    return true;
  }

  bool start_array(std::size_t /*size*/) {
    if (place_ != Place::kEntry || (field_ != "shape" && field_ != "data_offsets")) {
      refuse("an array");
    }
    place_ = Place::kNumbers;
    numbers_.clear();
    return true;
  }

  bool end_array() {
    place_ = Place::kEntry;
    if (field_ == "shape") {
      if (has_shape_) fail_at("expected one shape, found a second");
      entry_.shape = numbers_;
      has_shape_ = true;
      return true;
    }
    if (offsets_) fail_at("expected one data_offsets, found a second");
    if (numbers_.size() != 2) {
      fail_at(fmt::format("expected data_offsets of two numbers, found {}", numbers_.size()));
    }
    offsets_ = {numbers_[0], numbers_[1]};
    return true;
  }

  bool key(std::string& text) {
    if (place_ == Place::kRoot) {
      if (text == kMetadataKey ? has_metadata_ : header_.entries.contains(text)) {
        fail_at(fmt::format("expected every name once, found {:?} again", text));
      }
      has_metadata_ = has_metadata_ || text == kMetadataKey;
      key_ = text;
    } else {
      field_ = text;
    }
    return true;
  }

  bool string(std::string& text) {
    if (place_ == Place::kMetadata) {
      if (!header_.metadata.emplace(field_, text).second) {
        fail_at(fmt::format("expected every name once, found {:?} again", field_));
      }
      return true;
    }
    if (place_ != Place::kEntry || field_ != "dtype") refuse("a text");
    const std::optional<DType> dtype = dtype_from_string(text);
    if (!dtype) fail_at(fmt::format("expected a known dtype such as F32, found {:?}", text));
    if (has_dtype_) fail_at("expected one dtype, found a second");
    entry_.dtype = *dtype;
    has_dtype_ = true;
    return true;
  }

  bool number_unsigned(std::uint64_t value) {
    if (place_ != Place::kNumbers) refuse("a number");
    if (numbers_.size() >= kMaxDimensions) {
      fail_at(fmt::format("expected at most {} dimensions, found more", kMaxDimensions));
    }
    numbers_.push_back(value);
    return true;
  }

  bool number_integer(std::int64_t value) { return refuse(fmt::format("{}", value)); }
  bool number_float(double /*value*/, const std::string& text) { return refuse(text); }
  bool null() { return refuse("null"); }
  bool boolean(bool value) { return refuse(value ? "true" : "false"); }
  bool binary(std::vector<std::uint8_t>& /*value*/) { return refuse("binary data"); }

  bool parse_error(std::size_t position, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& error) {
    fail(ErrorCode::kBadFile, "{}: expected a JSON header, found a fault at its byte {}: {}",
         source_, position, error.what());
  }

  [[nodiscard]] SafetensorsHeader take() { return std::move(header_); }

 private:
  enum class Place { kStart, kRoot, kMetadata, kEntry, kNumbers, kEnd };

  [[noreturn]] void fail_at(std::string_view text) const {
    fail(ErrorCode::kBadFile, "{}: safetensors header, at {:?}: {}", source_, key_, text);
  }

  [[noreturn]] bool refuse(std::string_view found) const {
    switch (place_) {
      case Place::kMetadata: fail_at(fmt::format("expected texts as metadata, found {}", found));
      case Place::kNumbers:
        fail_at(fmt::format("expected whole numbers from 0 to 2^64 - 1, found {}", found));
      case Place::kEntry:
        fail_at(
            fmt::format("expected dtype, shape and data_offsets, found {:?}: {}", field_, found));
      default: fail_at(fmt::format("expected an object, found {}", found));
    }
  }

  void finish_entry() {
    if (!has_dtype_ || !has_shape_ || !offsets_) {
      fail_at("expected dtype, shape and data_offsets, found not all of them");
    }
    entry_.begin = offsets_->first;
    entry_.end = offsets_->second;
    header_.entries.emplace(key_, std::move(entry_));
  }

  std::string_view source_;
  SafetensorsHeader header_;
  Place place_ = Place::kStart;
  bool has_metadata_ = false;
  std::string key_;    ///< name of a tensor, or of the metadata
  std::string field_;  ///< name inside of that
  TensorEntry entry_;
  bool has_dtype_ = false;
  bool has_shape_ = false;
  std::optional<std::pair<std::uint64_t, std::uint64_t>> offsets_;
  std::vector<std::uint64_t> numbers_;
};

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view json, std::string_view source) {
  HeaderReader reader(source);
  nlohmann::json::sax_parse(json.begin(), json.end(), &reader);
  return reader.take();
}

}  // namespace sam6d

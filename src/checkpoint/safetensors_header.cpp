#include "checkpoint/safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>

#include <nlohmann/json.hpp>

#include "base/fail.hpp"
#include "base/utf8.hpp"

namespace sam6d {
namespace {

constexpr std::size_t kMaxDimensions = 64;

/// Takes nlohmann's parser events. The parser itself keeps one bit a nesting level, and this stops
/// it at the third level, so neither stack nor heap depend on how deep the text nests.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view source) : source_(source) {}

  bool start_object(std::size_t /*size*/) {
    if (place_ == Place::kStart) {
      place_ = Place::kRoot;
    } else if (place_ == Place::kRoot && key_ == kSafetensorsMetadata) {
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
      if (text == kSafetensorsMetadata ? has_metadata_ : header_.entries.contains(text)) {
        fail_at(fmt::format("expected every name once, found {} again", quoted_text(text)));
      }
      has_metadata_ = has_metadata_ || text == kSafetensorsMetadata;
      key_ = text;
    } else {
      field_ = text;
    }
    return true;
  }

  bool string(std::string& text) {
    if (place_ == Place::kMetadata) {
      if (!header_.metadata.emplace(field_, text).second) {
        fail_at(fmt::format("expected every name once, found {} again", quoted_text(field_)));
      }
      return true;
    }
    if (place_ != Place::kEntry || field_ != "dtype") refuse("a text");
    const std::optional<DType> dtype = dtype_from_string(text);
    if (!dtype)
      fail_at(fmt::format("expected a known dtype such as F32, found {}", quoted_text(text)));
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
    fail(ErrorCode::kBadFile, "{}: safetensors header, at {}: {}", source_, quoted_text(key_),
         text);
  }

  [[noreturn]] bool refuse(std::string_view found) const {
    switch (place_) {
      case Place::kMetadata: fail_at(fmt::format("expected texts as metadata, found {}", found));
      case Place::kNumbers:
        fail_at(fmt::format("expected whole numbers from 0 to 2^64 - 1, found {}", found));
      case Place::kEntry:
        fail_at(fmt::format("expected dtype, shape and data_offsets, found {}: {}",
                            quoted_text(field_), found));
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

/// Checks that the entries' shapes fit their bytes and that they fill `data_size` bytes exactly.
void check_layout(const SafetensorsHeader& header, std::uint64_t data_size,
                  std::string_view source) {
  using Named = std::pair<const std::string, TensorEntry>;
  std::vector<const Named*> by_place;
  for (const Named& named : header.entries) by_place.push_back(&named);
  std::sort(by_place.begin(), by_place.end(), [](const Named* a, const Named* b) {
    return std::tie(a->second.begin, a->second.end) < std::tie(b->second.begin, b->second.end);
  });
  std::uint64_t position = 0;
  for (const Named* named : by_place) {
    const auto& [name, entry] = *named;
    if (entry.begin != position || entry.end < entry.begin || entry.end > data_size) {
      fail(ErrorCode::kBadFile,
           "{}: expected tensor {} to start at byte {} and to end by {}, found {} to {}", source,
           quoted_text(name), position, data_size, entry.begin, entry.end);
    }
    const std::uint64_t bytes = entry.end - entry.begin;
    const std::size_t size = size_of(entry.dtype);
    if (bytes % size != 0 || element_count(entry.shape) != bytes / size) {
      fail(ErrorCode::kBadFile,
           "{}: expected tensor {} to have as many bytes as its shape says, found {}", source,
           quoted_text(name), bytes);
    }
    position = entry.end;
  }
  if (position != data_size) {
    fail(ErrorCode::kBadFile, "{}: expected {} bytes of tensors, found {}", source, position,
         data_size);
  }
}

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view json, std::string_view source) {
  HeaderReader reader(source);
  nlohmann::json::sax_parse(json.begin(), json.end(), &reader);
  return reader.take();
}

SafetensorsHeader read_safetensors_header(const FileBytes& file) {
  const std::string& source = file.source();
  if (file.size() < kSafetensorsLengthBytes) {
    fail(ErrorCode::kBadFile, "{}: expected a safetensors file, found {} bytes", source,
         file.size());
  }
  std::array<std::byte, kSafetensorsLengthBytes> length_bytes;
  file.read(0, length_bytes);
  std::uint64_t length = 0;
  std::memcpy(&length, length_bytes.data(), length_bytes.size());
  const std::uint64_t rest = file.size() - kSafetensorsLengthBytes;
  if (length > kMaxSafetensorsHeader || length > rest) {
    fail(ErrorCode::kBadFile, "{}: expected a safetensors header of at most {} bytes, found {}",
         source, std::min(rest, kMaxSafetensorsHeader), length);
  }
  std::string json(static_cast<std::size_t>(length), '\0');
  file.read(kSafetensorsLengthBytes, std::as_writable_bytes(std::span(json)));
  if (json.empty() || json.front() != '{') {
    fail(ErrorCode::kBadFile, "{}: expected a safetensors header that starts with {{", source);
  }
  SafetensorsHeader header = parse_safetensors_header(json, source);
  header.data_begin = kSafetensorsLengthBytes + length;
  check_layout(header, rest - length, source);
  return header;
}

CheckpointIndex index_safetensors(const FileBytes& file) {
  SafetensorsHeader header = read_safetensors_header(file);
  CheckpointIndex index;
  index.format = CheckpointFormat::kSafetensors;
  index.metadata = std::move(header.metadata);
  for (auto& [name, entry] : header.entries) {
    const std::uint64_t size = entry.end - entry.begin;
    index.names.push_back({name, 0, index.tensors.size()});
    Storage storage;
    storage.name = name;
    storage.size = storage.packed_size = size;
    storage.offset = header.data_begin + entry.begin;
    std::vector<std::uint64_t> strides = c_strides(entry.shape);
    index.tensors.push_back(
        {index.storages.size(), entry.dtype, std::move(entry.shape), std::move(strides), 0});
    index.storages.push_back(std::move(storage));
  }
  std::stable_sort(index.names.begin(), index.names.end(),
                   [&](const NamedTensor& a, const NamedTensor& b) {
                     return index.storages[a.tensor].offset < index.storages[b.tensor].offset;
                   });
  return index;
}

}  // namespace sam6d

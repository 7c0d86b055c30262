#include "checkpoint/safetensors.hpp"

#include <algorithm>
#include <tuple>

#include <nlohmann/json.hpp>

#include "base/fail.hpp"
#include "checkpoint/safetensors_header.hpp"

namespace sam6d {
namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;

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
           "{}: expected tensor {:?} to start at byte {} and to end by {}, found {} to {}", source,
           name, position, data_size, entry.begin, entry.end);
    }
    const std::uint64_t bytes = entry.end - entry.begin;
    const std::size_t size = size_of(entry.dtype);
    if (bytes % size != 0 || element_count(entry.shape) != bytes / size) {
      fail(ErrorCode::kBadFile,
           "{}: expected tensor {:?} to have as many bytes as its shape says, found {}", source,
           name, bytes);
    }
    position = entry.end;
  }
  if (position != data_size) {
    fail(ErrorCode::kBadFile, "{}: expected {} bytes of tensors, found {}", source, position,
         data_size);
  }
}

/// Copies `bytes` to `place` and returns where they end.
std::byte* put(std::byte* place, std::span<const std::byte> bytes) {
  return std::copy(bytes.begin(), bytes.end(), place);
}

}  // namespace

SafetensorsView parse_safetensors(std::span<const std::byte> file, std::string_view source) {
  if (file.size() < kLengthBytes) {
    fail(ErrorCode::kBadFile, "{}: expected a safetensors file, found {} bytes", source,
         file.size());
  }
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), kLengthBytes);
  const std::uint64_t rest = file.size() - kLengthBytes;
  if (length > kMaxHeaderBytes || length > rest) {
    fail(ErrorCode::kBadFile, "{}: expected a safetensors header of at most {} bytes, found {}",
         source, std::min(rest, kMaxHeaderBytes), length);
  }
  const auto header_bytes = file.subspan(kLengthBytes, static_cast<std::size_t>(length));
  const std::string_view json(reinterpret_cast<const char*>(header_bytes.data()),
                              header_bytes.size());
  if (json.empty() || json.front() != '{') {
    fail(ErrorCode::kBadFile, "{}: expected a safetensors header that starts with {{", source);
  }
  SafetensorsHeader header = parse_safetensors_header(json, source);
  const auto data = file.subspan(kLengthBytes + header_bytes.size());
  check_layout(header, data.size(), source);

  SafetensorsView view;
  view.metadata = std::move(header.metadata);
  for (auto& [name, entry] : header.entries) {
    view.tensors.emplace(
        name, TensorView{entry.dtype, std::move(entry.shape),
                         data.subspan(static_cast<std::size_t>(entry.begin),
                                      static_cast<std::size_t>(entry.end - entry.begin))});
  }
  return view;
}

std::vector<std::byte> safetensors_bytes(const TensorMap& tensors, const Metadata& metadata) {
  // Large elements first keeps all of them aligned, the start of the data being so.
  std::vector<const TensorMap::value_type*> order;
  for (const auto& named : tensors) order.push_back(&named);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return size_of(a->second.dtype) > size_of(b->second.dtype);
  });
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t position = 0;
  for (const auto* named : order) {
    const auto& [name, tensor] = *named;
    const std::optional<std::uint64_t> count = element_count(tensor.shape);
    if (!count || *count != tensor.bytes.size() / size_of(tensor.dtype) ||
        tensor.bytes.size() % size_of(tensor.dtype) != 0) {
      fail(ErrorCode::kInvalidArgument,
           "tensor {}: expected as many bytes as its shape says, found {}", name,
           tensor.bytes.size());
    }
    header[name] = {{"dtype", to_string(tensor.dtype)},
                    {"shape", tensor.shape},
                    {"data_offsets", {position, position + tensor.bytes.size()}}};
    position += tensor.bytes.size();
  }
  std::string json;
  try {
    json = header.dump();
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorCode::kInvalidArgument, "tensor names and metadata: expected UTF-8: {}",
         error.what());
  }
  json.resize((json.size() + 7) / 8 * 8, ' ');
  if (json.size() > kMaxHeaderBytes) {
    fail(ErrorCode::kInvalidArgument,
         "tensor names and metadata: expected at most {} bytes, found {}", kMaxHeaderBytes,
         json.size());
  }

  std::vector<std::byte> bytes(kLengthBytes + json.size() + static_cast<std::size_t>(position));
  const std::uint64_t length = json.size();
  std::byte* place = put(bytes.data(), std::as_bytes(std::span(&length, 1)));
  place = put(place, std::as_bytes(std::span(json)));
  for (const auto* named : order) place = put(place, named->second.bytes);
  return bytes;
}

}  // namespace sam6d

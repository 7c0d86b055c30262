#include "checkpoint/safetensors.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/fail.hpp"
#include "checkpoint/safetensors_header.hpp"

namespace sam6d {
namespace {

/// Copies `bytes` to `place` and returns where they end.
std::byte* put(std::byte* place, std::span<const std::byte> bytes) {
  return std::copy(bytes.begin(), bytes.end(), place);
}

}  // namespace

SafetensorsView parse_safetensors(std::span<const std::byte> file, std::string_view source) {
  SafetensorsHeader header = read_safetensors_header(FileBytes::in_memory(file, source));
  const auto data = file.subspan(static_cast<std::size_t>(header.data_begin));
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

SafetensorsParts safetensors_parts(const TensorViewMap& tensors, const Metadata& metadata) {
  // Large elements first keeps all of them aligned, the start of the data being so.
  std::vector<const TensorViewMap::value_type*> order;
  for (const auto& named : tensors) order.push_back(&named);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return size_of(a->second.dtype) > size_of(b->second.dtype);
  });
  SafetensorsParts parts;
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header[std::string(kSafetensorsMetadata)] = metadata;
  std::uint64_t position = 0;
  for (const auto* named : order) {
    const auto& [name, tensor] = *named;
    if (name == kSafetensorsMetadata) {
      fail(ErrorCode::kInvalidArgument, "tensor {}: the format keeps this name for itself", name);
    }
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
    parts.tensors.push_back(tensor.bytes);
  }
  std::string json;
  try {
    json = header.dump();
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorCode::kInvalidArgument, "tensor names and metadata: expected UTF-8: {}",
         error.what());
  }
  json.resize((json.size() + 7) / 8 * 8, ' ');
  if (json.size() > kMaxSafetensorsHeader) {
    fail(ErrorCode::kInvalidArgument,
         "tensor names and metadata: expected at most {} bytes, found {}", kMaxSafetensorsHeader,
         json.size());
  }
  parts.header.resize(kSafetensorsLengthBytes + json.size());
  const std::uint64_t length = json.size();
  std::byte* const place = put(parts.header.data(), std::as_bytes(std::span(&length, 1)));
  put(place, std::as_bytes(std::span(json)));
  return parts;
}

std::vector<std::byte> safetensors_bytes(const TensorMap& tensors, const Metadata& metadata) {
  TensorViewMap views;
  for (const auto& [name, tensor] : tensors) {
    views.emplace_hint(views.end(), name, TensorView{tensor.dtype, tensor.shape, tensor.bytes});
  }
  const SafetensorsParts parts = safetensors_parts(views, metadata);
  std::size_t size = parts.header.size();
  for (const std::span<const std::byte> tensor : parts.tensors) size += tensor.size();
  std::vector<std::byte> bytes(size);
  std::byte* place = put(bytes.data(), parts.header);
  for (const std::span<const std::byte> tensor : parts.tensors) place = put(place, tensor);
  return bytes;
}

}  // namespace sam6d

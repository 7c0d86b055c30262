#include "object/bundle_envelope.hpp"

#include <array>

#include <nlohmann/json.hpp>

#include "base/fail.hpp"
#include "base/utf8.hpp"
#include "checkpoint/safetensors.hpp"
#include "checkpoint/xxh64.hpp"

namespace sam6d {
namespace {

// To be raised whenever the tensors' names or meanings change.
constexpr int kVersion = 1;

constexpr std::string_view kKind = "sam6d object";
constexpr std::size_t kMaxHeaderBytes = 1U << 20U;
// Every bundle has these; the section of descriptors is there where networks prepared the object.
constexpr std::array<std::string_view, 5> kSections = {"mesh", "samples", "symmetries", "views",
                                                       "geometric"};

using Json = nlohmann::ordered_json;

std::string section_of(std::string_view tensor_name) {
  return std::string(tensor_name.substr(0, tensor_name.find('.')));
}

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  return xxh64(std::as_bytes(std::span(text)), seed);
}

/// One checksum a section, of names, types, shapes and bytes of its tensors in the order of names.
template <class Map>
std::map<std::string, std::string> checksums(const Map& tensors) {
  std::map<std::string, std::uint64_t> hashes;
  for (const auto& [name, tensor] : tensors) {
    std::uint64_t& hash = hashes[section_of(name)];
    hash = hash_of(name, hash);
    hash = hash_of(to_string(tensor.dtype), hash);
    hash = xxh64(std::as_bytes(std::span(tensor.shape)), hash);
    hash = xxh64(tensor.bytes, hash);
  }
  std::map<std::string, std::string> texts;
  for (const auto& [section, hash] : hashes) texts[section] = fmt::format("{:016x}", hash);
  return texts;
}

/// Of the JSON itself.
std::string checksum(std::string_view json) { return fmt::format("{:016x}", hash_of(json, 0)); }

const std::string& entry(const Metadata& metadata, std::string_view key, std::string_view source) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) {
    fail(ErrorCode::kBadFile, "{}: expected a sam6d object bundle, found no metadata {}", source,
         key);
  }
  return found->second;
}

Json parse_header(const Metadata& metadata, std::string_view source) {
  constexpr int kMaxDepth = 4;
  if (entry(metadata, "format", source) != kKind) {
    fail(ErrorCode::kBadFile, "{}: expected a sam6d object bundle, found format {}", source,
         quoted_text(entry(metadata, "format", source)));
  }
  const std::string& text = entry(metadata, "object", source);
  if (text.size() > kMaxHeaderBytes) {
    fail(ErrorCode::kBadFile, "{}: expected at most {} bytes of JSON, found {}", source,
         kMaxHeaderBytes, text.size());
  }
  if (entry(metadata, "checksum", source) != checksum(text)) {
    fail(ErrorCode::kBadFile, "{}: the checksum of the metadata is wrong; the file is damaged",
         source);
  }
  try {
    return Json::parse(text, [&](int depth, Json::parse_event_t /*event*/, Json& /*value*/) {
      if (depth > kMaxDepth) fail(ErrorCode::kBadFile, "{}: metadata nests too deep", source);
      return true;
    });
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorCode::kBadFile, "{}: expected JSON in the metadata: {}", source, error.what());
  }
}

/// Fills the header and returns the checksums.
std::map<std::string, std::string> read_header(const Json& json, BundleHeader& header,
                                               std::string_view source) {
  try {
    const int version = json.at("version").get<int>();
    if (version != kVersion) {
      fail(ErrorCode::kBadFile,
           "{}: expected an object bundle of version {}, found {}; onboard the mesh again", source,
           kVersion, version);
    }
    header.id = json.at("id").get<ObjectId>();
    header.name = json.at("name").get<std::string>();
    header.diameter_m = json.at("diameter_m").get<double>();
    return json.at("checksums").get<std::map<std::string, std::string>>();
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorCode::kBadFile, "{}: metadata of the object: {}", source, error.what());
  }
}

void verify(const TensorViewMap& tensors, const std::map<std::string, std::string>& expected,
            std::string_view source) {
  const std::map<std::string, std::string> found = checksums(tensors);
  const auto must_have = [&](const std::string& section) {
    if (!found.contains(section)) {
      fail(ErrorCode::kBadFile, "{}: expected a section {}, found none", source, section);
    }
  };
  for (const std::string_view name : kSections) must_have(std::string(name));
  for (const auto& [section, checksum] : expected) must_have(section);
  for (const auto& [section, checksum] : found) {
    const auto right = expected.find(section);
    if (right == expected.end() || right->second != checksum) {
      fail(ErrorCode::kBadFile, "{}: the checksum of section {} is wrong; the file is damaged",
           source, section);
    }
  }
}

}  // namespace

std::vector<std::byte> seal_bundle(const BundleHeader& header, const TensorMap& tensors) {
  const Json json = {{"version", kVersion},
                     {"id", header.id},
                     {"name", header.name},
                     {"diameter_m", header.diameter_m},
                     {"checksums", checksums(tensors)}};
  // A name that is not UTF-8 must not make an object impossible to save.
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return safetensors_bytes(
      tensors, {{"format", std::string(kKind)}, {"object", text}, {"checksum", checksum(text)}});
}

OpenedBundle open_bundle(std::span<const std::byte> file, std::string_view source) {
  SafetensorsView view = parse_safetensors(file, source);
  OpenedBundle bundle;
  const Json json = parse_header(view.metadata, source);
  verify(view.tensors, read_header(json, bundle.header, source), source);
  bundle.tensors = std::move(view.tensors);
  return bundle;
}

}  // namespace sam6d

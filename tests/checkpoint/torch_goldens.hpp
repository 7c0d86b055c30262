#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "checkpoint/golden_values.hpp"
#include "sam6d/checkpoint.hpp"
#include "sam6d/error.hpp"

namespace sam6d::test {

inline std::vector<std::byte> read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// Whether both have the same tensors, bytes included.
inline bool same_tensors(const Checkpoint& a, const Checkpoint& b) {
  return std::ranges::equal(a.tensors(), b.tensors(), [](const auto& left, const auto& right) {
    return left.first == right.first && left.second.dtype == right.second.dtype &&
           left.second.shape == right.second.shape &&
           std::ranges::equal(left.second.bytes, right.second.bytes);
  });
}

/// Reads a file in every way, which must all come to the same; nothing when it is refused.
inline std::optional<Checkpoint> read_in_every_way(const std::filesystem::path& path) {
  std::vector<Checkpoint> results;
  int refused = 0;
  const auto attempt = [&](auto&& read) {
    try {
      results.push_back(read());
    } catch (const Error& error) {
      ++refused;
      CHECK(error.code() == ErrorCode::kBadFile);
      CHECK_MESSAGE(std::string(error.what()).starts_with(path.string() + ": "), error.what());
      CHECK(std::string(error.what()).find('\n') == std::string::npos);
    }
  };
  const std::vector<std::byte> bytes = read_bytes(path);
  // Where no tensor lies aligned.
  std::vector<std::byte> shifted(bytes.size() + 1);
  std::ranges::copy(bytes, shifted.begin() + 1);
  attempt([&] { return Checkpoint::from_file(path); });
  attempt([&] { return Checkpoint::from_file(path, {.memory_map = true}); });
  attempt([&] { return Checkpoint::from_file(path, {.threads = 1}); });
  attempt([&] { return Checkpoint::from_memory(bytes, path.string()); });
  attempt([&] { return Checkpoint::from_memory(std::span(shifted).subspan(1), path.string()); });
  CHECK((refused == 0 || results.empty()));
  for (const Checkpoint& result : results) CHECK(same_tensors(result, results.front()));
  if (results.empty()) return std::nullopt;
  // The views end with the memory that they are of.
  return Checkpoint::from_file(path);
}

/// Checks all files of a folder against its expected.json; `entries` is the part that speaks of
/// PyTorch's files.
inline void check_torch_goldens(const std::filesystem::path& folder, const Json& entries) {
  const std::filesystem::path trap = "/tmp/ism_checkpoint_reader_was_tricked";
  std::filesystem::remove(trap);
  for (const auto& [key, entry] : entries.items()) {
    const std::string& name = key;  // clang 14 cannot capture structured bindings
    CAPTURE(name);
    const std::optional<Checkpoint> read = read_in_every_way(folder / name);
    if (entry.at("ok") == false) {
      CHECK_MESSAGE(!read, "was read");
      continue;
    }
    if (entry.at("ok") == true) CHECK_MESSAGE(read, "was refused");
    if (!read || !entry.contains("value")) continue;
    const bool legacy = read->format() == CheckpointFormat::kTorchLegacy;
    CHECK(legacy == (name.find("old_format") != std::string::npos));
    const LoadedFile file(FileBytes::open(folder / name), legacy);
    check_value(file, file.torch.root, entry.at("value"));
  }
  CHECK(!std::filesystem::exists(trap));
}

}  // namespace sam6d::test

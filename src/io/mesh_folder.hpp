#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <assimp/IOStream.hpp>
#include <assimp/IOSystem.hpp>

namespace sam6d {

/// The files that a mesh file names, looked for inside its own folder and nowhere else: first under
/// the name as it stands, then under its last part (many exporters write paths of the machine where
/// they ran).
class MeshFolder {
 public:
  /// Without a folder nothing is found.
  MeshFolder(std::filesystem::path folder, std::uint64_t max_file_bytes)
      : folder_(std::move(folder)), max_file_bytes_(max_file_bytes) {}

  /// An empty path where there is no such file.
  [[nodiscard]] std::filesystem::path find(std::string_view name) const;
  /// Throws Error(kFileNotFound) or Error(kBadFile).
  [[nodiscard]] std::vector<std::byte> read(std::string_view name) const;

 private:
  std::filesystem::path folder_;
  std::uint64_t max_file_bytes_;
};

/// Hands Assimp files from memory, and others from the mesh's folder, for reading only.
class MeshFileSystem : public Assimp::IOSystem {
 public:
  /// Holds a reference.
  explicit MeshFileSystem(const MeshFolder& folder) : folder_(folder) {}

  /// The bytes must stay.
  void add(std::string name, std::span<const std::byte> bytes) {
    files_.emplace_back(std::move(name), bytes);
  }

  [[nodiscard]] bool Exists(const char* name) const override;
  [[nodiscard]] char getOsSeparator() const override { return '/'; }
  Assimp::IOStream* Open(const char* name, const char* mode) override;
  void Close(Assimp::IOStream* stream) override;

 private:
  [[nodiscard]] const std::span<const std::byte>* find(std::string_view name) const;

  const MeshFolder& folder_;
  std::vector<std::pair<std::string, std::span<const std::byte>>> files_;
};

}  // namespace sam6d

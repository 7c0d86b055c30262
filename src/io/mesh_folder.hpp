#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
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

/// Hands Assimp the mesh file from memory and other files from the mesh's folder, for reading only.
class MeshFileSystem : public Assimp::IOSystem {
 public:
  /// Holds references to all of them.
  MeshFileSystem(std::span<const std::byte> mesh_file, std::string mesh_name,
                 const MeshFolder& folder)
      : mesh_file_(mesh_file), mesh_name_(std::move(mesh_name)), folder_(folder) {}

  [[nodiscard]] bool Exists(const char* name) const override;
  [[nodiscard]] char getOsSeparator() const override { return '/'; }
  Assimp::IOStream* Open(const char* name, const char* mode) override;
  void Close(Assimp::IOStream* stream) override;

  /// Names that were asked for and are not there.
  [[nodiscard]] const std::vector<std::string>& missing() const { return missing_; }
  /// Whether a file other than the mesh was read.
  [[nodiscard]] bool read_others() const { return read_others_; }

 private:
  std::span<const std::byte> mesh_file_;
  std::string mesh_name_;
  const MeshFolder& folder_;
  std::vector<std::string> missing_;
  bool read_others_ = false;
};

}  // namespace sam6d

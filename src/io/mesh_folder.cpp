#include "io/mesh_folder.hpp"

#include <algorithm>
#include <cstring>
#include <system_error>

#include "base/fail.hpp"
#include "sam6d/file_io.hpp"

namespace sam6d {
namespace {

namespace fs = std::filesystem;

/// Bytes of its own or of somebody else.
class MemoryStream : public Assimp::IOStream {
 public:
  explicit MemoryStream(std::span<const std::byte> bytes) : bytes_(bytes) {}
  explicit MemoryStream(std::vector<std::byte> bytes) : own_(std::move(bytes)), bytes_(own_) {}

  std::size_t Read(void* to, std::size_t size, std::size_t count) override {
    if (size == 0) return 0;
    const std::size_t items = std::min(count, (bytes_.size() - position_) / size);
    if (items > 0) std::memcpy(to, bytes_.data() + position_, items * size);
    position_ += items * size;
    return items;
  }
  std::size_t Write(const void* /*from*/, std::size_t /*size*/, std::size_t /*count*/) override {
    return 0;
  }
  aiReturn Seek(std::size_t offset, aiOrigin origin) override {
    std::size_t from = 0;
    if (origin == aiOrigin_CUR) from = position_;
    if (origin == aiOrigin_END) from = bytes_.size();
    // Offsets back from the end or from here come as huge unsigned numbers and wrap around.
    const std::size_t position = from + offset;
    if (position > bytes_.size()) return aiReturn_FAILURE;
    position_ = position;
    return aiReturn_SUCCESS;
  }
  [[nodiscard]] std::size_t Tell() const override { return position_; }
  [[nodiscard]] std::size_t FileSize() const override { return bytes_.size(); }
  void Flush() override {}

 private:
  std::vector<std::byte> own_;
  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
};

}  // namespace

fs::path MeshFolder::find(std::string_view name) const {
  if (folder_.empty() || name.empty() || name.find('\0') != std::string_view::npos) return {};
  std::string plain(name);
  std::replace(plain.begin(), plain.end(), '\\', '/');
  const auto inside = [](const fs::path& path) {
    return path.is_relative() && std::none_of(path.begin(), path.end(),
                                              [](const fs::path& part) { return part == ".."; });
  };
  for (const fs::path& candidate : {fs::path(plain), fs::path(plain).filename()}) {
    std::error_code ignored;
    if (!candidate.empty() && inside(candidate) &&
        fs::is_regular_file(folder_ / candidate, ignored)) {
      return folder_ / candidate;
    }
  }
  return {};
}

std::vector<std::byte> MeshFolder::read(std::string_view name) const {
  const fs::path path = find(name);
  if (path.empty()) fail(ErrorCode::kFileNotFound, "{}: there is no such file", name);
  return read_file(path, max_file_bytes_);
}

const std::span<const std::byte>* MeshFileSystem::find(std::string_view name) const {
  const auto at = std::find_if(files_.begin(), files_.end(),
                               [&](const auto& file) { return file.first == name; });
  return at == files_.end() ? nullptr : &at->second;
}

bool MeshFileSystem::Exists(const char* name) const {
  return find(name) != nullptr || !folder_.find(name).empty();
}

Assimp::IOStream* MeshFileSystem::Open(const char* name, const char* mode) {
  if (std::strpbrk(mode, "wa+") != nullptr) return nullptr;
  if (const auto* const bytes = find(name)) return new MemoryStream(*bytes);
  try {
    return new MemoryStream(folder_.read(name));
  } catch (const Error&) {
    return nullptr;  // Assimp says what it lacks
  }
}

void MeshFileSystem::Close(Assimp::IOStream* stream) { delete stream; }

}  // namespace sam6d

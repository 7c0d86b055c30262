#include "checkpoint/file_bytes.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/fail.hpp"

namespace sam6d {
namespace {

namespace fs = std::filesystem;

std::string reason(int error_number) { return std::generic_category().message(error_number); }

/// Closes a file descriptor.
struct OpenFile {
  explicit OpenFile(int number) : descriptor(number) {}
  ~OpenFile() { ::close(descriptor); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int descriptor;
};

/// Unmaps pages.
struct Mapping {
  Mapping(void* start, std::size_t length) : address(start), size(length) {}
  ~Mapping() { ::munmap(address, size); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  void* address;
  std::size_t size;
};

}  // namespace

FileBytes FileBytes::open(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    fail(missing ? ErrorCode::kFileNotFound : ErrorCode::kBadFile, "{}: cannot be opened: {}",
         path.string(), reason(errno));
  }
  FileBytes file;
  file.owner_ = std::make_shared<OpenFile>(descriptor);
  file.descriptor_ = descriptor;
  file.source_ = path.string();
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    fail(ErrorCode::kBadFile, "{}: cannot be read: {}", file.source_, reason(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    fail(ErrorCode::kBadFile, "{}: expected a regular file, found {}", file.source_,
         S_ISDIR(status.st_mode) ? "a folder" : "a pipe or device");
  }
  file.size_ = static_cast<std::uint64_t>(status.st_size);
  return file;
}

FileBytes FileBytes::map(const fs::path& path) {
  FileBytes file = open(path);
  if (file.size_ > 0) {
    const auto size = static_cast<std::size_t>(file.size_);
    void* const address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor_, 0);
    if (address == MAP_FAILED) {
      fail(ErrorCode::kBadFile, "{}: cannot be mapped: {}", file.source_, reason(errno));
    }
    file.owner_ = std::make_shared<Mapping>(address, size);
    file.bytes_ = {static_cast<const std::byte*>(address), size};
  }
  file.descriptor_ = -1;
  file.in_place_ = true;
  return file;
}

FileBytes FileBytes::in_memory(std::span<const std::byte> bytes, std::string_view source,
                               std::shared_ptr<const void> owner) {
  FileBytes file;
  file.source_ = source;
  file.size_ = bytes.size();
  file.bytes_ = bytes;
  file.in_place_ = true;
  file.owner_ = std::move(owner);
  return file;
}

FileBytes FileBytes::as_if_on_disk() const {
  FileBytes copy = *this;
  copy.in_place_ = false;
  return copy;
}

std::optional<std::span<const std::byte>> FileBytes::memory() const {
  return in_place_ ? std::optional(bytes_) : std::nullopt;
}

void FileBytes::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset > size_ || out.size() > size_ - offset) {
    fail(ErrorCode::kBadFile, "{}: expected {} bytes at byte {}, found the end of the file at {}",
         source_, out.size(), offset, size_);
  }
  if (descriptor_ < 0) {
    const auto from = bytes_.subspan(static_cast<std::size_t>(offset), out.size());
    std::copy(from.begin(), from.end(), out.begin());
    return;
  }
  while (!out.empty()) {
    const ssize_t got = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(ErrorCode::kBadFile, "{}: cannot be read: {}", source_, reason(errno));
    if (got == 0) {
      fail(ErrorCode::kBadFile, "{}: became shorter while it was read, at byte {}", source_,
           offset);
    }
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
}

}  // namespace sam6d

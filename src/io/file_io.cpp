#include "sam6d/file_io.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/fail.hpp"

namespace sam6d {
namespace {

namespace fs = std::filesystem;

constexpr int kTemporaryNames = 1000;
constexpr std::size_t kReadChunk = std::size_t{1} << 20U;

std::string reason(int error_number) { return std::generic_category().message(error_number); }

/// Closes a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int number() const { return number_; }
  /// The error number of close(), 0 = none.
  int close() { return ::close(std::exchange(number_, -1)) == 0 ? 0 : errno; }

 private:
  int number_;
};

template <class Buffer>
Buffer read_whole(const fs::path& path, std::uint64_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    fail(missing ? ErrorCode::kFileNotFound : ErrorCode::kBadFile, "{}: cannot be opened: {}",
         path.string(), reason(errno));
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) {
    fail(ErrorCode::kBadFile, "{}: cannot be read: {}", path.string(), reason(errno));
  }
  if (S_ISDIR(status.st_mode)) {
    fail(ErrorCode::kBadFile, "{}: expected a file, found a folder", path.string());
  }
  const auto announced = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
  if (announced > max_bytes) {
    fail(ErrorCode::kBadFile, "{}: expected at most {} bytes, found {}", path.string(), max_bytes,
         announced);
  }
  Buffer buffer;
  std::size_t filled = 0;
  buffer.resize(static_cast<std::size_t>(announced));
  for (;;) {
    if (filled == buffer.size()) {
      // One byte more than allowed, so that a growing file or a pipe is caught.
      const std::uint64_t room = max_bytes - filled + 1;
      const std::size_t chunk = announced > 0 && filled == announced ? 1 : kReadChunk;
      buffer.resize(filled + static_cast<std::size_t>(std::min<std::uint64_t>(chunk, room)));
    }
    const ssize_t got = ::read(file.number(), buffer.data() + filled, buffer.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(ErrorCode::kBadFile, "{}: cannot be read: {}", path.string(), reason(errno));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled > max_bytes) {
      fail(ErrorCode::kBadFile, "{}: expected at most {} bytes, found more", path.string(),
           max_bytes);
    }
  }
  buffer.resize(filled);
  return buffer;
}

[[noreturn]] void write_failed(const fs::path& path, const std::string& why) {
  fail(ErrorCode::kWriteFailed, "{}: cannot be written: {}", path.string(), why);
}

/// 0 or an error number.
int write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

/// A new file beside `path`; other processes and threads get other names.
int open_temporary(const fs::path& path, fs::path& temporary) {
  const std::string name = path.filename().string();
  for (int i = 0; i < kTemporaryNames; ++i) {
    temporary = path.parent_path() / fmt::format(".{}.{}-{}.tmp", name, ::getpid(), i);
    const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
  return -1;
}

int write_all(int descriptor, std::span<const std::span<const std::byte>> parts) {
  for (const std::span<const std::byte> part : parts) {
    if (const int error = write_all(descriptor, part); error != 0) return error;
  }
  return 0;
}

/// Pipes and devices (/dev/stdout) cannot be replaced by a new file.
void write_in_place(const fs::path& path, std::span<const std::span<const std::byte>> parts) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.number() < 0) write_failed(path, reason(errno));
  if (const int error = write_all(file.number(), parts); error != 0) {
    write_failed(path, reason(error));
  }
}

}  // namespace

std::vector<std::byte> read_file(const fs::path& path, std::uint64_t max_bytes) {
  return read_whole<std::vector<std::byte>>(path, max_bytes);
}

std::string read_text_file(const fs::path& path, std::uint64_t max_bytes) {
  return read_whole<std::string>(path, max_bytes);
}

void write_file(const fs::path& path, std::span<const std::byte> bytes) {
  write_file_parts(path, std::span(&bytes, 1));
}

void write_file_parts(const fs::path& path, std::span<const std::span<const std::byte>> parts) {
  if (path.filename().empty()) write_failed(path, "this is no file name");
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) write_failed(path, "this is a folder");
  if (fs::exists(status) && !fs::is_regular_file(status)) return write_in_place(path, parts);

  // Behind a link, the file that it names is replaced, not the link.
  fs::path target = path;
  if (fs::is_symlink(path, ignored)) {
    const fs::path resolved = fs::weakly_canonical(path, ignored);
    if (!resolved.empty()) target = resolved;
  }
  fs::path temporary;
  Descriptor file(open_temporary(target, temporary));
  if (file.number() < 0) write_failed(path, reason(errno));
  int error = write_all(file.number(), parts);
  const int close_error = file.close();
  if (error == 0) error = close_error;
  if (error == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    write_failed(path, reason(error));
  }
}

void write_text_file(const fs::path& path, std::string_view text) {
  write_file(path, std::as_bytes(std::span(text.data(), text.size())));
}

void make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error)
    fail(ErrorCode::kWriteFailed, "{}: cannot be made: {}", path.string(), error.message());
  if (!fs::is_directory(path, error)) {
    fail(ErrorCode::kWriteFailed, "{}: expected a folder, found a file", path.string());
  }
  fs::path temporary;
  const Descriptor probe(open_temporary(path / "writable", temporary));
  if (probe.number() < 0) {
    fail(ErrorCode::kWriteFailed, "{}: files cannot be written there: {}", path.string(),
         reason(errno));
  }
  ::unlink(temporary.c_str());
}

}  // namespace sam6d

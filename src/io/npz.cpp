#include <algorithm>
#include <memory>
#include <string>

#include "base/fail.hpp"
#include "io/zip_archive.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/npy.hpp"

namespace sam6d {
namespace {

constexpr zip_int64_t kMaxEntries = 4096;
/// Headers of the arrays, names and the archive's own tables.
constexpr std::uint64_t kMaxOverheadBytes = std::uint64_t{64} << 20U;

struct EntryDeleter {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};

Archive open_archive(std::span<const std::byte> file, std::string_view source) {
  // libzip takes no bytes for an archive without entries.
  if (file.empty())
    fail(ErrorCode::kBadFile, "{}: expected an NPZ archive, found no bytes", source);
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* bytes = zip_source_buffer_create(file.data(), file.size(), 0, &error);
  zip_t* archive =
      bytes == nullptr ? nullptr : zip_open_from_source(bytes, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (archive == nullptr) {
    zip_source_free(bytes);
    fail(ErrorCode::kBadFile, "{}: expected an NPZ archive, found: {}", source, zip_message(error));
  }
  zip_error_fini(&error);
  return Archive(archive);
}

std::vector<std::byte> read_entry(zip_t* archive, zip_uint64_t index, std::uint64_t max_bytes,
                                  const std::string& where) {
  zip_stat_t status;
  if (zip_stat_index(archive, index, 0, &status) != 0 || (status.valid & ZIP_STAT_SIZE) == 0) {
    fail(ErrorCode::kBadFile, "{}: expected an array of known size, found none", where);
  }
  if (status.size > max_bytes) {
    fail(ErrorCode::kBadFile, "{}: expected at most {} bytes, found {}", where, max_bytes,
         status.size);
  }
  const std::unique_ptr<zip_file_t, EntryDeleter> entry(zip_fopen_index(archive, index, 0));
  if (!entry) fail(ErrorCode::kBadFile, "{}: cannot be read: {}", where, zip_strerror(archive));
  // What an archive says of its size need not be true: memory grows with what is really there.
  constexpr std::size_t kChunk = std::size_t{1} << 20U;
  std::vector<std::byte> bytes;
  for (;;) {
    const std::size_t filled = bytes.size();
    bytes.resize(filled + std::min<std::size_t>(kChunk, status.size - filled + 1));
    const zip_int64_t got = zip_fread(entry.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0) {
      fail(ErrorCode::kBadFile, "{}: cannot be read: {}", where, zip_file_strerror(entry.get()));
    }
    bytes.resize(filled + static_cast<std::size_t>(got));
    if (got == 0) break;
    if (bytes.size() > status.size) break;
  }
  if (bytes.size() != status.size) {
    fail(ErrorCode::kBadFile, "{}: expected {} bytes, found {}", where, status.size, bytes.size());
  }
  return bytes;
}

}  // namespace

std::map<std::string, NpyArray> parse_npz(std::span<const std::byte> file, std::string_view source,
                                          std::uint64_t max_bytes) {
  const Archive archive = open_archive(file, source);
  const zip_int64_t entries = zip_get_num_entries(archive.get(), 0);
  if (entries > kMaxEntries) {
    fail(ErrorCode::kBadFile, "{}: expected at most {} arrays, found {}", source, kMaxEntries,
         entries);
  }
  std::map<std::string, NpyArray> arrays;
  std::uint64_t room = max_bytes;
  for (zip_int64_t i = 0; i < entries; ++i) {
    const char* const raw_name = zip_get_name(archive.get(), static_cast<zip_uint64_t>(i), 0);
    std::string name = raw_name == nullptr ? "" : raw_name;
    const std::string where = std::string(source) + ": " + name;
    const std::vector<std::byte> bytes =
        read_entry(archive.get(), static_cast<zip_uint64_t>(i), room + kMaxOverheadBytes, where);
    NpyArray array = parse_npy(bytes, where, room);
    room -= array.bytes.size();
    if (name.ends_with(kArraySuffix)) name.resize(name.size() - kArraySuffix.size());
    if (!arrays.emplace(name, std::move(array)).second) {
      fail(ErrorCode::kBadFile, "{}: expected one array of this name, found two", where);
    }
  }
  return arrays;
}

std::map<std::string, NpyArray> load_npz(const std::filesystem::path& path,
                                         std::uint64_t max_bytes) {
  return parse_npz(read_file(path, max_bytes + kMaxOverheadBytes), path.string(), max_bytes);
}

}  // namespace sam6d

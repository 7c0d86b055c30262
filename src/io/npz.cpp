#include <zip.h>

#include <memory>
#include <string>

#include "base/fail.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/npy.hpp"

namespace sam6d {
namespace {

constexpr zip_int64_t kMaxEntries = 4096;
/// Headers of the arrays, names and the archive's own tables.
constexpr std::uint64_t kMaxOverheadBytes = std::uint64_t{64} << 20U;
constexpr std::string_view kSuffix = ".npy";

struct ArchiveDeleter {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, ArchiveDeleter>;

struct EntryDeleter {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};

std::string message(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

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
    fail(ErrorCode::kBadFile, "{}: expected an NPZ archive, found: {}", source, message(error));
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
    if (name.ends_with(kSuffix)) name.resize(name.size() - kSuffix.size());
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

void save_npz(const std::filesystem::path& path, const std::map<std::string, NpyArray>& arrays) {
  std::vector<std::vector<std::byte>> files;  // must outlive the archive
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* const buffer = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_t* const raw =
      buffer == nullptr ? nullptr : zip_open_from_source(buffer, ZIP_TRUNCATE, &error);
  if (raw == nullptr) {
    zip_source_free(buffer);
    fail(ErrorCode::kWriteFailed, "{}: cannot be written: {}", path.string(), message(error));
  }
  zip_error_fini(&error);
  Archive archive(raw);
  const auto give_up = [&] {
    fail(ErrorCode::kWriteFailed, "{}: cannot be written: {}", path.string(), zip_strerror(raw));
  };
  files.reserve(arrays.size());
  for (const auto& [name, array] : arrays) {
    files.push_back(npy_bytes(array));
    zip_source_t* const bytes = zip_source_buffer(raw, files.back().data(), files.back().size(), 0);
    if (bytes == nullptr) give_up();
    const zip_int64_t index =
        zip_file_add(raw, (name + std::string(kSuffix)).c_str(), bytes, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(bytes);
      give_up();
    }
    const auto entry = static_cast<zip_uint64_t>(index);
    // A fixed date: the same arrays give the same bytes.
    if (zip_set_file_compression(raw, entry, ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_dostime(raw, entry, 0, 0x21, 0) != 0) {
      give_up();
    }
  }
  zip_source_keep(buffer);
  if (zip_close(raw) != 0) {
    zip_source_free(buffer);
    give_up();
  }
  static_cast<void>(archive.release());

  std::vector<std::byte> file;
  zip_stat_t status;
  bool whole = zip_source_stat(buffer, &status) == 0 && zip_source_open(buffer) == 0;
  if (whole) {
    file.resize(status.size);
    whole =
        zip_source_read(buffer, file.data(), file.size()) == static_cast<zip_int64_t>(file.size());
    zip_source_close(buffer);
  }
  zip_source_free(buffer);
  if (!whole) fail(ErrorCode::kWriteFailed, "{}: the archive cannot be read back", path.string());
  write_file(path, file);
}

}  // namespace sam6d

#include <string>

#include "base/fail.hpp"
#include "io/zip_archive.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/npy.hpp"

namespace sam6d {

void save_npz(const std::filesystem::path& path, const std::map<std::string, NpyArray>& arrays) {
  std::vector<std::vector<std::byte>> files;  // must outlive the archive
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* const buffer = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_t* const raw =
      buffer == nullptr ? nullptr : zip_open_from_source(buffer, ZIP_TRUNCATE, &error);
  if (raw == nullptr) {
    zip_source_free(buffer);
    fail(ErrorCode::kWriteFailed, "{}: cannot be written: {}", path.string(), zip_message(error));
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
        zip_file_add(raw, (name + std::string(kArraySuffix)).c_str(), bytes, ZIP_FL_ENC_UTF_8);
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

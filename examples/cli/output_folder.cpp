#include "output_folder.hpp"

#include <system_error>
#include <utility>

#include <unistd.h>

#include "sam6d/file_io.hpp"

#include "errors.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

/// The folders above and including `folder` that do not exist, outermost first.
std::vector<fs::path> missing_folders(const fs::path& folder) {
  std::vector<fs::path> missing;
  std::error_code ignored;
  for (fs::path path = folder; !path.empty() && !fs::exists(path, ignored);
       path = path.parent_path()) {
    missing.insert(missing.begin(), path);
  }
  return missing;
}

std::string temporary_name(const std::string& stem) {
  return fmt::format(".{}.{}.tmp", stem, getpid());
}

void remove_empty(const std::vector<fs::path>& folders) {
  std::error_code ignored;
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
    fs::remove(*folder, ignored);
  }
}

}  // namespace

OutputFolder::OutputFolder(fs::path folder) : folder_(std::move(folder)) {
  // "out/" and "out" are the same folder, and a trailing slash hides its parent.
  folder_ = fs::absolute(folder_).lexically_normal();
  if (!folder_.has_filename()) folder_ = folder_.parent_path();
  created_ = missing_folders(folder_);
  staging_ = folder_ / temporary_name("sam6d");
  try {
    make_folder(folder_);
    make_folder(staging_);
  } catch (const Error&) {
    remove_empty(created_);
    throw;
  }
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
  if (!committed_) remove_empty(created_);
}

fs::path OutputFolder::stage(const std::string& name) {
  names_.push_back(name);
  fs::path path = staging_ / name;
  make_folder(path.parent_path());
  return path;
}

fs::path OutputFolder::final_path(const std::string& name) const { return folder_ / name; }

void OutputFolder::write_text(const std::string& name, std::string_view text) {
  write_text_file(stage(name), text);
}

void OutputFolder::commit() {
  for (const std::string& name : names_) {
    const fs::path target = folder_ / name;
    if (target.parent_path() != folder_) make_folder(target.parent_path());
    std::error_code error;
    fs::rename(staging_ / name, target, error);
    if (error) {
      fail(ErrorCode::kWriteFailed, "{}: cannot be written: {}", target.string(), error.message());
    }
  }
  committed_ = true;
}

void check_can_write(const fs::path& file) {
  if (fs::is_directory(file)) {
    fail(ErrorCode::kWriteFailed, "{}: expected the name of a file, found a folder", file.string());
  }
  OutputFolder probe(file.has_parent_path() ? file.parent_path() : fs::path("."));
  probe.commit();
}

}  // namespace sam6d::cli

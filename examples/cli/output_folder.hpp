#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sam6d::cli {

/// A folder that gets all of a command's files at once, or none: they are written to a hidden
/// folder beside their places, and commit() renames them there.
class OutputFolder {
 public:
  /// Makes the folder and checks that it can be written to, so that this fails before the work
  /// does. Throws Error(kWriteFailed).
  explicit OutputFolder(std::filesystem::path folder);
  /// Without commit(): leaves things as they were.
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Where to write the file now.
  [[nodiscard]] std::filesystem::path stage(const std::string& name);
  /// Where the file will be.
  [[nodiscard]] std::filesystem::path final_path(const std::string& name) const;
  void write_text(const std::string& name, std::string_view text);

  /// Moves everything to its place, replacing what is there. Throws Error(kWriteFailed).
  void commit();

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::filesystem::path staging_;
  std::vector<std::filesystem::path> created_;  ///< folders that were not there, outermost first
  std::vector<std::string> names_;
  bool committed_ = false;
};

/// Makes the folder of a file that is to be written, and checks that it can be written to. Throws
/// Error(kWriteFailed).
void check_can_write(const std::filesystem::path& file);

}  // namespace sam6d::cli

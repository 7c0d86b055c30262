#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace sam6d::test {

struct ToolRun {
  int exit_code = -1;  ///< 128 + the signal where one ended the process
  std::string out;
  std::string err;

  /// Lines of standard error that start with "error:".
  [[nodiscard]] std::vector<std::string> error_lines() const;
};

using Variables = std::vector<std::pair<std::string, std::string>>;

/// Runs the built tool as a user would, with the variables added to a small environment of its own
/// (none of the settings that the tool reads). After `interrupt_after_ms`, if not negative, it gets
/// SIGINT.
[[nodiscard]] ToolRun run_tool(const std::vector<std::string>& arguments,
                               const Variables& variables = {}, int interrupt_after_ms = -1);

/// A folder of its own that goes away with it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const {
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

[[nodiscard]] std::string file_text(const std::filesystem::path& file);
void make_file(const std::filesystem::path& file, const std::string& text);
/// Names in a folder, sorted, hidden ones too; empty where there is no folder.
[[nodiscard]] std::vector<std::string> names_in(const std::filesystem::path& folder);

}  // namespace sam6d::test

#include "json_file.hpp"

#include <string>

#include "sam6d/file_io.hpp"

#include "errors.hpp"

namespace sam6d::cli {

nlohmann::json read_json_file(const std::filesystem::path& file) {
  const std::string text = read_text_file(file);
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& problem) {
    fail(ErrorCode::kBadFile, "{}: expected JSON, found a mistake at: {}", file.string(),
         problem.what());
  }
}

}  // namespace sam6d::cli

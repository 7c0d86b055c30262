#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

namespace sam6d::cli {

/// Throws Error(kFileNotFound), or Error(kBadFile) that says where the JSON breaks.
[[nodiscard]] nlohmann::json read_json_file(const std::filesystem::path& file);

}  // namespace sam6d::cli

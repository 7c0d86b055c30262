#pragma once

#include <cstdint>
#include <optional>

#include <CLI/App.hpp>

#include "sam6d/log.hpp"

namespace sam6d::cli {

/// Options of every command.
struct GeneralSettings {
  bool quiet = false;
  LogLevel log_level = LogLevel::kWarning;
  std::optional<std::uint64_t> seed;  ///< not given: the configuration file's, or 0
  std::optional<int> threads;         ///< not given: the configuration file's, or one a core
};

void add_general_options(CLI::App& command, GeneralSettings& settings);

}  // namespace sam6d::cli

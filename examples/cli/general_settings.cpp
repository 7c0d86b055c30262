#include "general_settings.hpp"

#include <cstdlib>
#include <map>
#include <string>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace sam6d::cli {
namespace {

const std::map<std::string, LogLevel>& log_levels() {
  static const std::map<std::string, LogLevel> levels = {
      {"trace", LogLevel::kTrace},     {"debug", LogLevel::kDebug}, {"info", LogLevel::kInfo},
      {"warning", LogLevel::kWarning}, {"error", LogLevel::kError}, {"off", LogLevel::kOff}};
  return levels;
}

/// The variable that sets the level: the reference's own one before the general one.
const char* log_level_variable() {
  return std::getenv("ISM_LOG_LEVEL") != nullptr ? "ISM_LOG_LEVEL" : "LOG_LEVEL";
}

/// Also takes the names that Python programs put into LOG_LEVEL.
std::string python_level_name(std::string text) {
  const std::string lower = CLI::detail::to_lower(text);
  if (lower == "critical" || lower == "fatal") return "error";
  if (lower == "warn") return "warning";
  return text;
}

}  // namespace

void add_general_options(CLI::App& command, GeneralSettings& settings) {
  command.add_flag("--quiet,-q", settings.quiet, "No progress; errors alone")->group("General");
  command.add_option("--log-level", settings.log_level, "Least level of the messages shown")
      ->transform(CLI::CheckedTransformer(log_levels(), CLI::ignore_case))
      ->transform(CLI::Validator(
          [](std::string& text) {
            text = python_level_name(text);
            return std::string{};
          },
          ""))
      ->envname(log_level_variable())
      ->default_str("warning")
      ->group("General");
  command.add_option("--seed", settings.seed, "Seed of all random choices")
      ->default_str("0")
      ->group("General");
  command.add_option("--threads", settings.threads, "Number of threads; 0 = one a core")
      ->check(CLI::Range(0, 1024))
      ->default_str("0")
      ->group("General");
}

}  // namespace sam6d::cli

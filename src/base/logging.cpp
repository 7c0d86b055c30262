#include "base/logging.hpp"

#include <atomic>
#include <mutex>

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace sam6d {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace: return spdlog::level::trace;
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
    case LogLevel::kOff: break;
  }
  return spdlog::level::off;
}

// spdlog's registry belongs to the host; this logger is never registered there.
LogSink standard_error_sink() {
  auto logger =
      std::make_shared<spdlog::logger>("sam6d", std::make_shared<spdlog::sinks::stderr_sink_st>());
  logger->set_level(spdlog::level::trace);
  logger->set_pattern("%n: %l: %v");
  return [logger](LogLevel level, std::string_view message) {
    logger->log(spdlog_level(level), message);
  };
}

struct Log {
  std::atomic<LogLevel> level{LogLevel::kWarning};
  std::mutex mutex;
  LogSink sink = standard_error_sink();
};

Log& process_log() {
  // Never destroyed: threads of the host may log while the process ends.
  static Log* const log = new Log;
  return *log;
}

}  // namespace

void set_log_sink(LogSink sink) {
  Log& log = process_log();
  const std::lock_guard lock(log.mutex);
  log.sink = std::move(sink);
}

void set_log_level(LogLevel level) noexcept { process_log().level = level; }

LogLevel log_level() noexcept { return process_log().level; }

void write_log(LogLevel level, std::string_view message) noexcept {
  Log& log = process_log();
  try {
    const std::lock_guard lock(log.mutex);
    if (log.sink) log.sink(level, message);
  } catch (...) {  // a log that fails must not fail the work that it tells of
  }
}

}  // namespace sam6d

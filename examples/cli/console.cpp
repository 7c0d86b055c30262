#include "console.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "interrupt.hpp"

namespace sam6d::cli {
namespace {

constexpr std::chrono::milliseconds kBarInterval{80};
constexpr std::chrono::seconds kLineInterval{5};
constexpr int kBarWidth = 24;

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace: return "trace";
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    default: return "problem";  // "error:" is kept for the one line that says why the tool failed
  }
}

std::string bar(int done, int total) {
  const int full = static_cast<int>(static_cast<long long>(kBarWidth) * done / total);
  return fmt::format("[{}{}] {}/{}", std::string(static_cast<std::size_t>(full), '#'),
                     std::string(static_cast<std::size_t>(kBarWidth - full), '.'), done, total);
}

}  // namespace

Console::Console(bool quiet, LogLevel level)
    : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {
  set_log_level(quiet ? std::max(level, LogLevel::kError) : level);
  set_log_sink(
      [this](LogLevel message_level, std::string_view message) { log(message_level, message); });
}

Console::~Console() {
  set_log_sink({});
  const std::lock_guard lock(mutex_);
  clear_bar();
}

ProgressFn Console::progress(std::string prefix) {
  return [this, prefix = std::move(prefix)](const Progress& step) {
    if (!quiet_) {
      const std::string what =
          prefix.empty() ? std::string(step.stage) : fmt::format("{}: {}", prefix, step.stage);
      show(what, step.done, step.total);
    }
    return interrupt_signal() == 0;
  };
}

void Console::log(LogLevel level, std::string_view message) {
  const std::lock_guard lock(mutex_);
  clear_bar();
  print_line(fmt::format("{}: {}", level_name(level), message));
}

void Console::note(std::string_view message) {
  if (quiet_) return;
  const std::lock_guard lock(mutex_);
  clear_bar();
  print_line(message);
}

void Console::show(const std::string& what, int done, int total) {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  const bool new_stage = what != stage_;
  const bool last = total > 0 && done >= total;
  const Clock::duration interval = terminal_ ? Clock::duration(kBarInterval) : kLineInterval;
  if (!new_stage && !last && now - last_shown_ < interval) return;
  if (!new_stage && last && !terminal_ && now - last_shown_ < interval) return;
  stage_ = what;
  last_shown_ = now;
  const int shown = std::clamp(done, 0, std::max(total, 0));
  if (terminal_) {
    const std::string text = total > 0 ? fmt::format("{} {}", what, bar(shown, total)) : what;
    std::fprintf(stderr, "\r%s\x1b[K", text.c_str());
    std::fflush(stderr);
    bar_shown_ = true;
  } else {
    print_line(total > 0 ? fmt::format("{} {}/{}", what, shown, total) : what);
  }
}

void Console::clear_bar() {
  if (!bar_shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  bar_shown_ = false;
}

void Console::print_line(std::string_view line) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
}

}  // namespace sam6d::cli

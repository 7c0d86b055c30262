#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

#include "sam6d/log.hpp"
#include "sam6d/progress.hpp"

namespace sam6d::cli {

/// Standard error while a command runs: the library's log and the progress of long steps, as a bar
/// on a terminal and as lines otherwise. One at a time; it is the log sink while it lives.
class Console {
 public:
  Console(bool quiet, LogLevel level);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// Shows the steps of a call, and cancels it after an interrupt. `prefix` says what is worked on,
  /// e.g. an object's name. The Console must outlive what it returns.
  [[nodiscard]] ProgressFn progress(std::string prefix = {});

  void log(LogLevel level, std::string_view message);
  /// A line of progress that stays; nothing when quiet.
  void note(std::string_view message);

 private:
  using Clock = std::chrono::steady_clock;

  void show(const std::string& what, int done, int total);
  void clear_bar();
  void print_line(std::string_view line);

  const bool quiet_;
  const bool terminal_;
  std::mutex mutex_;
  bool bar_shown_ = false;
  std::string stage_;
  Clock::time_point last_shown_;
};

}  // namespace sam6d::cli

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sam6d/log.hpp"

namespace sam6d::test {

/// Keeps what the library logs while it lives, warnings alone unless told otherwise; afterwards the
/// log is silent.
class LogCapture {
 public:
  explicit LogCapture(LogLevel level = LogLevel::kWarning) : level_before_(log_level()) {
    set_log_level(level);
    set_log_sink([this](LogLevel, std::string_view message) { messages_.emplace_back(message); });
  }
  ~LogCapture() {
    set_log_sink({});
    set_log_level(level_before_);
  }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  [[nodiscard]] const std::vector<std::string>& messages() const { return messages_; }
  [[nodiscard]] bool mentions(std::string_view text) const {
    for (const std::string& message : messages_) {
      if (message.find(text) != std::string::npos) return true;
    }
    return false;
  }

 private:
  LogLevel level_before_;
  std::vector<std::string> messages_;
};

}  // namespace sam6d::test

#include "base/logging.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "support/log_capture.hpp"

namespace sam6d {
namespace {

TEST_CASE("messages below the level are dropped") {
  const test::LogCapture log(LogLevel::kInfo);
  log_debug("not {}", 1);
  log_info("told {}", 2);
  log_warning("warned {}", 3);
  CHECK(log.messages() == std::vector<std::string>{"told 2", "warned 3"});
}

TEST_CASE("a level of off silences everything") {
  const test::LogCapture log(LogLevel::kOff);
  log_warning("not told");
  CHECK(log.messages().empty());
}

TEST_CASE("a sink that throws does not disturb the work") {
  const LogLevel before = log_level();
  set_log_level(LogLevel::kInfo);
  set_log_sink([](LogLevel, std::string_view) { throw std::runtime_error("full"); });
  CHECK_NOTHROW(log_info("told"));
  set_log_sink({});
  CHECK_NOTHROW(log_info("told nobody"));
  set_log_level(before);
}

}  // namespace
}  // namespace sam6d

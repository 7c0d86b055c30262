#pragma once

#include <functional>
#include <string_view>

#include "sam6d/export.hpp"

namespace sam6d {

enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError, kOff };

/// Receives one message without a line end. Called from any thread, one call at a time.
using LogSink = std::function<void(LogLevel, std::string_view message)>;

/// Where the library's messages go. The default sink writes warnings and errors to standard error;
/// an empty function silences the library. The log is the one setting that the whole process
/// shares. A sink that throws is treated as one that returned.
SAM6D_API void set_log_sink(LogSink sink);

/// Messages below this level are dropped before they are formatted. Default: kWarning.
SAM6D_API void set_log_level(LogLevel level) noexcept;
[[nodiscard]] SAM6D_API LogLevel log_level() noexcept;

}  // namespace sam6d

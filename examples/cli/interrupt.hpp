#pragma once

namespace sam6d::cli {

/// From now on SIGINT and SIGTERM ask the running command to stop; a second one ends the process.
void watch_interrupts();

/// The signal that asked to stop, 0 = none.
[[nodiscard]] int interrupt_signal();

/// Throws Error(kCancelled) when a signal asked to stop.
void throw_if_interrupted();

}  // namespace sam6d::cli

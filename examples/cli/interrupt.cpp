#include "interrupt.hpp"

#include <atomic>
#include <csignal>

#include "errors.hpp"

namespace sam6d::cli {
namespace {

std::atomic<int> caught_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler must not lock");

void on_signal(int signal) {
  caught_signal = signal;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void watch_interrupts() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

int interrupt_signal() { return caught_signal; }

void throw_if_interrupted() {
  if (interrupt_signal() != 0) fail(ErrorCode::kCancelled, "stopped by a signal");
}

}  // namespace sam6d::cli

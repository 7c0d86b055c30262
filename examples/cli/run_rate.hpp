#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace sam6d::cli {

/// How far a run over many images is, and how long it will still take.
class RunRate {
 public:
  explicit RunRate(std::size_t total) : total_(total) {}

  /// Counts one image; "3/120, 0.52 s an image, 1 min 1 s left".
  [[nodiscard]] std::string next();

 private:
  using Clock = std::chrono::steady_clock;

  std::size_t total_;
  std::size_t done_ = 0;
  Clock::time_point start_ = Clock::now();
};

}  // namespace sam6d::cli

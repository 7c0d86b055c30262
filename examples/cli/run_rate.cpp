#include "run_rate.hpp"

#include <fmt/format.h>

namespace sam6d::cli {
namespace {

constexpr long long kSecondsPerMinute = 60;
constexpr long long kMinutesPerHour = 60;

std::string duration(double seconds) {
  const auto whole = static_cast<long long>(seconds + 0.5);
  const long long minutes = whole / kSecondsPerMinute;
  if (minutes >= kMinutesPerHour) {
    return fmt::format("{} h {} min", minutes / kMinutesPerHour, minutes % kMinutesPerHour);
  }
  return minutes > 0 ? fmt::format("{} min {} s", minutes, whole % kSecondsPerMinute)
                     : fmt::format("{} s", whole);
}

}  // namespace

std::string RunRate::next() {
  ++done_;
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  const double each = seconds / static_cast<double>(done_);
  return fmt::format("{}/{}, {:.2f} s an image, {} left", done_, total_, each,
                     duration(each * static_cast<double>(total_ - done_)));
}

}  // namespace sam6d::cli

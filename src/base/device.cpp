#include "sam6d/device.hpp"

#include <charconv>

#include "base/fail.hpp"

namespace sam6d {

Device parse_device(std::string_view text) {
  if (text == "cpu") return {Device::kCpu, 0};
  if (text == "cuda") return {Device::kCuda, 0};
  constexpr std::string_view kPrefix = "cuda:";
  if (text.starts_with(kPrefix)) {
    const std::string_view digits = text.substr(kPrefix.size());
    int index = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error == std::errc{} && end == digits.data() + digits.size() && index >= 0) {
      return {Device::kCuda, index};
    }
  }
  fail(ErrorCode::kInvalidArgument, "device: expected cpu, cuda or cuda:N, found '{}'", text);
}

std::string to_string(const Device& device) {
  return device.kind == Device::kCpu ? "cpu" : fmt::format("cuda:{}", device.index);
}

Precision parse_precision(std::string_view text) {
  for (const Precision precision :
       {Precision::kFloat32, Precision::kBFloat16, Precision::kFloat16}) {
    if (text == to_string(precision)) return precision;
  }
  fail(ErrorCode::kInvalidArgument, "precision: expected float32, bfloat16 or float16, found '{}'",
       text);
}

std::string_view to_string(Precision precision) noexcept {
  switch (precision) {
    case Precision::kFloat32: return "float32";
    case Precision::kBFloat16: return "bfloat16";
    case Precision::kFloat16: return "float16";
  }
  return "unknown";
}

}  // namespace sam6d

#include "neural/torch_errors.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include "base/fail.hpp"

namespace sam6d {

void fail_as_torch(std::string_view what, const c10::Error& problem) {
  std::string text = problem.what_without_backtrace();
  text = text.substr(0, text.find('\n'));
  std::string small = text;
  std::transform(small.begin(), small.end(), small.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  // LibTorch has no codes. Its CPU allocator "can't allocate memory", CUDA's is "out of memory".
  const auto says = [&](std::string_view words) { return small.find(words) != std::string::npos; };
  ErrorCode code = ErrorCode::kInvalidArgument;
  if (says("out of memory") || says("allocate memory") || says("not enough memory")) {
    code = ErrorCode::kOutOfMemory;
  } else if (says("cuda") || says("cudnn") || says("cublas")) {
    code = ErrorCode::kDevice;
  }
  fail(code, "{}: {}", what, text);
}

}  // namespace sam6d

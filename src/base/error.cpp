#include "sam6d/error.hpp"

namespace sam6d {

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::kInvalidArgument: return "invalid argument";
    case ErrorCode::kFileNotFound: return "file not found";
    case ErrorCode::kBadFile: return "bad file";
    case ErrorCode::kBadWeights: return "bad weights";
    case ErrorCode::kBadMesh: return "bad mesh";
    case ErrorCode::kWriteFailed: return "write failed";
    case ErrorCode::kDevice: return "device failed";
    case ErrorCode::kOutOfMemory: return "out of memory";
    case ErrorCode::kDeadline: return "deadline passed";
    case ErrorCode::kCancelled: return "cancelled";
    case ErrorCode::kNotBuilt: return "not built";
  }
  return "unknown error";
}

Error::Error(ErrorCode code, const std::string& message)
    : std::runtime_error(message), code_(code) {}

Error::~Error() = default;

}  // namespace sam6d

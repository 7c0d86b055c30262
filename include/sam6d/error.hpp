#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "sam6d/export.hpp"

namespace sam6d {

/// What kind of thing went wrong; the text of the Error says which file or argument, what was
/// expected and what was found.
enum class ErrorCode {
  kInvalidArgument,
  kFileNotFound,
  kBadFile,
  kBadWeights,
  kBadMesh,
  kWriteFailed,
  kDevice,
  kOutOfMemory,
  kDeadline,
  kCancelled,
  kNotBuilt,
};

/// "invalid argument", "file not found", ...
SAM6D_API std::string_view to_string(ErrorCode code) noexcept;

/// The only exception type that leaves the library (std::bad_alloc aside).
class SAM6D_API Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message);
  ~Error() override;
  Error(const Error&) = default;
  Error& operator=(const Error&) = default;

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace sam6d

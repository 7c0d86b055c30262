#include "sam6d/pose.hpp"

namespace sam6d {

std::string_view to_string(NoPoseReason reason) noexcept {
  switch (reason) {
    case NoPoseReason::kNone: return "none";
    case NoPoseReason::kTooFewPoints: return "too few points";
    case NoPoseReason::kOutsidePicture: return "outside of the picture";
    case NoPoseReason::kNoHypothesis: return "no hypothesis";
    case NoPoseReason::kLowScore: return "low score";
    case NoPoseReason::kDuplicate: return "duplicate";
    case NoPoseReason::kUnknownObject: return "unknown object";
    case NoPoseReason::kFailed: return "failed";
    case NoPoseReason::kNoMask: return "no mask";
  }
  return "unknown";
}

}  // namespace sam6d

#pragma once

#include <string>

namespace sam6d {

/// What a part of a call took.
struct StageSeconds {
  std::string stage;
  double seconds = 0;
};

}  // namespace sam6d

#pragma once

#include <string_view>

#include "nets/pem_config.hpp"

namespace sam6d::nets {

/// Reads PemConfig's field names as keys; fields that are not named keep their defaults. Choices
/// are texts: "linear" or "deconv", "max" or "mean", "cosine" or "l2". Throws
/// Error(kInvalidArgument) for what is no JSON object, unknown keys, values of another type, and
/// what validate() refuses.
[[nodiscard]] PemConfig pem_config_from_json(std::string_view text);

}  // namespace sam6d::nets

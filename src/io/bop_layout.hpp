#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <fmt/format.h>

namespace sam6d {

/// "000007": names of scenes and images.
inline std::string bop_number(int number) { return fmt::format("{:06}", number); }

/// "000007_000002.png": names of masks.
inline std::string bop_mask_name(int im_id, int instance_index) {
  return fmt::format("{:06}_{:06}.png", im_id, instance_index);
}

/// "obj_000005.ply".
inline std::string bop_model_name(int obj_id) { return fmt::format("obj_{:06}.ply", obj_id); }

}  // namespace sam6d

#pragma once

#include <string_view>

#include "sam6d/mesh_io.hpp"

namespace sam6d {

/// The unit, of millimetres and metres, in which an object of this diameter (in the file's unit)
/// has a plausible size. Logs the choice; throws Error(kBadMesh), naming `source`, when there is
/// none.
[[nodiscard]] LengthUnit inferred_unit(double diameter, std::string_view source);

}  // namespace sam6d

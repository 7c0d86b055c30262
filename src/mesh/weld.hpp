#pragma once

#include <span>
#include <vector>

#include "sam6d/mesh.hpp"

namespace sam6d {

/// For every point the index of the first one at exactly the same place.
[[nodiscard]] SAM6D_API std::vector<int> first_at_same_place(
    std::span<const Eigen::Vector3f> points);

/// Puts vertices that are equal in all they have (place, colour, texture coordinates) together, in
/// the order in which they come.
[[nodiscard]] SAM6D_API TriangleMesh welded(TriangleMesh mesh);

}  // namespace sam6d

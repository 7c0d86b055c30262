#pragma once

#include <span>
#include <vector>

#include <Eigen/Core>

#include "object/model_point.hpp"
#include "sam6d/symmetry.hpp"

namespace sam6d {

/// Turns about the object's centre after which it looks much the same without being the same: a
/// box with a label, a profile whose holes differ. A search that found the object tries them,
/// because the details that tell them apart are too small to lead it. Symmetries are left out.
[[nodiscard]] std::vector<Eigen::Matrix3f> find_look_alikes(
    std::span<const ModelPoint> points, std::span<const std::uint16_t> references, float diameter_m,
    const Symmetries& symmetries);

}  // namespace sam6d

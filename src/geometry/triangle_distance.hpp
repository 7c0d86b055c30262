#pragma once

#include <Eigen/Core>

#include "sam6d/export.hpp"

namespace sam6d {

/// The point of a triangle that is nearest to `point` (Ericson, Real-Time Collision Detection,
/// 2005, section 5.1.5).
[[nodiscard]] SAM6D_API Eigen::Vector3f closest_on_triangle(const Eigen::Vector3f& point,
                                                            const Eigen::Vector3f& a,
                                                            const Eigen::Vector3f& b,
                                                            const Eigen::Vector3f& c);

}  // namespace sam6d

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "sam6d/mesh.hpp"

namespace sam6d {

/// A place on a mesh.
struct FacePoint {
  std::size_t face = 0;
  Eigen::Vector3d weights = Eigen::Vector3d::Zero();  ///< barycentric coordinates
};

/// What sample_surface() evaluates, see there.
[[nodiscard]] std::vector<FacePoint> sample_faces(const TriangleMesh& mesh, int count,
                                                  std::uint64_t seed);
[[nodiscard]] SurfaceSample surface_sample(const TriangleMesh& mesh, const FacePoint& place);

}  // namespace sam6d

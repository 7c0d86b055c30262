#pragma once

#include <vector>

#include <Eigen/Core>

#include "neural/object_descriptors.hpp"
#include "neural/object_size.hpp"
#include "sam6d/object_model.hpp"

namespace sam6d {

/// An object as proposals are compared with it.
struct ViewedObject {
  Descriptors views;                       ///< on the CPU
  std::vector<Eigen::Matrix3d> rotations;  ///< of each view: camera from object
  std::vector<Eigen::Vector3f> points_m;   ///< spread over the surface
  ObjectSize size;
};

/// `views`: the descriptors that `settings` give of the object.
[[nodiscard]] ViewedObject view_object(const ObjectModel& object, const Descriptors& views,
                                       const ViewDescriptorSettings& settings);

}  // namespace sam6d

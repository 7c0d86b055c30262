#pragma once

#include <optional>

#include "sam6d/mask.hpp"
#include "sam6d/transform.hpp"

namespace sam6d {

/// The caller's number of an object (BOP: obj_id); the library never changes it.
using ObjectId = int;

/// One instance of an object in a picture.
///
/// A detection without a mask says only where to look: anywhere in `box_px`, or, when that is
/// empty too, anywhere in the picture.
struct Detection {
  ObjectId object = 0;
  Mask mask;
  Box box_px;
  float score = 0;  ///< 0..1
  /// A pose that came with the detection; it spares the estimator its search.
  std::optional<RigidTransform> cam_from_obj_guess;
};

}  // namespace sam6d

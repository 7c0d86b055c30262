#pragma once

#include "sam6d/object_model.hpp"

namespace sam6d {

/// What an object's picture can measure.
struct ObjectSize {
  double diameter_m = 0;
  /// The least width of the object in any direction, so that it stands at least so high on
  /// whatever it rests on.
  double thickness_m = 0;
  /// Area of the silhouette on a plane through the object, over all directions.
  double smallest_silhouette_m2 = 0;
  double largest_silhouette_m2 = 0;
};

[[nodiscard]] ObjectSize measure_object(const ObjectModel& object);

}  // namespace sam6d

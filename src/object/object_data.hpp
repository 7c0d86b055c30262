#pragma once

#include <string>
#include <vector>

#include "object/descriptors.hpp"
#include "object/geometric_features.hpp"
#include "object/packed_view.hpp"
#include "sam6d/object_model.hpp"

namespace sam6d {

/// What an ObjectModel holds. Lengths in metres, points in the object's frame.
struct ObjectData {
  ObjectId id = 0;
  std::string name;
  TriangleMesh mesh;
  double diameter_m = 0;
  Symmetries symmetries;
  std::vector<SurfaceSample> samples;
  std::vector<PackedView> views;
  GeometricFeatures geometric;
  DescriptorSets descriptors;
};

}  // namespace sam6d

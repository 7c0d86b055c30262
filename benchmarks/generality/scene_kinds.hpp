#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenes/demo_scene.hpp"
#include "scenes/scene.hpp"

/// What robots see: scenes of many kinds, each with objects of its own.
namespace sam6d::generality {

enum class Layout { kTable, kBin, kShelves, kStacked, kHeld };
enum class CadColor { kTrue, kNone, kWrong };

/// How the pictures of one kind are made. Lengths in metres.
struct SceneKind {
  std::string name;
  std::string what;  ///< one line for people
  Layout layout = Layout::kTable;
  CameraIntrinsics camera{572, 572, 319.5, 239.5, 640, 480};
  double min_distance_m = 0.6;
  double max_distance_m = 1.0;
  double min_diameter_m = 0.09;
  double max_diameter_m = 0.2;
  scenes::SensorModel sensor;
  CadColor cad_color = CadColor::kTrue;
  bool dark_or_shiny = false;
  int catalog = 6;  ///< objects that are asked for in each picture
  int present = 4;  ///< how many of them are there, at most
};

[[nodiscard]] const std::vector<SceneKind>& scene_kinds();
/// Throws Error(kInvalidArgument) that lists the names.
[[nodiscard]] const SceneKind& scene_kind(std::string_view name);

/// An object of a data set: how it looks in the pictures, and its CAD model.
struct CatalogObject {
  scenes::ShapeModel shape;
  TriangleMesh cad;
  Symmetries cad_symmetries;
  scenes::Material material;
};

struct DataSet {
  SceneKind kind;
  std::vector<CatalogObject> objects;            ///< obj_id is the index + 1
  std::vector<scenes::SceneDescription> scenes;  ///< one a picture
};

/// Objects and scenes of one kind; every seed gives others, the same seed the same.
[[nodiscard]] DataSet make_data_set(const SceneKind& kind, std::uint64_t seed, int pictures);

}  // namespace sam6d::generality

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sam6d/mesh.hpp"
#include "sam6d/symmetry.hpp"

namespace sam6d::scenes {

/// Families of objects. Every seed gives other proportions and colours.
enum class ShapeKind {
  kLabelledBox,
  kPlainBox,
  kCan,
  kMug,
  kCup,
  kBracket,
  kZProfile,
  kFlangeNut,
  kBolt,
  kGear,
  kHook,
  kBottle,
  kVase,
  kStepBlock,
  kPipeElbow,
  kPlate,
  kPitcher,
  kRing,
  kLump,
  kValveKnob,
  kSpanner,
  kSpool,
  kFigure,
  kConsole,
};
inline constexpr int kShapeKinds = 24;

[[nodiscard]] std::string_view to_string(ShapeKind kind);

/// An object as a CAD file would describe it: coloured vertices, watertight, normals outwards, the
/// origin at the bounding box's centre (on the symmetry axis if there is one).
struct ShapeModel {
  std::string name;
  TriangleMesh mesh;
  Symmetries symmetries;        ///< of the shape with its colours
  Symmetries shape_symmetries;  ///< of the shape alone
};

/// An object of the family with a diameter of `diameter_m`. `cells` is the number of mesh cells
/// along the longest side; thin objects get more, so that there are 3,000 to 20,000 vertices.
[[nodiscard]] ShapeModel make_shape(ShapeKind kind, double diameter_m, std::uint64_t seed,
                                    int cells = 56);

}  // namespace sam6d::scenes

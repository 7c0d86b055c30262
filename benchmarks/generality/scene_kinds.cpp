#include "generality/scene_kinds.hpp"

#include <algorithm>
#include <cmath>

#include "generality/layouts.hpp"
#include "sam6d/error.hpp"

namespace sam6d::generality {
namespace {

using scenes::Random;
using scenes::SensorModel;

SensorModel stereo(double min_depth_m = 0.2, double max_depth_m = 3.5) {
  SensorModel sensor;
  sensor.min_depth_m = min_depth_m;
  sensor.max_depth_m = max_depth_m;
  return sensor;
}

SensorModel rough_stereo() {
  SensorModel sensor = stereo();
  sensor.baseline_m = 0.055;
  sensor.disparity_noise_px = 0.14;
  sensor.disparity_step_px = 0.2;
  sensor.lateral_jitter_px = 0.8;
  sensor.edge_dropout = 0.8;
  sensor.random_holes = 0.08;
  sensor.quantum_m = 0.001;
  return sensor;
}

SensorModel time_of_flight() {
  SensorModel sensor = stereo();
  sensor.kind = SensorModel::Kind::kTimeOfFlight;
  sensor.quantum_m = 0.001;
  return sensor;
}

std::vector<SceneKind> make_kinds() {
  std::vector<SceneKind> kinds;
  const auto add = [&](const char* name, const char* what, auto change) {
    SceneKind kind;
    kind.name = name;
    kind.what = what;
    change(kind);
    kinds.push_back(kind);
  };
  using K = SceneKind;
  add("table", "objects and clutter on a table", [](K&) {});
  add("bin", "a pile in a bin, the floor hidden", [](K& k) { k.layout = Layout::kBin; });
  add("shelves", "shelf boards, or platforms of several heights", [](K& k) {
    k.layout = Layout::kShelves;
    k.min_distance_m = 0.8;
    k.max_distance_m = 1.2;
  });
  add("stacked", "objects that touch and lie on each other",
      [](K& k) { k.layout = Layout::kStacked; });
  add("held", "objects in grippers and hands, nothing under them",
      [](K& k) { k.layout = Layout::kHeld; });
  add("camera_1280", "1280 x 720, f 900 px",
      [](K& k) { k.camera = {900, 900, 639.5, 359.5, 1280, 720}; });
  add("camera_320", "320 x 240, f 290 px", [](K& k) {
    k.camera = {290, 290, 159.5, 119.5, 320, 240};
    k.min_distance_m = 0.5;
    k.max_distance_m = 0.8;
  });
  add("near", "0.25 to 0.35 m", [](K& k) {
    k.min_distance_m = 0.25;
    k.max_distance_m = 0.35;
    k.min_diameter_m = 0.05;
    k.max_diameter_m = 0.09;
    k.sensor = stereo(0.12);
  });
  add("far", "2.0 to 2.5 m", [](K& k) {
    k.min_distance_m = 2.0;
    k.max_distance_m = 2.5;
    k.min_diameter_m = 0.2;
    k.max_diameter_m = 0.4;
  });
  add("stereo_rough", "stereo: short baseline, ragged edges, 1 mm steps, many holes",
      [](K& k) { k.sensor = rough_stereo(); });
  add("tof", "time of flight: flying pixels, multipath, half the resolution",
      [](K& k) { k.sensor = time_of_flight(); });
  add("dark_shiny", "dark and shiny objects with holes in the depth",
      [](K& k) { k.dark_or_shiny = true; });
  add("cad_no_color", "CAD models without colours", [](K& k) { k.cad_color = CadColor::kNone; });
  add("cad_wrong_color", "CAD models with wrong colours",
      [](K& k) { k.cad_color = CadColor::kWrong; });
  add("small", "objects of 3 cm", [](K& k) {
    k.min_diameter_m = 0.028;
    k.max_diameter_m = 0.04;
    k.min_distance_m = 0.3;
    k.max_distance_m = 0.4;
  });
  add("large", "objects of 60 cm", [](K& k) {
    k.min_diameter_m = 0.5;
    k.max_diameter_m = 0.7;
    k.min_distance_m = 1.8;
    k.max_distance_m = 2.4;
  });
  add("absent", "ten objects are asked for, three are there", [](K& k) {
    k.catalog = 10;
    k.present = 3;
  });
  return kinds;
}

/// Another colour for each colour, the same wherever it occurs.
Rgb8 wrong_color(const Rgb8& color, std::uint64_t seed) {
  Random random(seed ^ (static_cast<std::uint64_t>(color.r) << 16U) ^
                (static_cast<std::uint64_t>(color.g) << 8U) ^ color.b);
  const auto channel = [&] { return static_cast<std::uint8_t>(30 + random.below(200)); };
  return {channel(), channel(), channel()};
}

Rgb8 scaled(const Rgb8& color, double factor) {
  const auto channel = [factor](std::uint8_t value) {
    return static_cast<std::uint8_t>(std::lround(factor * value));
  };
  return {channel(color.r), channel(color.g), channel(color.b)};
}

/// Half of the objects become dark (little light comes back), half shiny metal.
void make_dark_or_shiny(CatalogObject& object, Random& random) {
  const bool dark = random.chance(0.5);
  object.material.specular = static_cast<float>(dark ? 0.1 : random.uniform(0.5, 0.9));
  object.material.depth_holes = static_cast<float>(random.uniform(0.2, 0.45));
  const double factor = random.uniform(0.12, 0.3);
  for (Rgb8& color : object.shape.mesh.vertex_colors) {
    if (dark) {
      color = scaled(color, factor);
    } else {
      const int gray = 90 + (color.r + color.g + color.b) / 6;
      color = {static_cast<std::uint8_t>(gray), static_cast<std::uint8_t>(gray),
               static_cast<std::uint8_t>(std::min(255, gray + 6))};
    }
  }
}

CatalogObject make_object(const SceneKind& kind, scenes::ShapeKind shape, std::uint64_t seed,
                          Random& random) {
  CatalogObject object;
  const double diameter = random.uniform(kind.min_diameter_m, kind.max_diameter_m);
  object.shape = scenes::make_shape(shape, diameter, seed);
  object.material.specular = static_cast<float>(random.uniform(0.05, 0.35));
  if (kind.dark_or_shiny) make_dark_or_shiny(object, random);
  object.cad = object.shape.mesh;
  object.cad_symmetries = object.shape.symmetries;
  switch (kind.cad_color) {
    case CadColor::kTrue: break;
    case CadColor::kNone:
      object.cad.vertex_colors.clear();
      object.cad_symmetries = object.shape.shape_symmetries;
      break;
    case CadColor::kWrong:
      for (Rgb8& color : object.cad.vertex_colors) color = wrong_color(color, seed);
      break;
  }
  return object;
}

}  // namespace

const std::vector<SceneKind>& scene_kinds() {
  static const std::vector<SceneKind> kKinds = make_kinds();
  return kKinds;
}

const SceneKind& scene_kind(std::string_view name) {
  std::string names;
  for (const SceneKind& kind : scene_kinds()) {
    if (kind.name == name) return kind;
    names += ' ' + kind.name;
  }
  throw Error(ErrorCode::kInvalidArgument,
              "scene kind: expected one of" + names + ", found " + std::string(name));
}

DataSet make_data_set(const SceneKind& kind, std::uint64_t seed, int pictures) {
  // The name takes part, so that two kinds of one seed differ.
  std::uint64_t mixed = seed;
  for (const char letter : kind.name) mixed = mixed * 131 + static_cast<unsigned char>(letter);
  Random random(mixed);

  std::vector<int> shapes;
  for (int i = 0; i < scenes::kShapeKinds; ++i) shapes.push_back(i);
  for (std::size_t i = shapes.size(); i > 1; --i) {
    std::swap(shapes[i - 1], shapes[static_cast<std::size_t>(random.below(static_cast<int>(i)))]);
  }
  DataSet data;
  data.kind = kind;
  for (int i = 0; i < kind.catalog; ++i) {
    const auto shape = static_cast<scenes::ShapeKind>(shapes[static_cast<std::size_t>(i)]);
    data.objects.push_back(make_object(kind, shape, mixed + static_cast<std::uint64_t>(i), random));
  }
  for (int i = 0; i < pictures; ++i) {
    data.scenes.push_back(lay_out(kind, data.objects, i, random));
    data.scenes.back().seed = mixed * 1000 + static_cast<std::uint64_t>(i);
  }
  return data;
}

}  // namespace sam6d::generality

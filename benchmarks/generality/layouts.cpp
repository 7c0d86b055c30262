#include "generality/layouts.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <Eigen/Geometry>

#include "sam6d/mesh.hpp"
#include "scenes/supports.hpp"
#include "scenes/table_layout.hpp"

namespace sam6d::generality {
namespace {

using Eigen::Vector2d;
using Eigen::Vector3d;
using scenes::HeightField;
using scenes::Random;
using scenes::SceneDescription;

constexpr double kPi = std::numbers::pi;

Image<Rgb8> random_texture(Random& random) {
  return scenes::make_texture(static_cast<scenes::TextureKind>(random.below(scenes::kTextureKinds)),
                              random);
}

RigidTransform at(const Vector3d& position) {
  RigidTransform pose = RigidTransform::Identity();
  pose.translation() = position;
  return pose;
}

void add_board(SceneDescription& scene, const Vector3d& size, const Vector3d& centre,
               const Image<Rgb8>& texture) {
  scene.add(scenes::textured_box(size.cast<float>(), texture), at(centre));
}

/// A table large enough for the objects, its floor far below.
void add_scaled_table(const LayoutContext& context, Random& random, SceneDescription& scene) {
  const double scale = std::max(1.0, context.size_m / 0.2);
  scenes::add_table(scene, Vector2d(random.uniform(1.1, 1.8), random.uniform(0.9, 1.4)) * scale,
                    random);
}

/// Places as many copies of the chosen objects as `count`, each on a free place of the floor.
void scatter(const LayoutContext& context, HeightField& field, const Vector2d& centre,
             double reach_m, int count, Random& random, SceneDescription& scene) {
  for (int i = 0; i < count; ++i) {
    const int object = i < static_cast<int>(context.chosen.size())
                           ? context.chosen[static_cast<std::size_t>(i)]
                           : context.chosen[static_cast<std::size_t>(
                                 random.below(static_cast<int>(context.chosen.size())))];
    RigidTransform pose;
    if (scenes::place_resting(field, context.bodies[static_cast<std::size_t>(object)], centre,
                              reach_m, random, pose)) {
      context.show(object, pose, scene);
    }
  }
}

void look(const SceneKind& kind, double low_rad, double high_rad, double azimuth_rad,
          Random& random, SceneDescription& scene) {
  const double distance = random.uniform(kind.min_distance_m, kind.max_distance_m);
  const Vector3d eye =
      scenes::eye_around(scene.target_m, distance, random.uniform(low_rad, high_rad), azimuth_rad);
  const Eigen::AngleAxisd roll(random.uniform(-0.15, 0.15), Vector3d::UnitZ());
  scene.cam_from_world = roll * scenes::look_at(eye, scene.target_m);
}

}  // namespace

void LayoutContext::show(int object, const RigidTransform& world_from_obj,
                         SceneDescription& scene) const {
  const CatalogObject& entry = objects[static_cast<std::size_t>(object)];
  scene.add(entry.shape.mesh, world_from_obj, object + 1, entry.material);
}

void lay_table(const LayoutContext& context, Random& random, SceneDescription& scene) {
  add_scaled_table(context, random, scene);
  // So far that objects are in the picture, mostly.
  const SceneKind& kind = context.kind;
  const double seen = 0.42 * kind.min_distance_m * kind.camera.width / kind.camera.fx;
  const double reach = std::min(context.size_m * random.uniform(1.5, 2.1), seen);
  const double side = 2 * (1.6 * reach + context.size_m);
  HeightField field({0, 0}, {side, side}, context.cell_m, 0);
  const int count = static_cast<int>(context.chosen.size()) + random.below(3);
  scatter(context, field, {0, 0}, reach, count, random, scene);
  scenes::add_clutter(scene, field, 5 + random.below(8), 0.6 * context.size_m, 1.5 * reach, random);
  scene.target_m = {0, 0, 0.2 * context.size_m};
  scene.radius_m = 2 * side;
}

void lay_stack(const LayoutContext& context, Random& random, SceneDescription& scene) {
  add_scaled_table(context, random, scene);
  const double side = 5 * context.size_m;
  HeightField field({0, 0}, {side, side}, context.cell_m, 0);
  // A ring of objects is pushed together, then others are laid on top.
  const int below = 3 + random.below(2);
  const int above = 1 + random.below(3);
  for (int i = 0; i < below + above; ++i) {
    const int object = context.chosen[static_cast<std::size_t>(
        i < static_cast<int>(context.chosen.size())
            ? i
            : random.below(static_cast<int>(context.chosen.size())))];
    const scenes::SolidBody& body = context.bodies[static_cast<std::size_t>(object)];
    RigidTransform pose = RigidTransform::Identity();
    pose.linear() = scenes::resting_rotation(body, random);
    if (i < below) {
      const double angle = 2 * kPi * i / below + random.uniform(-0.3, 0.3);
      const Vector2d outwards(std::cos(angle), std::sin(angle));
      pose.translation().head<2>() = outwards * 1.7 * context.size_m;
      if (!scenes::drop(field, body, pose)) continue;
      scenes::slide(field, body, -outwards, 1.5 * context.size_m, pose);
    } else {
      pose.translation().head<2>() =
          Vector2d(random.uniform(-0.5, 0.5), random.uniform(-0.5, 0.5)) * context.size_m;
      if (!scenes::drop(field, body, pose)) continue;
      scenes::SettleOptions options;
      options.max_shift_m = 0.15 * context.size_m;
      scenes::settle(field, body, options, random, pose);
    }
    field.add(body, pose);
    context.show(object, pose, scene);
  }
  scenes::add_clutter(scene, field, random.below(4), 0.6 * context.size_m, 2 * context.size_m,
                      random);
  scene.target_m = {0, 0, 0.35 * context.size_m};
  scene.radius_m = 2 * side;
}

void lay_bin(const LayoutContext& context, Random& random, SceneDescription& scene) {
  const double size = context.size_m;
  const Vector2d inside(size * random.uniform(2.2, 2.8), size * random.uniform(1.7, 2.2));
  const double wall = 0.07 * size;
  const double height = size * random.uniform(0.7, 1.1);
  const Image<Rgb8> texture = scenes::make_texture(
      random.chance(0.5) ? scenes::TextureKind::kPlain : scenes::TextureKind::kGrain, random);
  const Vector2d outside = inside + Vector2d::Constant(2 * wall);
  add_board(scene, {outside.x(), outside.y(), wall}, {0, 0, -0.5 * wall}, texture);
  for (const double side : {-1.0, 1.0}) {
    add_board(scene, {wall, outside.y(), height},
              {side * 0.5 * (inside.x() + wall), 0, 0.5 * height}, texture);
    add_board(scene, {inside.x(), wall, height},
              {0, side * 0.5 * (inside.y() + wall), 0.5 * height}, texture);
  }
  add_board(scene, {8, 8, 0.02}, {0, 0, -0.6 - wall}, random_texture(random));

  // Even pictures show many copies of one object, odd ones a mixture. Never is the rim reached.
  HeightField field({0, 0}, inside, context.cell_m, 0);
  const int count = 10 + random.below(9);
  for (int i = 0; i < count; ++i) {
    const std::size_t pick =
        context.picture % 2 == 0
            ? static_cast<std::size_t>(context.picture / 2) % context.chosen.size()
            : static_cast<std::size_t>(random.below(static_cast<int>(context.chosen.size())));
    const int object = context.chosen[pick];
    const scenes::SolidBody& body = context.bodies[static_cast<std::size_t>(object)];
    RigidTransform best;
    double lowest = 1e9;
    for (int attempt = 0; attempt < 8; ++attempt) {
      RigidTransform pose = RigidTransform::Identity();
      pose.linear() = random.rotation();
      pose.translation().head<2>() =
          Vector2d(random.uniform(-0.5, 0.5) * inside.x(), random.uniform(-0.5, 0.5) * inside.y());
      if (!scenes::drop(field, body, pose)) continue;
      const double centre = (pose * body.centre_of_mass_m).z();
      if (centre >= lowest) continue;
      lowest = centre;
      best = pose;
    }
    if (lowest > 1.3 * height) continue;
    scenes::SettleOptions options;
    options.max_shift_m = 0.2 * size;
    options.tries = 250;
    scenes::settle(field, body, options, random, best);
    field.add(body, best);
    context.show(object, best, scene);
  }
  scene.target_m = {0, 0, 0.4 * height};
  scene.radius_m = 3 * size;
}

void lay_shelves(const LayoutContext& context, Random& random, SceneDescription& scene) {
  const double size = context.size_m;
  const double width = size * random.uniform(3.6, 4.4);
  const double depth = size * random.uniform(1.6, 2.0);
  const double pitch = size * random.uniform(1.35, 1.7);
  const double thick = 0.1 * size;
  constexpr int kBoards = 2;
  const Image<Rgb8> texture = random_texture(random);
  const double height = kBoards * pitch + thick;
  add_board(scene, {width, thick, height}, {0, -0.5 * (depth + thick), 0.5 * height - thick},
            random_texture(random));
  for (const double side : {-1.0, 1.0}) {
    add_board(scene, {thick, depth, height},
              {side * 0.5 * (width + thick), 0, 0.5 * height - thick}, texture);
  }
  for (int board = 0; board <= kBoards; ++board) {
    const double z = board * pitch;
    add_board(scene, {width, depth, thick}, {0, 0, z - 0.5 * thick}, texture);
    if (board == kBoards) break;
    HeightField field({0, 0}, {width, depth}, context.cell_m, z);
    const double room = pitch - thick;
    for (int i = 0; i < 4; ++i) {
      const int object = context.chosen[static_cast<std::size_t>(
          random.below(static_cast<int>(context.chosen.size())))];
      const scenes::SolidBody& body = context.bodies[static_cast<std::size_t>(object)];
      RigidTransform pose = RigidTransform::Identity();
      const Vector2d centre(random.uniform(-0.35, 0.35) * width, 0);
      HeightField before = field;
      if (!scenes::place_resting(field, body, centre, 0.6 * depth, random, pose)) continue;
      double top = z;
      for (const Eigen::Vector3f& p : body.points_m) {
        top = std::max(top, (pose * p.cast<double>()).z());
      }
      if (top > z + room) {
        field = std::move(before);
        continue;
      }
      context.show(object, pose, scene);
    }
  }
  scene.target_m = {0, 0, 0.5 * height};
  scene.radius_m = 3 * size;
}

void lay_platforms(const LayoutContext& context, Random& random, SceneDescription& scene) {
  add_scaled_table(context, random, scene);
  const double size = context.size_m;
  // Platforms of different heights in a row, and the table in front of them.
  for (int i = -1; i <= 1; ++i) {
    const Vector2d centre(1.75 * size * i, -0.7 * size);
    const double height = size * random.uniform(0.25, 1.2);
    const Vector2d extent(size * 1.6, size * random.uniform(1.3, 1.6));
    add_board(scene, {extent.x(), extent.y(), height}, {centre.x(), centre.y(), 0.5 * height},
              random_texture(random));
    HeightField field(centre, extent, context.cell_m, height);
    scatter(context, field, centre, 0.4 * size, 1 + random.below(2), random, scene);
  }
  const Vector2d front(0, 1.2 * size);
  HeightField field(front, {5 * size, 2.2 * size}, context.cell_m, 0);
  scatter(context, field, front, 1.5 * size, 2 + random.below(2), random, scene);
  scenes::add_clutter(scene, field, 2, 0.5 * size, 2 * size, random);
  scene.target_m = {0, 0, 0.4 * size};
  scene.radius_m = 8 * size;
}

SceneDescription lay_out(const SceneKind& kind, const std::vector<CatalogObject>& objects,
                         int picture, Random& random) {
  LayoutContext context{kind, objects, {}, {}, 0, 0, picture};
  std::vector<int> order;
  for (int i = 0; i < static_cast<int>(objects.size()); ++i) order.push_back(i);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[static_cast<std::size_t>(random.below(static_cast<int>(i)))]);
  }
  order.resize(std::min(order.size(), static_cast<std::size_t>(kind.present)));
  context.chosen = order;
  for (const int object : order) {
    context.size_m =
        std::max(context.size_m, diameter_m(objects[static_cast<std::size_t>(object)].shape.mesh));
  }
  context.cell_m = 0.012 * context.size_m;
  context.bodies.resize(objects.size());
  for (const int object : order) {
    const auto index = static_cast<std::size_t>(object);
    context.bodies[index] = scenes::solid_body(objects[index].shape.mesh, 0.9 * context.cell_m);
  }

  SceneDescription scene;
  scene.camera = kind.camera;
  scene.sensor = kind.sensor;
  scene.color_noise = random.uniform(1.5, 4);
  const double around = random.uniform(0, 2 * kPi);
  switch (kind.layout) {
    case Layout::kTable:
      lay_table(context, random, scene);
      look(kind, 0.45, 1.1, around, random, scene);
      break;
    case Layout::kStacked:
      lay_stack(context, random, scene);
      look(kind, 0.4, 1.0, around, random, scene);
      break;
    case Layout::kBin:
      lay_bin(context, random, scene);
      look(kind, 0.95, 1.5, around, random, scene);
      break;
    case Layout::kShelves:
      if (picture % 2 == 0) {
        lay_shelves(context, random, scene);
        look(kind, 0.1, 0.4, 0.5 * kPi + random.uniform(-0.5, 0.5), random, scene);
      } else {
        lay_platforms(context, random, scene);
        look(kind, 0.4, 0.8, 0.5 * kPi + random.uniform(-0.7, 0.7), random, scene);
      }
      break;
    case Layout::kHeld:
      lay_held(context, random, scene);
      look(kind, -0.2, 0.7, 0.5 * kPi + random.uniform(-0.6, 0.6), random, scene);
      break;
  }
  const double light_distance = std::max(1.5, 6 * context.size_m);
  scene.light = scenes::random_light(scene.target_m, light_distance, random);
  if (kind.layout == Layout::kShelves || kind.layout == Layout::kHeld) {
    // From the camera's side, or boards and hands would shade everything.
    scene.light.position_m = scenes::eye_around(scene.target_m, light_distance,
                                                random.uniform(0.4, 0.9), random.uniform(0.9, 2.2));
  }
  return scene;
}

}  // namespace sam6d::generality

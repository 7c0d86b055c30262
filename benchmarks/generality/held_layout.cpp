#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include <Eigen/Geometry>

#include "generality/layouts.hpp"
#include "scenes/distance_field.hpp"
#include "scenes/supports.hpp"

/// Objects in the air: in a parallel gripper or in a hand-like shape.
namespace sam6d::generality {
namespace {

using Eigen::Vector3d;
using Eigen::Vector3f;
using scenes::Random;
using scenes::SceneDescription;

/// The object's surface in the frame of what holds it: +z towards the wrist, fingers close
/// along x.
struct Grasp {
  std::vector<Vector3f> points_m;
  float size_m;

  /// How far the object reaches along sign * x where |y - y0| < half and z > from; none: -infinity.
  [[nodiscard]] float reach(float sign, float y0, float half, float from) const {
    float farthest = -std::numeric_limits<float>::infinity();
    for (const Vector3f& p : points_m) {
      if (std::abs(p.y() - y0) < half && p.z() > from) farthest = std::max(farthest, sign * p.x());
    }
    return farthest;
  }
  [[nodiscard]] float top() const {
    float highest = 0;
    for (const Vector3f& p : points_m) highest = std::max(highest, p.z());
    return highest;
  }
};

/// Two fingers with flat pads, a palm and an arm. Empty when a finger would find nothing to touch.
TriangleMesh gripper(const Grasp& grasp, Random& random) {
  const float size = grasp.size_m;
  const float width = 0.09F * size;
  const float thick = 0.06F * size;
  const auto tip = static_cast<float>(random.uniform(-0.1, 0.1)) * size;
  const float right = grasp.reach(1, 0, width, tip);
  const float left = grasp.reach(-1, 0, width, tip);
  if (!std::isfinite(right) || !std::isfinite(left) || right + left < 0.02F * size) return {};
  const float palm = grasp.top() + 0.15F * size;
  const float span = std::max(right, left) + 2.2F * thick;
  const Rgb8 metal{95, 98, 105};
  const Rgb8 rubber{35, 35, 38};
  const scenes::DistanceField distance = [=](const Vector3f& p) {
    const float half = 0.5F * (palm - tip);
    const Vector3f middle(0, 0, tip + half);
    const float a =
        scenes::box_distance(p - middle - Vector3f(right + thick, 0, 0), {thick, width, half});
    const float b =
        scenes::box_distance(p - middle + Vector3f(left + thick, 0, 0), {thick, width, half});
    const float block = scenes::box_distance(p - Vector3f(0, 0, palm + 0.1F * size),
                                             {span, 1.6F * width, 0.1F * size});
    const float arm = scenes::cylinder_distance(p - Vector3f(0, 0, palm + 0.75F * size),
                                                0.16F * size, 0.6F * size);
    return std::min({a, b, block, arm});
  };
  const scenes::ColorField color = [=](const Vector3f& p) {
    return p.z() < tip + 0.6F * (palm - tip) ? rubber : metal;
  };
  return scenes::mesh_of(distance, color, {span + thick, 0.3F * size, palm + 1.4F * size}, 90);
}

/// Four fingers on one side, a thumb on the other, a palm and a forearm.
TriangleMesh hand(const Grasp& grasp, Random& random) {
  const float size = std::max(grasp.size_m, 0.06F);
  const float radius = 0.05F * size;
  const auto tip = static_cast<float>(random.uniform(-0.05, 0.1)) * size;
  const float palm = grasp.top() + 0.12F * size;
  struct Bone {
    Vector3f a;
    Vector3f b;
    float radius;
  };
  std::vector<Bone> bones;
  int touching = 0;
  const auto finger = [&](float sign, float y, float from, float thickness) {
    const float reach = grasp.reach(sign, y, thickness, from - thickness);
    if (!std::isfinite(reach)) return;
    ++touching;
    const float x = sign * (reach + thickness);
    bones.push_back({{x, y, from}, {x, y, palm}, thickness});
    bones.push_back({{x, y, palm}, {0, 0.7F * y, palm + 0.15F * size}, thickness});
  };
  for (int i = 0; i < 4; ++i) {
    finger(1, (static_cast<float>(i) - 1.5F) * 2.1F * radius, tip + 0.04F * size * std::abs(i - 1),
           radius);
  }
  finger(-1, 0, tip + 0.1F * size, 1.2F * radius);
  if (touching < 3) return {};
  bones.push_back({{0, -2.5F * radius, palm + 0.2F * size},
                   {0, 2.5F * radius, palm + 0.2F * size},
                   2.2F * radius});
  bones.push_back({{0, 0, palm + 0.2F * size}, {0, 0, palm + 1.4F * size}, 3.0F * radius});
  const scenes::DistanceField distance = [bones](const Vector3f& p) {
    float nearest = std::numeric_limits<float>::infinity();
    for (const Bone& bone : bones) {
      nearest = std::min(nearest, scenes::capsule_distance(p, bone.a, bone.b, bone.radius));
    }
    return nearest;
  };
  const std::array<Rgb8, 3> skins = {Rgb8{224, 172, 140}, Rgb8{160, 110, 80}, Rgb8{95, 62, 48}};
  const Rgb8 skin = skins[static_cast<std::size_t>(random.below(3))];
  const scenes::ColorField color = [=](const Vector3f& p) {
    return p.z() > palm + 0.7F * size ? Rgb8{70, 90, 130} : skin;  // a sleeve
  };
  return scenes::mesh_of(distance, color, {size, 0.4F * size, palm + 1.6F * size}, 110);
}

}  // namespace

void lay_held(const LayoutContext& context, Random& random, SceneDescription& scene) {
  const double size = context.size_m;
  const int count = 2 + random.below(2);
  for (int i = 0; i < count; ++i) {
    const int object = context.chosen[static_cast<std::size_t>(i) % context.chosen.size()];
    const scenes::SolidBody& body = context.bodies[static_cast<std::size_t>(object)];
    RigidTransform pose = RigidTransform::Identity();
    pose.translation() =
        Vector3d((i - 0.5 * (count - 1)) * 1.7 * size, random.uniform(-0.4, 0.4) * size,
                 random.uniform(-0.3, 0.3) * size);
    TriangleMesh holder;
    RigidTransform world_from_grasp = RigidTransform::Identity();
    for (int attempt = 0; attempt < 40 && holder.faces.empty(); ++attempt) {
      pose.linear() = random.rotation();
      // The arm comes from above, from the sides or from behind: y points to the camera.
      Vector3d wrist = random.direction();
      wrist.y() = -0.6 * std::abs(wrist.y());
      wrist.z() = 0.5 + std::abs(wrist.z());
      wrist.x() = std::copysign(0.6 * wrist.x(), pose.translation().x());
      wrist.normalize();
      world_from_grasp.linear() =
          (Eigen::Quaterniond::FromTwoVectors(Vector3d::UnitZ(), wrist) *
           Eigen::AngleAxisd(random.uniform(0, std::numbers::pi), Vector3d::UnitZ()))
              .toRotationMatrix();
      world_from_grasp.translation() = pose * body.centre_of_mass_m;
      Grasp grasp{{},
                  static_cast<float>(
                      diameter_m(context.objects[static_cast<std::size_t>(object)].shape.mesh))};
      const RigidTransform grasp_from_obj = world_from_grasp.inverse() * pose;
      for (const Vector3f& p : body.points_m) {
        grasp.points_m.push_back((grasp_from_obj * p.cast<double>()).cast<float>());
      }
      holder = random.chance(0.5) ? gripper(grasp, random) : hand(grasp, random);
    }
    if (holder.faces.empty()) continue;
    scene.add(std::move(holder), world_from_grasp);
    context.show(object, pose, scene);
  }
  if (random.chance(0.5)) {
    // A wall well behind; otherwise there is nothing.
    RigidTransform wall = RigidTransform::Identity();
    wall.translation().y() = -random.uniform(4, 9) * size;
    const auto kind = static_cast<scenes::TextureKind>(random.below(scenes::kTextureKinds));
    scene.add(scenes::textured_box({6, 0.05F, 5}, scenes::make_texture(kind, random)), wall);
  }
  scene.target_m = Vector3d::Zero();
  scene.radius_m = 3.5 * size;
}

}  // namespace sam6d::generality

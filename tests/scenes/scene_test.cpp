#include "scenes/scene.hpp"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "scenes/demo_scene.hpp"
#include "scenes/inside.hpp"
#include "scenes/supports.hpp"

namespace sam6d::scenes {
namespace {

constexpr double kShareTolerance = 0.02;  // one pixel of about 57
constexpr double kPenetration = 0.001;    // m

/// Square plates that face a camera which looks along +y.
SceneDescription plates() {
  SceneDescription scene;
  scene.camera = {572, 572, 159.5, 119.5, 320, 240};
  scene.cam_from_world = look_at({0, -1, 0}, {0, 0, 0});
  scene.light.position_m = {0.3, -1.5, 0.5};
  return scene;
}

TriangleMesh plate(Rgb8 color) {
  return textured_box({0.1F, 0.002F, 0.1F}, Image<Rgb8>(1, 1, color));
}

RigidTransform at(double x, double y, double z) {
  RigidTransform pose = RigidTransform::Identity();
  pose.translation() << x, y, z;
  return pose;
}

TEST_CASE("the visible share of a half covered plate is a half") {
  SceneDescription scene = plates();
  scene.add(plate({200, 30, 30}), at(0, 0, 0), 1);
  scene.add(plate({30, 200, 30}), at(0.05, -0.01, 0), 2);
  const ScenePicture picture = take_picture(scene);
  REQUIRE(picture.instances.size() == 2);
  CHECK(picture.instances[0].visib_fract == doctest::Approx(0.5).epsilon(0.05));
  CHECK(picture.instances[1].visib_fract == 1);
  // x is right, z is up: the covering plate is to the right.
  CHECK(picture.instances[1].mask.box().x0 > picture.instances[0].mask.box().x0);
  CHECK(picture.rgb(150, 120).r > picture.rgb(150, 120).g);
  CHECK(picture.rgb(200, 120).g > picture.rgb(200, 120).r);
}

TEST_CASE("what is outside of the picture counts as hidden") {
  SceneDescription scene = plates();
  const double half_width = 159.5 / 572;  // of the view at 1 m
  scene.add(plate({200, 30, 30}), at(half_width, 0, 0), 1);
  const ScenePicture picture = take_picture(scene);
  CHECK(picture.instances[0].visib_fract == doctest::Approx(0.5).epsilon(2 * kShareTolerance));
  CHECK(picture.instances[0].mask.box().x1 <= 320);
}

TEST_CASE("the demo scene: three objects, five to seven instances at rest, nothing penetrates") {
  const DemoScene demo = make_demo_scene(11);
  CHECK(demo.objects.size() == 3);
  const ScenePicture picture = take_picture(demo.scene);
  CHECK(picture.instances.size() >= 5);
  CHECK(picture.instances.size() <= 7);
  std::set<ObjectId> ids;
  Image<std::uint8_t> taken(picture.camera.width, picture.camera.height, 0);
  for (const InstanceTruth& truth : picture.instances) {
    ids.insert(truth.obj_id);
    CHECK(truth.visib_fract >= 0);
    CHECK(truth.visib_fract <= 1);
    for (int y = 0; y < picture.camera.height; ++y) {
      for (int x = 0; x < picture.camera.width; ++x) {
        if (!truth.mask_visib.at(x, y)) continue;
        CHECK(truth.mask.at(x, y));
        CHECK(taken(x, y) == 0);  // visible masks are disjoint
        taken(x, y) = 1;
        CHECK(picture.part(x, y) == truth.part);
      }
    }
  }
  CHECK(ids == std::set<ObjectId>{1, 2, 3});

  const auto& parts = demo.scene.parts;
  for (std::size_t a = 0; a < parts.size(); ++a) {
    for (std::size_t b = 0; b < parts.size(); ++b) {
      if (a == b || parts[a].obj_id == 0 || parts[b].obj_id == 0) continue;
      const auto mesh = [&](std::size_t i) -> const TriangleMesh& {
        return demo.scene.meshes[static_cast<std::size_t>(parts[i].mesh)];
      };
      CHECK(test::penetration_m(mesh(a), parts[a].world_from_obj, mesh(b), parts[b].world_from_obj,
                                97) < kPenetration);
    }
  }
}

TEST_CASE("measured depth agrees with the true one, and a seed gives the same picture") {
  const DemoScene demo = make_demo_scene(12);
  const ScenePicture picture = take_picture(demo.scene, 1);
  std::vector<float> errors;
  for (std::size_t i = 0; i < picture.depth_m.size(); ++i) {
    const float measured = picture.depth_m.data()[i];
    const float exact = picture.true_depth_m.data()[i];
    if (measured > 0 && exact > 0 && exact < 1.0F) errors.push_back(std::abs(measured - exact));
  }
  REQUIRE(errors.size() > 50000);
  std::ranges::nth_element(errors, errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2));
  CHECK(errors[errors.size() / 2] < 0.0025F);  // m; sigma is 2 mm at 1 m

  const ScenePicture again = take_picture(make_demo_scene(12).scene, 2);
  CHECK(std::equal(picture.rgb.data(), picture.rgb.data() + picture.rgb.size(), again.rgb.data()));
  CHECK(std::equal(picture.depth_m.data(), picture.depth_m.data() + picture.depth_m.size(),
                   again.depth_m.data()));
}

}  // namespace
}  // namespace sam6d::scenes

#include "sam6d/renderer.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>

#include <doctest/doctest.h>

#include "sam6d/error.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

// Rays and vertices are single precision, objects half a metre to some metres away.
constexpr double kDepthTolerance_m = 2e-6;

constexpr CameraIntrinsics kCamera{500, 510, 159.5, 121, 320, 240};

RigidTransform at(double x, double y, double z) {
  RigidTransform pose = RigidTransform::Identity();
  pose.translation() << x, y, z;
  return pose;
}

Eigen::Vector3d ray_through(int x, int y) {
  return {(x - kCamera.cx) / kCamera.fx, (y - kCamera.cy) / kCamera.fy, 1.0};
}

template <class T>
bool same(const Image<T>& a, const Image<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

TEST_CASE("depth of a sphere follows the ray through whole-number pixel coordinates") {
  const TriangleMesh sphere = test::sphere(0.1F, 200, 2 * 200);
  const Renderer renderer({&sphere, 1});
  const RenderInstance instance{0, at(0.02, -0.01, 0.6)};
  RenderOptions options;
  options.object_coordinates = true;
  const Rendering picture = renderer.render(kCamera, {&instance, 1}, options);
  // Facets of 1/200 half turn lie up to r (1 - cos(pi / 400)) inside the sphere in each of two
  // directions; along rays that meet the sphere at no less than 18 degrees it is 3.3 times that.
  const double facet_m = 2 * 3.3 * 0.1 * (1 - std::cos(std::numbers::pi / 400));
  int hits = 0;
  for (int y = 0; y < kCamera.height; ++y) {
    for (int x = 0; x < kCamera.width; ++x) {
      const Eigen::Vector3d d = ray_through(x, y);
      const Eigen::Vector3d c = instance.cam_from_obj.translation();
      const double b = d.dot(c) / d.squaredNorm();
      const double rest = b * b - (c.squaredNorm() - 0.01) / d.squaredNorm();
      const double nearest_to_axis = (b * d - c).norm();
      if (nearest_to_axis > 0.1) {
        CHECK(picture.depth_m(x, y) == 0.0F);
        CHECK(picture.instance(x, y) == -1);
      } else if (nearest_to_axis < 0.095) {
        ++hits;
        REQUIRE(picture.instance(x, y) == 0);
        const double expected = b - std::sqrt(rest);
        CHECK(picture.depth_m(x, y) >= expected - kDepthTolerance_m);
        CHECK(picture.depth_m(x, y) <= expected + facet_m + kDepthTolerance_m);
        // The object coordinates are the same point, in the other frame.
        const Eigen::Vector3d seen =
            instance.cam_from_obj * picture.object_xyz_m(x, y).cast<double>();
        CHECK((seen - picture.depth_m(x, y) * d).norm() < kDepthTolerance_m);
      }
    }
  }
  CHECK(hits > 15'000);
}

TEST_CASE("a box shows flat faces with exact depths and normals towards the camera") {
  const TriangleMesh box = test::box({0.2F, 0.1F, 0.06F});
  const Renderer renderer({&box, 1});
  RenderOptions options;
  options.normals = true;

  SUBCASE("seen along an axis") {
    const RenderInstance instance{0, at(0, 0, 0.53)};
    const Rendering picture = renderer.render(kCamera, {&instance, 1}, options);
    for (const auto& [x, y] : {std::pair{160, 121}, {100, 90}, {220, 150}}) {
      CHECK(std::abs(picture.depth_m(x, y) - 0.5) < kDepthTolerance_m);
      CHECK((picture.normals(x, y) - Eigen::Vector3f(0, 0, -1)).norm() < 1e-6F);
    }
    // 0.1 m at 0.5 m and f 500 is 100 px: columns 59.5 .. 259.5.
    CHECK(picture.depth_m(59, 121) == 0.0F);
    CHECK(picture.depth_m(60, 121) > 0.0F);
    CHECK(picture.depth_m(259, 121) > 0.0F);
    CHECK(picture.depth_m(260, 121) == 0.0F);
    CHECK(picture.mask()(60, 121) == 255);
    CHECK(picture.mask()(59, 121) == 0);
  }
  SUBCASE("turned about the vertical by 30 degrees") {
    RigidTransform pose = at(0, 0, 0.6);
    pose.linear() = Eigen::AngleAxisd(std::numbers::pi / 6, Eigen::Vector3d::UnitY()).matrix();
    const RenderInstance instance{0, pose};
    const Rendering picture = renderer.render(kCamera, {&instance, 1}, options);
    const Eigen::Vector3d normal = pose.linear() * Eigen::Vector3d(0, 0, -1);
    const Eigen::Vector3d corner = pose * Eigen::Vector3d(0, 0, -0.03);
    const Eigen::Vector3d d = ray_through(160, 121);
    CHECK(std::abs(picture.depth_m(160, 121) - normal.dot(corner) / normal.dot(d)) <
          kDepthTolerance_m);
    CHECK((picture.normals(160, 121) - normal.cast<float>()).norm() < 1e-6F);
  }
}

TEST_CASE("both faces of a triangle count") {
  TriangleMesh triangle;
  triangle.vertices_m = {{-1, -1, 0}, {1, -1, 0}, {0, 1, 0}};
  triangle.faces = {{0, 1, 2}};
  const Renderer renderer({&triangle, 1});
  RenderOptions options;
  options.normals = true;
  RenderInstance instance{0, at(0, 0, 2)};
  const Rendering one = renderer.render(kCamera, {&instance, 1}, options);
  instance.cam_from_obj.linear() =
      Eigen::AngleAxisd(std::numbers::pi, Eigen::Vector3d::UnitY()).matrix();
  const Rendering other = renderer.render(kCamera, {&instance, 1}, options);
  for (const Rendering* picture : {&one, &other}) {
    CHECK(std::abs(picture->depth_m(160, 121) - 2) < kDepthTolerance_m);
    CHECK(picture->normals(160, 121).z() == doctest::Approx(-1));
  }
}

TEST_CASE("nearer instances hide farther ones, whatever their order") {
  const std::vector<TriangleMesh> meshes = {test::box({0.1F, 0.1F, 0.1F}),
                                            test::sphere(0.2F, 20, 2 * 20)};
  const Renderer renderer(meshes);
  const RenderInstance box{0, at(0, 0, 0.5)};
  const RenderInstance sphere{1, at(0, 0, 1)};
  const RenderInstance box_behind{0, at(0.3, 0, 2)};
  for (const auto& order : {std::vector{box, sphere, box_behind}, {box_behind, sphere, box}}) {
    const Rendering picture = renderer.render(kCamera, order);
    const auto mesh_at = [&](int x, int y) {
      const int found = picture.instance(x, y);
      return found < 0 ? -1 : order[static_cast<std::size_t>(found)].mesh;
    };
    CHECK(mesh_at(160, 121) == 0);
    CHECK(std::abs(picture.depth_m(160, 121) - 0.45) < kDepthTolerance_m);
    CHECK(mesh_at(240, 121) == 1);
    CHECK(mesh_at(2, 2) == -1);
    // The instances' masks are disjoint and fill the picture's.
    int sum = 0;
    for (int i = 0; i < 3; ++i)
      sum += static_cast<int>(Mask::from_image(picture.mask(i).view()).area());
    CHECK(sum == Mask::from_image(picture.mask().view()).area());
  }
}

TEST_CASE("of two surfaces in one place the first instance is seen") {
  const TriangleMesh box = test::box({0.1F, 0.1F, 0.1F});
  const Renderer renderer({&box, 1});
  const std::vector<RenderInstance> twice(2, RenderInstance{0, at(0, 0, 0.5)});
  const Rendering picture = renderer.render(kCamera, twice);
  CHECK(Mask::from_image(picture.mask(0).view()).area() > 1000);
  CHECK(Mask::from_image(picture.mask(1).view()).empty());
}

TEST_CASE("colour comes from vertices, a texture or the options, in head light and ambient light") {
  TriangleMesh square;
  square.vertices_m = {{-1, -1, 0}, {1, -1, 0}, {1, 1, 0}, {-1, 1, 0}};
  square.faces = {{0, 1, 2}, {0, 2, 3}};
  const RenderInstance instance{0, at(0, 0, 5)};
  const CameraIntrinsics camera{500, 500, 160, 120, 320, 240};
  RenderOptions options;
  options.ambient = 0.5F;
  options.head_light = 0.5F;
  options.background = {1, 2, 3};
  const auto render = [&] {
    return Renderer({&square, 1}).render(camera, {&instance, 1}, options);
  };

  SUBCASE("base colour") {
    options.base_color = {200, 100, 50};
    const Rendering picture = render();
    CHECK(picture.rgb(160, 120) == Rgb8{200, 100, 50});
    CHECK(picture.rgb(0, 0) == Rgb8{1, 2, 3});
  }
  SUBCASE("light falls with the cosine") {
    options.base_color = {200, 200, 200};
    RigidTransform tilted = instance.cam_from_obj;
    tilted.linear() = Eigen::AngleAxisd(std::numbers::pi / 3, Eigen::Vector3d::UnitX()).matrix();
    const RenderInstance turned{0, tilted};
    const Rendering picture = Renderer({&square, 1}).render(camera, {&turned, 1}, options);
    CHECK(picture.rgb(160, 120) == Rgb8{150, 150, 150});
  }
  SUBCASE("vertex colours are mixed") {
    square.vertex_colors = {{0, 0, 0}, {200, 0, 0}, {200, 100, 0}, {0, 100, 0}};
    const Rendering picture = render();
    CHECK(picture.rgb(160, 120) == Rgb8{100, 50, 0});
    CHECK(picture.rgb(160 + 50, 120) == Rgb8{150, 50, 0});
  }
  SUBCASE("a texture, top left at uv (0, 0), before vertex colours") {
    options.ambient = 1;
    options.head_light = 0;
    square.vertex_colors.assign(4, Rgb8{9, 9, 9});
    square.uvs = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
    square.texture = Image<Rgb8>(2, 2);
    square.texture(0, 0) = {255, 0, 0};
    square.texture(1, 0) = {0, 255, 0};
    square.texture(0, 1) = {0, 0, 255};
    square.texture(1, 1) = {255, 255, 255};
    const Rendering picture = render();
    CHECK(picture.rgb(110, 70) == Rgb8{255, 0, 0});
    CHECK(picture.rgb(210, 70) == Rgb8{0, 255, 0});
    CHECK(picture.rgb(110, 170) == Rgb8{0, 0, 255});
    CHECK(picture.rgb(160, 120).r == 128);  // all four, bilinear
  }
  SUBCASE("uvs that are no numbers do no harm") {
    square.uvs.assign(4, Eigen::Vector2f::Constant(std::numeric_limits<float>::quiet_NaN()));
    square.texture = Image<Rgb8>(2, 2, Rgb8{7, 7, 7});
    CHECK(render().rgb(160, 120) == Rgb8{7, 7, 7});
  }
}

TEST_CASE("only the box is rendered, and there it is the same picture") {
  const TriangleMesh sphere = test::sphere(0.1F, 40, 2 * 40);
  const Renderer renderer({&sphere, 1});
  const RenderInstance instance{0, at(0, 0, 0.5)};
  RenderOptions options;
  const Rendering whole = renderer.render(kCamera, {&instance, 1}, options);
  options.box = Box{101, 53, 190, 130};
  const Rendering part = renderer.render(kCamera, {&instance, 1}, options);
  for (int y = 0; y < kCamera.height; ++y) {
    for (int x = 0; x < kCamera.width; ++x) {
      const bool inside = options.box->contains(x, y);
      CHECK(part.depth_m(x, y) == (inside ? whole.depth_m(x, y) : 0.0F));
      CHECK(part.instance(x, y) == (inside ? whole.instance(x, y) : -1));
      CHECK(part.rgb(x, y) == (inside ? whole.rgb(x, y) : Rgb8{}));
    }
  }
  options.box = Box{500, 500, 600, 600};
  CHECK(Mask::from_image(renderer.render(kCamera, {&instance, 1}, options).mask().view()).empty());
}

TEST_CASE("the number of threads does not change the picture") {
  const TriangleMesh sphere = test::sphere(0.2F, 60, 2 * 60);
  const Renderer renderer({&sphere, 1});
  const std::vector<RenderInstance> instances = {{0, at(0, 0, 0.6)}, {0, at(0.1, 0.05, 0.7)}};
  RenderOptions options;
  options.normals = true;
  options.threads = 1;
  const Rendering one = renderer.render(kCamera, instances, options);
  options.threads = 5;
  const Rendering five = renderer.render(kCamera, instances, options);
  CHECK(same(one.rgb, five.rgb));
  CHECK(same(one.depth_m, five.depth_m));
  CHECK(same(one.normals, five.normals));
  CHECK(same(one.instance, five.instance));
}

TEST_CASE("what is behind the camera is not seen, what reaches behind it is") {
  const TriangleMesh box = test::box({0.2F, 0.2F, 2.0F});
  const Renderer renderer({&box, 1});
  const RenderInstance behind{0, at(0, 0, -1.5)};
  CHECK(Mask::from_image(renderer.render(kCamera, {&behind, 1}).mask().view()).empty());
  // The camera is inside of the box and sees its far end from within.
  const RenderInstance around{0, at(0, 0, 0.5)};
  const Rendering inside = renderer.render(kCamera, {&around, 1});
  CHECK(std::abs(inside.depth_m(160, 121) - 1.5) < kDepthTolerance_m);
  CHECK(inside.depth_m(0, 0) > 0.0F);
}

TEST_CASE("depth layers are the sorted hits of all instances") {
  const TriangleMesh box = test::box({0.2F, 0.2F, 0.1F});
  const Renderer renderer({&box, 1});
  const std::vector<RenderInstance> instances = {{0, at(0, 0, 1)}, {0, at(0, 0, 0.5)}};
  const std::vector<Image<float>> layers = renderer.depth_layers(kCamera, instances, 5);
  REQUIRE(layers.size() == 5);
  const double expected[] = {0.45, 0.55, 0.95, 1.05};
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(std::abs(layers[k](160, 121) - expected[k]) < kDepthTolerance_m);
    // Here the ray meets the diagonal that the two triangles of a face share.
    CHECK(std::abs(layers[k](161, 122) - expected[k]) < kDepthTolerance_m);
  }
  CHECK(layers[4](160, 121) == 0.0F);
  CHECK(same(layers[0], renderer.render(kCamera, instances).depth_m));
  CHECK_THROWS_AS(renderer.depth_layers(kCamera, instances, 0), Error);
  CHECK_THROWS_AS(renderer.depth_layers(kCamera, instances, 17), Error);
}

TEST_CASE("rays do not slip through between triangles") {
  const TriangleMesh sphere = test::sphere(0.2F, 150, 2 * 150);
  const Renderer renderer({&sphere, 1});
  const RenderInstance instance{0, at(0, 0, 0.5)};
  const std::vector<Image<float>> layers = renderer.depth_layers(kCamera, {&instance, 1}, 3);
  for (int y = 60; y < 180; ++y) {
    for (int x = 100; x < 220; ++x) {
      REQUIRE(layers[0](x, y) > 0.0F);
      REQUIRE(layers[1](x, y) > 0.5F);
      REQUIRE(layers[2](x, y) == 0.0F);
    }
  }
}

TEST_CASE("what cannot be rendered is refused") {
  const TriangleMesh box = test::box({0.2F, 0.2F, 0.1F});
  const Renderer renderer({&box, 1});
  const auto render = [&](const RenderInstance& instance, CameraIntrinsics camera = kCamera) {
    return renderer.render(camera, {&instance, 1});
  };
  CHECK_THROWS_AS(render({1, at(0, 0, 1)}), Error);
  CHECK_THROWS_AS(render({-1, at(0, 0, 1)}), Error);
  CHECK_THROWS_AS(render({0, at(0, 0, std::numeric_limits<double>::quiet_NaN())}), Error);
  CHECK_THROWS_AS(render({0, at(0, 0, 1)}, CameraIntrinsics{}), Error);
  CHECK_THROWS_AS(Renderer(std::vector<TriangleMesh>(1)), Error);
  TriangleMesh broken = box;
  broken.faces[3].y() = 1000;
  CHECK_THROWS_AS(Renderer({&broken, 1}), Error);
  broken = box;
  broken.vertex_colors.assign(2, Rgb8{});
  CHECK_THROWS_AS(Renderer({&broken, 1}), Error);
  CHECK(Mask::from_image(renderer.render(kCamera, {}).mask().view()).empty());
}

}  // namespace
}  // namespace sam6d

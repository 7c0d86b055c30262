#include "object/packed_view.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include <doctest/doctest.h>

#include "sam6d/error.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

TemplateView slanted_view() {
  TriangleMesh mesh = test::box({0.10F, 0.06F, 0.03F});
  mesh.vertex_colors.assign(mesh.vertices_m.size(), Rgb8{200, 100, 50});
  TemplateOptions options;
  options.size_px = 200;
  return render_templates(mesh, options)[3];
}

template <class T>
bool same(const Image<T>& a, const Image<T>& b) {
  return a.width() == b.width() && a.height() == b.height() &&
         std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

double largest_error_m(const TemplateView& a, const TemplateView& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.object_xyz_m.size(); ++i) {
    largest =
        std::max<double>(largest, (a.object_xyz_m.data()[i] - b.object_xyz_m.data()[i]).norm());
  }
  return largest;
}

TEST_CASE("a rendered view is packed as depth and comes back") {
  const TemplateView view = slanted_view();
  const PackedView packed = pack(view);
  CHECK(packed.coordinates == PackedView::Coordinates::kDepth);
  CHECK(packed.values.size() == packed.colors.size());
  const TemplateView back = unpack(packed);
  CHECK(same(back.rgb, view.rgb));
  CHECK(same(back.mask, view.mask));
  CHECK(back.box_px == view.box_px);
  CHECK(back.camera == view.camera);
  CHECK(back.cam_from_obj.matrix() == view.cam_from_obj.matrix());
  CHECK(largest_error_m(view, back) < view.cam_from_obj.translation().norm() / 20'000);
  check_view(back, "back");
}

TEST_CASE("coordinates of float16 files are packed as depth, too") {
  TemplateView view = slanted_view();
  const TemplateView exact = view;
  for (std::size_t i = 0; i < view.object_xyz_m.size(); ++i) {
    for (float& coordinate : view.object_xyz_m.data()[i]) {
      // Eleven bits of millimetres.
      int exponent = 0;
      const float fraction = std::frexp(1e3F * coordinate, &exponent);
      coordinate = 1e-3F * std::ldexp(std::round(2048 * fraction), exponent - 11);
    }
  }
  CHECK(largest_error_m(exact, view) > 5e-6);
  const PackedView packed = pack(view);
  CHECK(packed.coordinates == PackedView::Coordinates::kDepth);
  CHECK(largest_error_m(view, unpack(packed)) < view.cam_from_obj.translation().norm() / 5'000);
}

TEST_CASE("a view whose camera does not fit keeps its coordinates") {
  TemplateView view = slanted_view();
  view.cam_from_obj.translation().z() *= 1.02;
  const PackedView packed = pack(view);
  CHECK(packed.coordinates == PackedView::Coordinates::kXyz);
  CHECK(packed.values.size() == 3 * packed.colors.size());
  const TemplateView back = unpack(packed);
  CHECK(same(back.mask, view.mask));
  // Half a step of the box's longest side.
  CHECK(largest_error_m(view, back) < std::sqrt(3) * 0.1 / 131'070 * 1.01);
}

TEST_CASE("an empty view stays empty") {
  TemplateView view;
  view.camera = {100, 100, 10, 10, 20, 20};
  check_view(view, "view");
  const TemplateView back = unpack(pack(view));
  CHECK(back.mask.empty());
  CHECK(back.box_px.empty());
}

TEST_CASE("views that do not hold together are refused") {
  const TemplateView good = slanted_view();
  check_view(good, "view");
  TemplateView view = good;
  view.mask = Image<std::uint8_t>(3, 3);
  CHECK_THROWS_AS(check_view(view, "view"), Error);
  view = good;
  view.rgb = {};
  CHECK_THROWS_AS(check_view(view, "view"), Error);
  view = good;
  view.box_px.x0 -= 100;
  view.box_px.x1 -= 100;
  CHECK_THROWS_AS(check_view(view, "view"), Error);
  view = good;
  view.camera.fx = 0;
  CHECK_THROWS_AS(check_view(view, "view"), Error);
  view = good;
  view.cam_from_obj.translation().x() = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(check_view(view, "view"), Error);
  view = good;
  const int row = view.mask.height() / 2;
  const int column = view.mask.width() / 2;
  REQUIRE(view.mask(column, row) != 0);
  view.object_xyz_m(column, row).y() = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(check_view(view, "view"), Error);
}

}  // namespace
}  // namespace sam6d

#include "generality/scene_kinds.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "scenes/inside.hpp"
#include "support/errors.hpp"

namespace sam6d::generality {
namespace {

constexpr double kPenetration = 0.002;  // m; surface points are up to 2 mm apart
constexpr std::uint64_t kSeed = 7;

/// Largest mutual penetration of the objects of a scene.
double penetration_of(const scenes::SceneDescription& scene) {
  double deepest = 0;
  for (const scenes::ScenePart& a : scene.parts) {
    for (const scenes::ScenePart& b : scene.parts) {
      if (&a == &b || a.obj_id == 0 || b.obj_id == 0) continue;
      deepest = std::max(
          deepest, test::penetration_m(
                       scene.meshes[static_cast<std::size_t>(a.mesh)], a.world_from_obj,
                       scene.meshes[static_cast<std::size_t>(b.mesh)], b.world_from_obj, 151));
    }
  }
  return deepest;
}

TEST_CASE("objects in bins, stacks and grippers do not penetrate each other, and are seen") {
  for (const std::string name : {"bin", "stacked", "held", "shelves"}) {
    CAPTURE(name);
    const DataSet data = make_data_set(scene_kind(name), kSeed, 1);
    REQUIRE(data.scenes.size() == 1);
    CHECK(penetration_of(data.scenes[0]) < kPenetration);
    const scenes::ScenePicture picture = scenes::take_picture(data.scenes[0]);
    CHECK(picture.instances.size() >= 2);
    const auto seen = std::ranges::count_if(
        picture.instances, [](const auto& truth) { return truth.visib_fract > 0.5; });
    CHECK(seen >= 2);
  }
}

TEST_CASE("CAD models carry the colours that the kind says") {
  const DataSet none = make_data_set(scene_kind("cad_no_color"), kSeed, 0);
  for (const CatalogObject& object : none.objects) {
    CHECK_FALSE(object.cad.has_color());
    CHECK(object.shape.mesh.has_color());
  }
  const DataSet wrong = make_data_set(scene_kind("cad_wrong_color"), kSeed, 0);
  for (const CatalogObject& object : wrong.objects) {
    CHECK(object.cad.vertex_colors.size() == object.shape.mesh.vertex_colors.size());
    CHECK(object.cad.vertex_colors != object.shape.mesh.vertex_colors);
    CHECK(object.cad.vertices_m == object.shape.mesh.vertices_m);
  }
}

TEST_CASE("absent objects are in the catalogue and not in the picture") {
  const DataSet data = make_data_set(scene_kind("absent"), kSeed, 1);
  std::set<ObjectId> there;
  for (const scenes::ScenePart& part : data.scenes[0].parts) there.insert(part.obj_id);
  there.erase(0);
  CHECK(data.objects.size() == 10);
  CHECK(there.size() <= 3);
  CHECK_FALSE(there.empty());
}

TEST_CASE("a seed always gives the same scenes; an unknown kind is refused with the list") {
  const SceneKind& kind = scene_kind("small");
  const auto first = make_data_set(kind, 1, 1);
  const auto again = make_data_set(kind, 1, 1);
  const auto other = make_data_set(kind, 2, 1);
  REQUIRE(first.scenes[0].parts.size() == again.scenes[0].parts.size());
  for (std::size_t i = 0; i < first.scenes[0].parts.size(); ++i) {
    CHECK(first.scenes[0].parts[i].world_from_obj.matrix() ==
          again.scenes[0].parts[i].world_from_obj.matrix());
  }
  CHECK(first.objects[0].cad.vertices_m != other.objects[0].cad.vertices_m);
  const auto error = test::error_of([] { (void)scene_kind("underwater"); });
  CHECK(test::mentions(error, "underwater"));
  CHECK(test::mentions(error, "shelves"));
}

}  // namespace
}  // namespace sam6d::generality

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <limits>

#include <doctest/doctest.h>

#include "checkpoint/safetensors.hpp"
#include "checkpoint/tensor.hpp"
#include "object/bundle_envelope.hpp"
#include "object/object_data.hpp"
#include "sam6d/object_model.hpp"
#include "support/errors.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

using test::error_of;

/// A box with colours, a texture, an odd number of views' pixels, both kinds of symmetries.
const ObjectModel& example() {
  static const ObjectModel object = [] {
    TriangleMesh mesh = test::box({0.10F, 0.06F, 0.03F}, 6);
    mesh.vertex_colors.assign(mesh.vertices_m.size(), Rgb8{200, 100, 50});
    mesh.uvs.assign(mesh.vertices_m.size(), Eigen::Vector2f(0.25F, 0.75F));
    mesh.texture = Image<Rgb8>(5, 3, Rgb8{10, 200, 30});
    OnboardOptions options;
    options.name = "a box \xc3\xbc";
    options.symmetries.emplace();
    RigidTransform half_turn = RigidTransform::Identity();
    half_turn.linear() = Eigen::Vector3d(-1, -1, 1).asDiagonal();
    options.symmetries->discrete = {half_turn};
    options.symmetries->continuous = {{Eigen::Vector3d::UnitY(), {0.01, 0, 0.02}}};
    options.templates.size_px = 96;
    options.surface_samples = 500;
    return ObjectModel::onboard(-3, mesh, options);
  }();
  return object;
}

using Row9 = std::array<float, 9>;
constexpr std::array<Row9, 1> kNotRotations = {{{2, 0, 0, 0, 1, 0, 0, 0, 1}}};

TensorMap tensors_of(std::span<const std::byte> bytes) {
  TensorMap tensors;
  for (const auto& [name, view] : parse_safetensors(bytes, "bundle").tensors) {
    tensors[name] = Tensor{view.dtype, view.shape, {view.bytes.begin(), view.bytes.end()}};
  }
  return tensors;
}

TEST_CASE("an object comes back from its bundle with everything that it had") {
  const ObjectModel& object = example();
  const std::vector<std::byte> bytes = object.to_bytes();
  const ObjectModel back = ObjectModel::from_bytes(bytes, "bundle");
  CHECK(back.id() == -3);
  CHECK(back.name() == "a box \xc3\xbc");
  CHECK(back.diameter_m() == object.diameter_m());
  CHECK(back.mesh().vertices_m == object.mesh().vertices_m);
  CHECK(back.mesh().faces == object.mesh().faces);
  CHECK(back.mesh().vertex_colors == object.mesh().vertex_colors);
  CHECK(back.mesh().uvs == object.mesh().uvs);
  CHECK(back.mesh().texture.width() == 5);
  CHECK(back.mesh().texture(4, 2) == Rgb8{10, 200, 30});
  REQUIRE(back.surface_samples().size() == 500);
  CHECK(back.surface_samples()[77].point_m == object.surface_samples()[77].point_m);
  CHECK(back.surface_samples()[77].normal == object.surface_samples()[77].normal);
  CHECK(back.surface_samples()[77].color == object.surface_samples()[77].color);
  REQUIRE(back.symmetries().discrete.size() == 1);
  CHECK(back.symmetries().discrete[0].matrix() == object.symmetries().discrete[0].matrix());
  REQUIRE(back.symmetries().continuous.size() == 1);
  CHECK(back.symmetries().continuous[0].offset_m == Eigen::Vector3d(0.01, 0, 0.02));
  REQUIRE(back.template_view_count() == 42);
  for (int i = 0; i < 42; ++i) {
    const TemplateView a = object.template_view(i);
    const TemplateView b = back.template_view(i);
    CHECK(a.box_px == b.box_px);
    CHECK(std::memcmp(a.rgb.data(), b.rgb.data(), 3 * a.rgb.size()) == 0);
    CHECK(std::memcmp(a.object_xyz_m.data(), b.object_xyz_m.data(),
                      sizeof(Eigen::Vector3f) * a.object_xyz_m.size()) == 0);
  }
  const GeometricFeatures& a = object.data().geometric;
  const GeometricFeatures& b = back.data().geometric;
  CHECK(b.diameter_m == a.diameter_m);
  CHECK(b.radius_m == a.radius_m);
  CHECK(b.center_m == a.center_m);
  CHECK(b.has_color == a.has_color);
  REQUIRE(b.points.size() == a.points.size());
  CHECK(std::memcmp(b.points.data(), a.points.data(), sizeof(ModelPoint) * a.points.size()) == 0);
  CHECK(b.view_starts == a.view_starts);
  CHECK(b.view_points == a.view_points);
  CHECK(b.nearest_view == a.nearest_view);
  CHECK(b.palette == a.palette);
  CHECK(b.vertices_m == a.vertices_m);
  CHECK(b.faces == a.faces);
  CHECK(b.pairs.references == a.pairs.references);
  CHECK(b.pairs.starts == a.pairs.starts);
  REQUIRE(b.pairs.entries.size() == a.pairs.entries.size());
  CHECK(b.pairs.entries.size() > 100);
  CHECK(std::memcmp(b.pairs.entries.data(), a.pairs.entries.data(),
                    sizeof(PairTable::Entry) * a.pairs.entries.size()) == 0);
  REQUIRE(b.look_alikes.size() == a.look_alikes.size());
  for (std::size_t i = 0; i < a.look_alikes.size(); ++i) {
    CHECK(b.look_alikes[i] == a.look_alikes[i]);
  }
  // Nothing that the checks above do not know of is lost either.
  CHECK(back.to_bytes() == bytes);
}

TEST_CASE("what networks computed travels in the bundle, whoever can read it") {
  const auto numbers = [](float first) {
    const std::array<float, 6> values = {first, 2, 3, 4, 5, 6};
    Tensor tensor = tensor_of<float>(std::span<const float>(values));
    tensor.shape = {2, 3};
    return tensor;
  };
  const ObjectModel plain = example();
  CHECK(!find_descriptors(plain, "pem-1"));
  const ObjectModel once = with_descriptors(plain, "pem-1", {{"points", numbers(1)}});
  const ObjectModel twice =
      with_descriptors(once, "other-2", {{"a.b", numbers(7)}, {"c", {DType::kUint8, {0}, {}}}});
  CHECK(!find_descriptors(plain, "pem-1"));

  const std::vector<std::byte> bytes = twice.to_bytes();
  const ObjectModel back = ObjectModel::from_bytes(bytes, "bundle");
  CHECK(back.to_bytes() == bytes);
  const auto first = find_descriptors(back, "pem-1");
  REQUIRE(first);
  CHECK(first->at("points").shape == std::vector<std::uint64_t>{2, 3});
  CHECK(first->at("points").bytes == numbers(1).bytes);
  REQUIRE(find_descriptors(back, "other-2"));
  CHECK(find_descriptors(back, "other-2")->at("a.b").bytes == numbers(7).bytes);
  CHECK(find_descriptors(back.with_id(4, "another"), "pem-1"));

  // A wrong byte of theirs is noticed like any other.
  std::vector<std::byte> damaged = bytes;
  const auto needle = numbers(7).bytes;
  const auto at = std::search(damaged.begin(), damaged.end(), needle.begin(), needle.end());
  REQUIRE(at != damaged.end());
  *at ^= std::byte{1};
  CHECK(test::mentions(error_of([&] { (void)ObjectModel::from_bytes(damaged, "here.s6d"); }),
                       "section descriptors"));
}

TEST_CASE("descriptors need names that can be taken apart again") {
  const auto refused = error_of([] { (void)with_descriptors(example(), "a.b", {}); });
  REQUIRE(refused);
  CHECK(refused->code() == ErrorCode::kInvalidArgument);
  const std::vector<std::byte> good = example().to_bytes();
  for (const char* const name : {"descriptors.key", "descriptors..name", "descriptors.key."}) {
    TensorMap tensors = tensors_of(good);
    tensors[name] = Tensor{DType::kUint8, {1}, {std::byte{1}}};
    const auto bytes = seal_bundle({1, "named", 0.1}, tensors);
    const auto error = error_of([&] { (void)ObjectModel::from_bytes(bytes, "here.s6d"); });
    CAPTURE(name);
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kBadFile);
  }
}

TEST_CASE("one wrong byte anywhere is noticed") {
  const std::vector<std::byte> good = example().to_bytes();
  for (std::size_t i = 0; i < good.size(); i += 1 + good.size() / 300) {
    std::vector<std::byte> bytes = good;
    bytes[i] ^= std::byte{0x10};
    const auto error = error_of([&] { (void)ObjectModel::from_bytes(bytes, "here.s6d"); });
    CAPTURE(i);
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kBadFile);
    CHECK(test::mentions(error, "here.s6d"));
  }
}

TEST_CASE("a file that ends early is refused") {
  const std::vector<std::byte> good = example().to_bytes();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{7}, std::size_t{100}, good.size() / 2, good.size() - 1}) {
    const auto error =
        error_of([&] { (void)ObjectModel::from_bytes(std::span(good).first(size), "here.s6d"); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kBadFile);
  }
}

TEST_CASE("other safetensors files and other versions are refused") {
  const auto refused = [](const std::vector<std::byte>& bytes, const std::string& text) {
    const auto error = error_of([&] { (void)ObjectModel::from_bytes(bytes, "here.s6d"); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kBadFile);
    CHECK(test::mentions(error, text));
  };
  refused(safetensors_bytes({}, {}), "format");
  refused(safetensors_bytes({}, {{"format", "pt"}}), "format");
  refused(safetensors_bytes({}, {{"format", "sam6d object"}, {"object", "{}"}, {"checksum", "0"}}),
          "checksum");
  refused(seal_bundle({1, "empty", 0.1}, {}), "section");

  const std::vector<std::byte> good = example().to_bytes();
  const SafetensorsView view = parse_safetensors(good, "good");
  // Version 1 becomes 2; its checksum is of other bytes then.
  Metadata metadata = view.metadata;
  const std::size_t place = metadata["object"].find("\"version\":1");
  REQUIRE(place != std::string::npos);
  metadata["object"][place + 10] = '2';
  refused(safetensors_bytes(tensors_of(good), metadata), "checksum");
}

TEST_CASE("tensors that do not hold together are refused even with right checksums") {
  const TensorMap good = tensors_of(example().to_bytes());
  const BundleHeader header{1, "box", 0.12};
  CHECK_NOTHROW((void)ObjectModel::from_bytes(seal_bundle(header, good), "here.s6d"));
  const auto refused = [&](const std::string& name, const std::function<void(Tensor&)>& edit) {
    CAPTURE(name);
    TensorMap tensors = good;
    REQUIRE(tensors.contains(name));
    edit(tensors[name]);
    const std::vector<std::byte> bytes = seal_bundle(header, tensors);
    const auto error = error_of([&] { (void)ObjectModel::from_bytes(bytes, "here.s6d"); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kBadFile);
    CHECK(test::mentions(error, "here.s6d"));
  };
  const auto set = [](std::size_t index, auto value) {
    return [=](Tensor& tensor) {
      REQUIRE(sizeof(value) == size_of(tensor.dtype));
      std::memcpy(tensor.bytes.data() + index * sizeof(value), &value, sizeof(value));
    };
  };
  const auto drop_row = [](Tensor& tensor) {
    const std::size_t row = tensor.bytes.size() / tensor.shape[0];
    tensor.bytes.resize(tensor.bytes.size() - row);
    --tensor.shape[0];
  };
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr double kInf = std::numeric_limits<double>::infinity();

  refused("mesh.faces", set(4, std::int32_t{-1}));
  refused("mesh.faces", set(4, std::int32_t{1'000'000}));
  refused("mesh.faces", [](Tensor& tensor) { tensor = {DType::kInt32, {0, 3}, {}}; });
  refused("mesh.vertices_m", set(4, kNan));
  refused("mesh.vertices_m", set(4, 1e30F));
  refused("mesh.vertices_m", drop_row);
  refused("mesh.vertex_colors", drop_row);
  refused("mesh.uvs", drop_row);
  refused("mesh.uvs", set(1, kNan));
  refused("mesh.texture", [](Tensor& tensor) { tensor.shape = {3, 15}; });
  refused("mesh.texture", [](Tensor& tensor) { tensor = {DType::kUint8, {0, 5, 3}, {}}; });
  refused("samples.points_m", drop_row);
  refused("samples.normals", set(0, 5.0F));
  refused("samples.normals", set(0, kNan));
  refused("samples.colors", drop_row);
  refused("symmetries.discrete", set(0, 3.0));
  refused("symmetries.discrete", set(3, kInf));
  refused("symmetries.axes", set(1, 0.5));
  refused("symmetries.axes", set(4, kInf));
  refused("views.poses", set(0, 7.0));
  refused("views.poses", drop_row);
  refused("views.cameras", set(0, 0.0));
  refused("views.cameras", set(4, 1e9));
  refused("views.cameras", set(5, 96.5));
  refused("views.boxes", set(0, std::int32_t{-5}));
  refused("views.boxes", set(2, std::int32_t{97}));
  refused("views.boxes", set(2, std::int32_t{96}));
  refused("views.kinds", set(0, std::uint8_t{2}));
  refused("views.kinds", set(0, std::uint8_t{1}));
  refused("views.ranges", set(0, kInf));
  refused("views.ranges", set(3, -1.0));
  refused("views.ranges", set(3, 1.0));
  refused("views.mask", drop_row);
  refused("views.mask", [](Tensor& tensor) { tensor.bytes[3] ^= std::byte{1}; });
  refused("views.colors", drop_row);
  refused("views.values", drop_row);
  refused("geometric.scalars", set(0, 0.0F));
  refused("geometric.scalars", set(1, kNan));
  refused("geometric.scalars", set(2, kNan));
  refused("geometric.scalars", drop_row);
  refused("geometric.points_m", set(0, kNan));
  refused("geometric.points_m", drop_row);
  refused("geometric.normals", set(0, 2.0F));
  refused("geometric.colors", drop_row);
  refused("geometric.view_starts", set(0, std::uint32_t{1}));
  refused("geometric.view_starts", set(9, std::uint32_t{0xffffffff}));
  refused("geometric.view_starts", drop_row);
  refused("geometric.view_points", set(0, std::uint16_t{65535}));
  refused("geometric.nearest_view", set(0, std::uint8_t{162}));
  refused("geometric.nearest_view", drop_row);
  refused("geometric.vertices_m", set(0, kNan));
  refused("geometric.faces", set(0, std::int32_t{1'000'000}));
  refused("geometric.pair_references", set(0, std::uint16_t{65535}));
  refused("geometric.pair_starts", drop_row);
  refused("geometric.pair_rows", set(0, std::uint16_t{65535}));
  refused("geometric.pair_alphas", drop_row);
  refused("geometric.look_alikes",
          [](Tensor& tensor) { tensor = tensor_of<float>(std::span<const Row9>(kNotRotations)); });

  for (const auto& [key, tensor] : good) {
    const std::string& name = key;  // clang 14 cannot capture structured bindings
    CAPTURE(name);
    TensorMap tensors = good;
    tensors.erase(name);
    const bool optional =
        name == "mesh.vertex_colors" || name == "mesh.uvs" || name == "mesh.texture";
    const std::vector<std::byte> bytes = seal_bundle(header, tensors);
    CHECK(error_of([&] { (void)ObjectModel::from_bytes(bytes, "x"); }).has_value() == !optional);
  }
  for (const double diameter_m : {0.0, -1.0, 1e6}) {
    const std::vector<std::byte> bytes = seal_bundle({1, "box", diameter_m}, good);
    CHECK(error_of([&] { (void)ObjectModel::from_bytes(bytes, "x"); }));
  }
}

TEST_CASE("a name that is not UTF-8 does not keep an object from being saved") {
  const ObjectModel named = example().with_id(5, "caf\xe9");
  const ObjectModel back = ObjectModel::from_bytes(named.to_bytes(), "bundle");
  CHECK(back.id() == 5);
  CHECK(back.name() == "caf\xef\xbf\xbd");
}

}  // namespace
}  // namespace sam6d

#include "sam6d/template_folder.hpp"

#include <cstring>
#include <filesystem>

#include <doctest/doctest.h>

#include "io/temporary_folder.hpp"
#include "sam6d/image_io.hpp"
#include "sam6d/npy.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

namespace fs = std::filesystem;
using test::contains;
using test::error_of;
using test::TemporaryFolder;

TriangleMesh coloured_box() {
  TriangleMesh mesh = test::box({0.10F, 0.06F, 0.03F});
  mesh.vertex_colors.assign(mesh.vertices_m.size(), Rgb8{200, 100, 50});
  return mesh;
}

std::vector<TemplateView> small_views(const TriangleMesh& mesh) {
  TemplateOptions options;
  options.size_px = 64;
  return render_templates(mesh, options);
}

template <class T>
bool same(const Image<T>& a, const Image<T>& b) {
  return a.width() == b.width() && a.height() == b.height() &&
         std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

TEST_CASE("a folder of templates is written as SAM-6D writes it and comes back") {
  const TriangleMesh mesh = coloured_box();
  const std::vector<TemplateView> views = small_views(mesh);
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "new" / "templates";
  save_template_folder(path, views);

  const NpyArray xyz = load_npy(path / "xyz_7.npy");
  CHECK(xyz.type == NpyType::kFloat16);
  CHECK(xyz.shape == std::vector<std::size_t>{64, 64, 3});
  // Millimetres: the box's longest half.
  const std::vector<float> numbers = xyz.to_float();
  CHECK(*std::max_element(numbers.begin(), numbers.end()) > 20.0F);
  CHECK(*std::max_element(numbers.begin(), numbers.end()) <= 50.01F);
  CHECK(load_rgb(path / "rgb_41.png").width() == 64);
  CHECK(load_mask(path / "mask_41.png").height() == 64);
  CHECK_FALSE(fs::exists(path / "rgb_42.png"));

  const std::vector<TemplateView> back = load_template_folder(path, mesh);
  REQUIRE(back.size() == views.size());
  for (std::size_t i = 0; i < views.size(); ++i) {
    CAPTURE(i);
    CHECK(back[i].box_px == views[i].box_px);
    CHECK(same(back[i].rgb, views[i].rgb));
    CHECK(same(back[i].mask, views[i].mask));
    float largest = 0;
    for (std::size_t k = 0; k < views[i].object_xyz_m.size(); ++k) {
      largest = std::max(largest,
                         (back[i].object_xyz_m.data()[k] - views[i].object_xyz_m.data()[k]).norm());
    }
    // float16 has 11 bits: half a step of 1/32 mm below 64 mm, in three coordinates.
    CHECK(largest < 0.03e-3F);
    // The poses are found again, since the views are in SAM-6D's order.
    CHECK((back[i].cam_from_obj.matrix() - views[i].cam_from_obj.matrix()).norm() < 1e-5);
    CHECK(back[i].camera.fx == doctest::Approx(views[i].camera.fx));
    CHECK(back[i].camera.cx == views[i].camera.cx);
  }
}

TEST_CASE("views that a larger folder left behind are removed") {
  const TriangleMesh mesh = coloured_box();
  const std::vector<TemplateView> views = small_views(mesh);
  const TemporaryFolder folder;
  save_template_folder(folder.path(), views);
  folder.file("notes.txt", "mine");
  folder.file("rgb_007.png", "mine");
  save_template_folder(folder.path(), std::span(views).first(3));
  CHECK(folder.count() == 3 * 3 + 2);
  const std::vector<TemplateView> back = load_template_folder(folder.path(), mesh);
  CHECK(back.size() == 3);
  // Three views are in no known order.
  CHECK(back[0].cam_from_obj.matrix().isIdentity());
}

TEST_CASE("a folder with a fault is refused with the file's name") {
  const TriangleMesh mesh = coloured_box();
  const std::vector<TemplateView> views = small_views(mesh);
  const TemporaryFolder folder;
  save_template_folder(folder.path(), std::span(views).first(4));
  const auto refused = [&](ErrorCode code, const std::string& name) {
    const std::string text =
        error_of(code, [&] { (void)load_template_folder(folder.path(), mesh); });
    CHECK(contains(text, name));
  };

  SUBCASE("missing files") {
    fs::remove(folder.path() / "rgb_1.png");
    refused(ErrorCode::kFileNotFound, "rgb_1.png");
  }
  SUBCASE("a missing last file of one kind") {
    fs::remove(folder.path() / "xyz_3.npy");
    refused(ErrorCode::kFileNotFound, "xyz_3.npy");
  }
  SUBCASE("a missing mask") {
    fs::remove(folder.path() / "mask_0.png");
    refused(ErrorCode::kFileNotFound, "mask_0.png");
  }
  SUBCASE("a picture that ends early") {
    fs::resize_file(folder.path() / "mask_2.png", fs::file_size(folder.path() / "mask_2.png") / 2);
    refused(ErrorCode::kBadFile, "mask_2.png");
  }
  SUBCASE("an array that ends early") {
    fs::resize_file(folder.path() / "xyz_2.npy", 5000);
    refused(ErrorCode::kBadFile, "xyz_2.npy");
  }
  SUBCASE("a colour picture of another size") {
    save_png(folder.path() / "rgb_2.png", Image<Rgb8>(32, 64).view());
    refused(ErrorCode::kBadFile, "rgb_2.png");
  }
  SUBCASE("an array of another size") {
    save_npy(folder.path() / "xyz_2.npy",
             NpyArray::of_half(std::vector<float>(64 * 32 * 3), {64, 32, 3}));
    refused(ErrorCode::kBadFile, "xyz_2.npy");
  }
  SUBCASE("an array of whole numbers") {
    save_npy(folder.path() / "xyz_2.npy",
             NpyArray::of(std::vector<std::uint8_t>(64 * 64 * 3), {64, 64, 3}));
    refused(ErrorCode::kBadFile, "xyz_2.npy");
  }
  SUBCASE("a view of another size than the others") {
    TemplateOptions options;
    options.size_px = 32;
    const std::vector<TemplateView> smaller = render_templates(mesh, options);
    const TemporaryFolder other;
    save_template_folder(other.path(), std::span(smaller).first(3));
    for (const char* name : {"rgb_2.png", "mask_2.png", "xyz_2.npy"}) {
      fs::copy_file(other.path() / name, folder.path() / name,
                    fs::copy_options::overwrite_existing);
    }
    refused(ErrorCode::kBadFile, "mask_2.png");
  }
  SUBCASE("coordinates that are no numbers") {
    save_npy(folder.path() / "xyz_2.npy",
             NpyArray::of_half(std::vector<float>(64 * 64 * 3, std::nanf("")), {64, 64, 3}));
    refused(ErrorCode::kBadFile, "xyz_2.npy");
  }
  SUBCASE("another unit") {
    save_template_folder(folder.path(), std::span(views).first(4), 1.0);
    CHECK_NOTHROW((void)load_template_folder(folder.path(), mesh, 1.0));
    TriangleMesh far = mesh;
    for (Eigen::Vector3f& vertex : far.vertices_m) vertex += Eigen::Vector3f(0, 0, 1);
    const std::string text =
        error_of(ErrorCode::kBadFile, [&] { (void)load_template_folder(folder.path(), far, 1.0); });
    CHECK(contains(text, "xyz_0.npy"));
  }
  SUBCASE("a number beyond reason") {
    folder.file("rgb_123456.png", "");
    refused(ErrorCode::kBadFile, "rgb_123456.png");
  }
}

TEST_CASE("folders without views and places that cannot be written are refused") {
  const TemporaryFolder folder;
  const TriangleMesh mesh = coloured_box();
  CHECK(contains(
      error_of(ErrorCode::kBadFile, [&] { (void)load_template_folder(folder.path(), mesh); }),
      folder.path().string()));
  const fs::path absent = folder.path() / "absent";
  CHECK(contains(
      error_of(ErrorCode::kFileNotFound, [&] { (void)load_template_folder(absent, mesh); }),
      absent.string()));
  const fs::path file = folder.file("file", "text");
  const std::vector<TemplateView> views = small_views(mesh);
  CHECK(contains(
      error_of(ErrorCode::kWriteFailed, [&] { save_template_folder(file / "below", views); }),
      "file"));
  error_of(ErrorCode::kInvalidArgument, [&] { save_template_folder(folder.path(), {}); });
  error_of(ErrorCode::kInvalidArgument,
           [&] { (void)load_template_folder(folder.path(), mesh, 0.0); });
}

}  // namespace
}  // namespace sam6d

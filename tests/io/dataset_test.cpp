#include "sam6d/dataset.hpp"

#include <cmath>

#include "io/temporary_folder.hpp"
#include "sam6d/dataset_writer.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/image_io.hpp"

namespace sam6d {
namespace {

using test::contains;
using test::error_of;
using test::TemporaryFolder;

constexpr CameraIntrinsics kCamera{50, 51, 8.5, 5.5, 16, 12};

Mask filled(const Box& box) {
  Mask mask(box);
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) mask.set(x, y);
  }
  return mask;
}

BopInstanceToWrite some_instance(ObjectId obj_id) {
  BopInstanceToWrite instance;
  instance.obj_id = obj_id;
  instance.cam_from_obj = Eigen::Translation3d(0.1, -0.25, 0.75) *
                          Eigen::AngleAxisd(0.3, Eigen::Vector3d(1, 2, 3).normalized());
  instance.silhouette = filled(Box{-2, 1, 6, 5});  // 32 pixels, 8 of them outside of the picture
  instance.visible = filled(Box{0, 1, 2, 5});      // 8 pixels
  return instance;
}

/// Writes a data set of one scene with two images.
void write_dataset(const std::filesystem::path& folder) {
  Image<Rgb8> rgb(16, 12, Rgb8{9, 8, 7});
  Image<float> depth(16, 12, 0.5F);
  depth(0, 1) = 0;
  BopSceneWriter writer(folder / "test", 3);
  BopInstanceToWrite hidden = some_instance(2);
  hidden.visible = Mask{};
  BopImageToWrite image{0, rgb.view(), depth.view(), {kCamera, 0.1}, std::nullopt, {}};
  image.instances = {some_instance(1), hidden};
  writer.add(image);
  image.im_id = 12;
  image.cam_from_world = RigidTransform::Identity();
  image.instances = {some_instance(1), some_instance(1)};
  writer.add(image);
  CHECK_THROWS_AS(writer.add(image), Error);
  writer.finish();

  TriangleMesh mesh;
  mesh.vertices_m = {{0, 0, 0}, {0.1F, 0, 0}, {0, 0.2F, 0.3F}};
  BopModelToDescribe plain{1, &mesh, 0.375, {}};
  BopModelToDescribe turned{2, &mesh, 0.375, {}};
  turned.symmetries.discrete = {
      RigidTransform(Eigen::Translation3d(0.001, 0, 0) *
                     Eigen::AngleAxisd(3.14159265358979, Eigen::Vector3d::UnitZ()))};
  turned.symmetries.continuous = {{Eigen::Vector3d::UnitY(), {0.01, 0, 0}}};
  make_folder(folder / "models");
  save_models_info(folder / "models" / "models_info.json",
                   std::vector<BopModelToDescribe>{plain, turned});
  save_dataset_camera(folder / "camera.json", {kCamera, 0.1});
}

TEST_CASE("a data set comes back as written") {
  const TemporaryFolder folder;
  write_dataset(folder.path());
  const BopDataset dataset = open_dataset(folder.path(), "test");
  CHECK(dataset.scene_ids == std::vector<int>{3});
  REQUIRE(dataset.objects.size() == 2);
  CHECK(dataset.objects.at(1).diameter_m == doctest::Approx(0.375));
  CHECK(dataset.objects.at(1).symmetries.empty());
  const Symmetries& symmetries = dataset.objects.at(2).symmetries;
  REQUIRE(symmetries.discrete.size() == 1);
  CHECK(symmetries.discrete[0].translation().x() == doctest::Approx(0.001));
  CHECK(symmetries.discrete[0].linear()(0, 0) == doctest::Approx(-1));
  REQUIRE(symmetries.continuous.size() == 1);
  CHECK(symmetries.continuous[0].axis == Eigen::Vector3d::UnitY());
  CHECK(symmetries.continuous[0].offset_m.x() == doctest::Approx(0.01));

  const BopScene scene = load_scene(dataset, 3);
  REQUIRE(scene.images.size() == 2);
  CHECK(scene.images[1].im_id == 12);
  CHECK(scene.images[1].camera == CameraFile{kCamera, 0.1});
  const std::vector<BopInstance>& instances = scene.by_image.at(0);
  REQUIRE(instances.size() == 2);
  CHECK(instances[0].pose.cam_from_obj.isApprox(some_instance(1).cam_from_obj, 1e-12));
  CHECK(instances[0].pose.visib_fract == 0.25);
  CHECK(instances[0].px_count_all == 32);
  CHECK(instances[0].px_count_visib == 8);
  CHECK(instances[0].px_count_valid == 7);
  CHECK(instances[0].box_obj_px == Box{-2, 1, 6, 5});
  CHECK(instances[0].box_visib_px == Box{0, 1, 2, 5});
  CHECK(instances[1].index == 1);
  CHECK(instances[1].pose.obj_id == 2);
  CHECK(instances[1].pose.visib_fract == 0);
  CHECK(instances[1].box_visib_px.empty());

  const FrameData frame = load_bop_frame(scene.images[0]);
  CHECK(frame.camera == kCamera);
  CHECK(frame.rgb(3, 3) == Rgb8{9, 8, 7});
  CHECK(frame.depth_m(3, 3) == doctest::Approx(0.5));
  CHECK(load_bop_depth(scene.images[0])(0, 1) == 0);
  CHECK(load_bop_mask(scene.images[0], 0) == some_instance(1).visible);
  CHECK(load_bop_mask(scene.images[0], 0, BopMask::kSilhouette).area() == 24);
  CHECK(load_bop_mask(scene.images[0], 1).empty());
}

TEST_CASE("targets come from their file, or else from the truths") {
  const TemporaryFolder folder;
  write_dataset(folder.path());
  const BopDataset dataset = open_dataset(folder.path(), "test");
  std::vector<Target> targets = load_targets(dataset);
  REQUIRE(targets.size() == 2);  // the hidden one is none
  CHECK(targets[1].im_id == 12);
  CHECK(targets[1].inst_count == 2);
  targets[0].inst_count = 5;
  save_targets(folder.path() / "test_targets_bop19.json", targets);
  const std::vector<Target> back = load_targets(dataset);
  REQUIRE(back.size() == 2);
  CHECK(back[0].inst_count == 5);
  CHECK(back[0].scene_id == 3);
  CHECK(back[1].obj_id == 1);
}

TEST_CASE("grey pictures and JPEG are found, missing ones are named") {
  const TemporaryFolder folder;
  write_dataset(folder.path());
  const BopScene scene = load_scene(open_dataset(folder.path(), "test"), 3);
  const auto scene_folder = scene.images[0].scene_folder;
  std::filesystem::remove_all(scene_folder / "rgb");
  CHECK(contains(error_of(ErrorCode::kFileNotFound, [&] { (void)load_bop_frame(scene.images[0]); }),
                 "rgb/000000"));
  make_folder(scene_folder / "gray");
  save_png(scene_folder / "gray" / "000000.png", Image<std::uint8_t>(16, 12, 77).view());
  CHECK(load_bop_frame(scene.images[0]).rgb(0, 0) == Rgb8{77, 77, 77});
  CHECK_THROWS_AS((void)load_bop_mask(scene.images[0], 9), Error);
}

TEST_CASE("meshes are looked for in all folders that BOP has for them") {
  const TemporaryFolder folder;
  write_dataset(folder.path());
  const BopDataset dataset = open_dataset(folder.path(), "test");
  CHECK(contains(error_of(ErrorCode::kFileNotFound, [&] { (void)model_path(dataset, 1); }),
                 "models/obj_000001.ply"));
  folder.file("models_cad/obj_000001.ply", "");
  CHECK(model_path(dataset, 1) == folder.path() / "models_cad" / "obj_000001.ply");
  folder.file("models/obj_000001.ply", "");
  CHECK(eval_model_path(dataset, 1) == folder.path() / "models" / "obj_000001.ply");
  folder.file("models_eval/obj_000001.ply", "");
  CHECK(eval_model_path(dataset, 1) == folder.path() / "models_eval" / "obj_000001.ply");
}

TEST_CASE("bad data sets are refused with file and place") {
  const TemporaryFolder folder;
  CHECK(contains(
      error_of(ErrorCode::kFileNotFound, [&] { (void)open_dataset(folder.path(), "train"); }),
      "train: expected a folder of scenes"));
  write_dataset(folder.path());
  const BopDataset dataset = open_dataset(folder.path(), "test");
  const auto scene_error = [&](const char* name, const char* text) {
    const auto path = folder.path() / "test" / "000003" / name;
    const std::string before = read_text_file(path);
    folder.file("test/000003/" + std::string(name), text);
    const std::string error = error_of(ErrorCode::kBadFile, [&] { (void)load_scene(dataset, 3); });
    write_text_file(path, before);
    return error;
  };
  CHECK(contains(scene_error("scene_camera.json", "[]"), "scene_camera.json: expected an object"));
  CHECK(contains(scene_error("scene_camera.json", R"({"a": {}})"), "expected ids as names"));
  CHECK(contains(scene_error("scene_camera.json", R"({"0": {"depth_scale": 1}})"),
                 "scene_camera.json: 0: expected \"cam_K\""));
  CHECK(contains(scene_error("scene_gt.json", R"({"0": [{"obj_id": 1}]})"),
                 "scene_gt.json: 0[0]: expected \"cam_R_m2c\""));
  CHECK(contains(scene_error("scene_gt.json", R"({"0": [{"obj_id": 1,
                   "cam_R_m2c": [1,0,0,0,1,0,0,0,5], "cam_t_m2c": [0,0,1]}]})"),
                 "expected a rotation matrix"));
  CHECK(contains(scene_error("scene_gt_info.json", R"({"0": [{"visib_fract": 1}]})"),
                 "expected 2 entries as in scene_gt.json, found 1"));
  CHECK(contains(
      scene_error("scene_gt_info.json", R"({"0": [{"visib_fract": 2}, {"visib_fract": 1}]})"),
      "expected a share of 0..1"));

  const auto info_error = [&](const char* text) {
    const auto path = folder.file("info.json", text);
    return error_of(ErrorCode::kBadFile, [&] { (void)load_models_info(path); });
  };
  CHECK(contains(info_error(R"({"1": {}})"), "info.json: 1: expected \"diameter\""));
  CHECK(contains(info_error(R"({"1": {"diameter": -1}})"), "expected a positive number"));
  CHECK(contains(info_error(R"({"1": {"diameter": 1, "symmetries_discrete": [[1, 2]]}})"),
                 "16 finite numbers"));
  CHECK(contains(info_error(R"({"1": {"diameter": 1, "symmetries_discrete":
                               [[1,0,0,0, 0,1,0,0, 0,0,1,0, 0,0,0,2]]}})"),
                 "a rigid transform"));
  CHECK(contains(info_error(R"({"1": {"diameter": 1, "symmetries_continuous":
                               [{"axis": [0,0,0], "offset": [0,0,0]}]}})"),
                 "an axis that is not 0"));
}

TEST_CASE("an image that does not fit its camera is not written") {
  const TemporaryFolder folder;
  BopSceneWriter writer(folder.path(), 1);
  const Image<Rgb8> rgb(16, 12);
  const Image<float> depth(15, 12, 1.0F);
  const BopImageToWrite image{0, rgb.view(), depth.view(), {kCamera, 0.1}, std::nullopt, {}};
  CHECK_THROWS_AS(writer.add(image), Error);
  const auto file = folder.file("file", "");
  CHECK_THROWS_AS(BopSceneWriter(file, 1), Error);
}

}  // namespace
}  // namespace sam6d

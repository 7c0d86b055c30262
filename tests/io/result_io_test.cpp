#include "sam6d/result_io.hpp"

#include <nlohmann/json.hpp>

#include "io/temporary_folder.hpp"
#include "sam6d/file_io.hpp"

namespace sam6d {
namespace {

using test::contains;
using test::error_of;
using test::TemporaryFolder;

constexpr CameraIntrinsics kCamera{500, 500, 4, 3, 8, 6};

PipelineResult some_result() {
  Detection detection;
  detection.object = 5;
  detection.mask = Mask(Box{2, 1, 5, 4});
  detection.mask.set(3, 3);
  detection.box_px = Box{2, 1, 5, 4};
  detection.score = 0.9F;
  PoseResult found;
  found.detection = detection;
  found.pose = Pose{RigidTransform(Eigen::Translation3d(0, 0, 0.5)), 0.75F};
  found.visible_fraction = 0.5F;
  found.refined = true;
  found.alternatives = {Pose{RigidTransform(Eigen::Translation3d(0, 0.1, 0.5)), 0.25F}};
  PoseResult lost;
  lost.detection = detection;
  lost.detection.object = 6;
  lost.reason = NoPoseReason::kTooFewPoints;
  PipelineResult result;
  result.detections = {detection, lost.detection};
  result.poses = {found, lost};
  result.seconds = {{"segment", 0.25}, {"pose", 0.5}};
  result.total_seconds = 0.75;
  result.segmentation = {{}, true, 700, 324, 90, 50, 10, 30};
  return result;
}

TEST_CASE("a result comes back as written") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "result.json";
  ResultFile result = make_result(some_result(), {{5, "can"}}, kCamera);
  result.objects = {"can.s6d", "mug \"1\".ply"};
  save_result(path, result);
  const ResultFile back = load_result(path);
  REQUIRE(back.poses.size() == 1);
  CHECK(back.poses[0].obj_id == 5);
  CHECK(back.poses[0].name == "can");
  CHECK(back.poses[0].cam_from_obj.isApprox(result.poses[0].cam_from_obj));
  CHECK(back.poses[0].score == 0.75F);
  CHECK(back.poses[0].box_px == Box{2, 1, 5, 4});
  CHECK(back.poses[0].visible_fraction == 0.5F);
  CHECK(back.poses[0].refined);
  CHECK(back.poses[0].detection_score == 0.9F);
  REQUIRE(back.poses[0].alternatives.size() == 1);
  CHECK(back.poses[0].alternatives[0].score == 0.25F);
  CHECK(back.detections.size() == 2);
  CHECK(back.detections[0].seconds == 0.25);
  REQUIRE(back.failed.size() == 1);
  CHECK(back.failed[0].obj_id == 6);
  CHECK(back.failed[0].reason == std::string(to_string(NoPoseReason::kTooFewPoints)));
  CHECK(back.total_seconds == 0.75);
  CHECK(back.segmentation.prompts == 700);
  CHECK(back.segmentation.prompts_skipped == 324);
  CHECK(back.segmentation.proposals == 90);
  CHECK(back.segmentation.proposals_skipped == 50);
  CHECK(back.segmentation.proposals_merged == 10);
  CHECK(back.segmentation.proposals_described == 30);
  CHECK(back.objects == result.objects);
  CHECK(back.version == result.version);

  const nlohmann::json json = nlohmann::json::parse(read_text_file(path));
  CHECK(json["seconds"] == nlohmann::json({{"total", 0.75}, {"segment", 0.25}, {"pose", 0.5}}));
  CHECK(json["poses"][0]["R"].size() == 9);
  CHECK(json["poses"][0]["t"] == nlohmann::json({0.0, 0.0, 500.0}));
}

TEST_CASE("a result without proposals does not speak of them") {
  const TemporaryFolder folder;
  PipelineResult found = some_result();
  found.segmentation = {};
  save_result(folder.path() / "result.json", make_result(found, {}, kCamera));
  CHECK(!contains(read_text_file(folder.path() / "result.json"), "proposals"));
}

TEST_CASE("an empty result is a whole file") {
  const TemporaryFolder folder;
  save_result(folder.path() / "result.json", ResultFile{});
  CHECK(load_result(folder.path() / "result.json").poses.empty());
}

TEST_CASE("a pose that is not finite counts as failed") {
  PipelineResult result = some_result();
  result.poses[0].pose->cam_from_obj.translation().z() = NAN;
  const ResultFile file = make_result(result, {}, kCamera);
  CHECK(file.poses.empty());
  CHECK(file.failed.size() == 2);
}

TEST_CASE("poses to render are read from all files that hold some") {
  const TemporaryFolder folder;
  const auto single = folder.file("p.json", R"({"R": [1,0,0,0,1,0,0,0,1], "t": [0, 0, 500]})");
  CHECK(load_any_poses(single)[0].cam_from_obj.translation().z() == 0.5);
  const auto rows = folder.file("q.json", R"({"R": [[1,0,0],[0,1,0],[0,0,1]], "t": [0, 0, 500]})");
  CHECK(load_any_poses(rows)[0].cam_from_obj.translation().z() == 0.5);
  const auto bop = folder.file("b.json", R"({"obj_id": 5, "cam_R_m2c": [1,0,0,0,1,0,0,0,1],
                                             "cam_t_m2c": [0, 0, 500]})");
  CHECK(load_any_poses(bop)[0].obj_id == 5);
  const PipelineResult found = some_result();
  save_result(folder.path() / "result.json", make_result(found, {}, kCamera));
  CHECK(load_any_poses(folder.path() / "result.json")[0].obj_id == 5);
  save_poses(folder.path() / "pem.json", pose_entries(found.poses, kCamera));
  CHECK(load_any_poses(folder.path() / "pem.json")[0].obj_id == 5);

  CHECK(contains(
      error_of(ErrorCode::kBadFile, [&] { (void)load_any_poses(folder.file("e.json", "{}")); }),
      "e.json: expected \"R\""));
  CHECK(contains(error_of(ErrorCode::kBadFile,
                          [&] {
                            (void)load_any_poses(folder.file(
                                "m.json", R"({"R": [1,0,0,0,1,0,0,0,-1], "t": [0, 0, 500]})"));
                          }),
                 "R: expected a rotation matrix"));
}

}  // namespace
}  // namespace sam6d

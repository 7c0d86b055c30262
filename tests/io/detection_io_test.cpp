#include "sam6d/detection_io.hpp"

#include <cmath>
#include <limits>
#include <sstream>

#include "io/detection_json.hpp"
#include "io/temporary_folder.hpp"
#include "sam6d/file_io.hpp"

namespace sam6d {
namespace {

using test::contains;
using test::error_of;
using test::TemporaryFolder;

constexpr CameraIntrinsics kCamera{500, 500, 4, 3, 8, 6};

Detection some_detection() {
  Detection detection;
  detection.object = 5;
  detection.mask = Mask(Box{2, 1, 5, 4});
  for (int x = 2; x < 5; ++x) detection.mask.set(x, 1);
  detection.mask.set(3, 3);
  detection.box_px = Box{2, 1, 5, 4};
  detection.score = 0.87F;
  return detection;
}

std::string error_in(const std::string& json) {
  const TemporaryFolder folder;
  const auto path = folder.file("d.json", json);
  return error_of(ErrorCode::kBadFile, [&] { (void)load_detections(path); });
}

TEST_CASE("detections come back as written") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "detection_ism.json";
  Detection box_only;
  box_only.object = 7;
  box_only.box_px = Box{-3, 0, 6, 2};
  const std::vector<Detection> detections = {some_detection(), box_only};
  save_detections(path, detection_entries(detections, kCamera, 0.25, 3, 9));
  const std::vector<DetectionEntry> back = load_detections(path);
  REQUIRE(back.size() == 2);
  CHECK(back[0].scene_id == 3);
  CHECK(back[0].image_id == 9);
  CHECK(back[0].seconds == 0.25);
  CHECK(back[0].width == 8);
  CHECK(back[0].height == 6);
  CHECK(back[0].detection.object == 5);
  CHECK(back[0].detection.score == 0.87F);
  CHECK(back[0].detection.mask == detections[0].mask);
  CHECK(back[0].detection.box_px == detections[0].box_px);
  CHECK_FALSE(back[0].detection.cam_from_obj_guess.has_value());
  CHECK(back[1].detection.mask.empty());
  CHECK(back[1].detection.box_px == box_only.box_px);
  CHECK(back[1].width == 0);
  CHECK(load_detections(path, kCamera).size() == 2);

  const std::string text = read_text_file(path);
  CHECK(contains(text, R"("bbox":[2,1,3,3],"score":0.87,"time":0.25)"));
  CHECK(contains(text, R"("segmentation":{"counts":[13,1,5,1,1,1,3,1,22],"size":[6,8]})"));

  save_detections(path, {});
  CHECK(load_detections(path).empty());
}

TEST_CASE("masks in COCO's compressed text are read, members may be missing") {
  std::istringstream text(R"([{"category_id": 2, "segmentation": {"size": [4, 6], "counts": "0h0"}},
               {"category_id": 3, "bbox": [1.5, 2.25, 2, 1], "unknown": [[{}]]}])");
  std::vector<DetectionEntry> entries;
  for_each_object(text, "d.json",
                  [&](const JsonCursor& entry) { entries.push_back(read_detection(entry)); });
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].detection.mask.area() == 24);
  CHECK(entries[0].detection.box_px == Box{0, 0, 6, 4});
  CHECK(entries[0].detection.score == 1);
  CHECK(entries[1].detection.box_px == Box{1, 2, 4, 4});
}

TEST_CASE("a mask of another picture's size is refused") {
  const TemporaryFolder folder;
  const std::vector<Detection> detections = {some_detection()};
  save_detections(folder.path() / "d.json", detection_entries(detections, kCamera));
  CameraIntrinsics other = kCamera;
  other.width = 9;
  CHECK(contains(error_of(ErrorCode::kBadFile,
                          [&] { (void)load_detections(folder.path() / "d.json", other); }),
                 "d.json[0]: expected masks of the picture's size, 9 x 6, found 8 x 6"));
}

TEST_CASE("bad detections files are refused with the place") {
  CHECK(contains(error_in("{}"), "expected a list of objects"));
  CHECK(contains(error_in("3"), "expected a list of objects"));
  CHECK(contains(error_in("[1]"), "d.json[0]: expected an object"));
  CHECK(contains(error_in("[{\"category_id\": 1}, [2]]"), "d.json[1]: expected an object"));
  CHECK(contains(error_in("[{}]"), "d.json[0]: expected \"category_id\""));
  CHECK(contains(error_in(R"([{"category_id": 1.5}])"), "category_id: expected a whole number"));
  CHECK(contains(error_in(R"([{"category_id": -1}])"), "category_id: expected a whole number"));
  CHECK(contains(error_in(R"([{"category_id": 1, "score": NaN}])"), "found NaN at byte"));
  CHECK(contains(error_in(R"([{"category_id": 1, "score": "a"}])"), "score: expected a finite"));
  CHECK(contains(error_in(R"([{"category_id": 1, "score": 1e300}])"), "score: expected a score"));
  CHECK(contains(error_in(R"([{"category_id": 1, "score": 1e999}])"), "d.json"));
  CHECK(contains(error_in(R"([{"category_id": 1, "bbox": [1, 2, -3, 4]}])"), "not negative"));
  CHECK(contains(error_in(R"([{"category_id": 1, "bbox": [1, 2, 3e9, 4]}])"), "in pixels"));
  CHECK(contains(error_in(R"([{"category_id": 1, "bbox": [1, 2, 3]}])"), "4 finite numbers"));
  CHECK(contains(error_in(R"([{"category_id": 1, "segmentation": {"counts": [1]}}])"), "\"size\""));
  CHECK(contains(error_in(R"([{"category_id": 1, "segmentation": {"size": [1, 1]}}])"),
                 "\"counts\""));
  CHECK(contains(error_in(R"([{"category_id": 1, "segmentation":
                               {"size": [1e6, 1e6], "counts": [1e12]}}])"),
                 "size: expected height and width of 1..16384"));
  CHECK(contains(error_in(R"([{"category_id": 1, "segmentation":
                               {"size": [4, 6], "counts": [-1, 25]}}])"),
                 "counts: expected run lengths"));
  CHECK(contains(error_in(R"([{"category_id": 1, "segmentation":
                               {"size": [4, 6], "counts": [3, 4]}}])"),
                 "segmentation: expected runs of 24 pixels for 6 x 4, found 7"));
  CHECK(contains(error_in(R"([{"category_id": 1, "segmentation":
                               {"size": [4, 6], "counts": {}}}])"),
                 "a list or COCO's text"));
  CHECK(contains(error_in(R"([{"category_id": 1, "R": [1,0,0,0,1,0,0,0,2], "t": [0,0,0]}])"),
                 "R: expected a rotation matrix"));
  CHECK(contains(error_in(R"([{"category_id": 1})"), "expected JSON"));
  CHECK(contains(error_in(""), "expected JSON"));
  CHECK(contains(error_in("[{\"a\":" + std::string(100'000, '[')), "levels"));
  CHECK(contains(error_of(ErrorCode::kFileNotFound, [] { (void)load_detections("no.json"); }),
                 "no.json"));
  CHECK_THROWS_AS((void)load_detections("/tmp"), Error);
}

TEST_CASE("poses come back as written, in millimetres, scores multiplied") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "detection_pem.json";
  PoseResult found;
  found.detection = some_detection();
  found.detection.score = 0.5F;
  Pose pose;
  pose.cam_from_obj = Eigen::Translation3d(0.1, -0.25, 0.75) *
                      Eigen::AngleAxisd(0.3, Eigen::Vector3d(1, 2, 3).normalized());
  pose.score = 0.5F;
  found.pose = pose;
  PoseResult lost;
  lost.detection = some_detection();
  lost.reason = NoPoseReason::kLowScore;
  const std::vector<PoseResult> results = {lost, found};
  save_poses(path, pose_entries(results, kCamera, 1.5, 1, 2));
  const std::vector<PoseEntry> back = load_poses(path);
  REQUIRE(back.size() == 1);
  CHECK(back[0].found.detection.score == 0.25F);
  CHECK(back[0].found.detection.mask == found.detection.mask);
  CHECK(back[0].cam_from_obj.isApprox(pose.cam_from_obj, 1e-12));
  CHECK(contains(read_text_file(path), R"("t":[100.0,-250.0,750.0])"));
  CHECK(contains(read_text_file(path), R"("R":[[0.)"));

  // A list of poses is also a list of detections that know where to look.
  const std::vector<DetectionEntry> detections = load_detections(path);
  REQUIRE(detections[0].detection.cam_from_obj_guess.has_value());
  CHECK(detections[0].detection.cam_from_obj_guess->isApprox(pose.cam_from_obj, 1e-12));
}

TEST_CASE("what is not finite is not written, the rest is") {
  const TemporaryFolder folder;
  PoseEntry bad;
  bad.cam_from_obj.translation().x() = std::numeric_limits<double>::quiet_NaN();
  PoseEntry good;
  good.found.detection.object = 4;
  good.found.detection.score = std::numeric_limits<float>::quiet_NaN();
  good.found.seconds = INFINITY;
  save_poses(folder.path() / "p.json", std::vector<PoseEntry>{bad, good});
  const std::vector<PoseEntry> back = load_poses(folder.path() / "p.json");
  REQUIRE(back.size() == 1);
  CHECK(back[0].found.detection.object == 4);
  CHECK(back[0].found.detection.score == 0);
}

}  // namespace
}  // namespace sam6d

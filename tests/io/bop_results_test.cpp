#include "sam6d/bop_results.hpp"

#include <fstream>

#include "io/bop_csv.hpp"
#include "io/temporary_folder.hpp"
#include "sam6d/file_io.hpp"

namespace sam6d {
namespace {

using test::contains;
using test::error_of;
using test::TemporaryFolder;

EstimatedPose some_pose(int im_id) {
  EstimatedPose pose;
  pose.scene_id = 1;
  pose.im_id = im_id;
  pose.obj_id = 3;
  pose.score = 0.875;
  pose.cam_from_obj = Eigen::Translation3d(0.1, -0.25, 0.75) *
                      Eigen::AngleAxisd(0.3, Eigen::Vector3d(1, 2, 3).normalized());
  pose.seconds = 0.5;
  return pose;
}

bool same(const EstimatedPose& a, const EstimatedPose& b) {
  constexpr double kTenDigits = 1e-9;  // of unit rotations and metres
  return a.scene_id == b.scene_id && a.im_id == b.im_id && a.obj_id == b.obj_id &&
         a.score == b.score && a.seconds == b.seconds &&
         (a.cam_from_obj.matrix() - b.cam_from_obj.matrix()).cwiseAbs().maxCoeff() < kTenDigits;
}

TEST_CASE("results come back as written and appended") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "r.csv";
  const std::vector<EstimatedPose> first = {some_pose(0), some_pose(1)};
  const std::vector<EstimatedPose> more = {some_pose(2)};
  append_bop_results(path, first);
  append_bop_results(path, more);
  append_bop_results(path, {});
  const std::vector<EstimatedPose> back = load_bop_results(path);
  REQUIRE(back.size() == 3);
  CHECK(same(back[0], first[0]));
  CHECK(same(back[2], more[0]));
  const std::string appended = read_text_file(path);
  CHECK(appended.starts_with("scene_id,im_id,obj_id,score,R,t,time\n1,0,3,0.875,"));
  save_bop_results(path, std::vector<EstimatedPose>{some_pose(0), some_pose(1), some_pose(2)});
  CHECK(read_text_file(path) == appended);
}

TEST_CASE("a cut last line is left out on demand and repaired when lines are added") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "r.csv";
  save_bop_results(path, std::vector<EstimatedPose>{some_pose(0)});
  std::ofstream(path, std::ios::app) << "1,7,3,0.9,1 0 0 0 1 0";
  CHECK_THROWS_AS((void)load_bop_results(path), Error);
  CHECK(load_bop_results(path, LastLine::kMayBeCut).size() == 1);
  append_bop_results(path, std::vector<EstimatedPose>{some_pose(8)});
  const std::vector<EstimatedPose> back = load_bop_results(path);
  REQUIRE(back.size() == 2);
  CHECK(back[1].im_id == 8);
}

TEST_CASE("shards can be concatenated, line ends may be Windows'") {
  const std::string line = "1,0,3,0.5,1 0 0 0 1 0 0 0 1,0 0 500,-1";
  const std::string header(kBopResultsHeader);
  const auto poses =
      parse_bop_results(header + "\r\n" + line + "\r\n" + header + "\n" + line + "\n\n" + line,
                        "r.csv", LastLine::kMustBeWhole);
  CHECK(poses.size() == 3);
  CHECK(poses[2].cam_from_obj.translation().z() == 0.5);
  CHECK(poses[2].seconds == -1);
}

TEST_CASE("bad lines are refused with file and line") {
  const auto error_in = [](const std::string& line) {
    return error_of(ErrorCode::kBadFile, [&] {
      (void)parse_bop_results(std::string(kBopResultsHeader) + "\n" + line + "\n", "r.csv",
                              LastLine::kMustBeWhole);
    });
  };
  CHECK(contains(error_in("1,2,3"), "r.csv:2: expected 7 columns, found \"1,2,3\""));
  CHECK(contains(error_in("1,0,3,0.5,1 0 0 0 1 0 0 0 1,0 0 500,-1,9"), "expected 7 columns"));
  CHECK(contains(error_in("1.5,0,3,0.5,1 0 0 0 1 0 0 0 1,0 0 500,-1"),
                 "expected a whole number as scene_id, found \"1.5\""));
  CHECK(contains(error_in("1,-2,3,0.5,1 0 0 0 1 0 0 0 1,0 0 500,-1"), "im_id"));
  CHECK(contains(error_in("1,0,99999999999,0.5,1 0 0 0 1 0 0 0 1,0 0 500,-1"), "obj_id"));
  CHECK(contains(error_in("1,0,3,nan,1 0 0 0 1 0 0 0 1,0 0 500,-1"), "1 finite number as score"));
  CHECK(contains(error_in("1,0,3,,1 0 0 0 1 0 0 0 1,0 0 500,-1"), "score"));
  CHECK(contains(error_in("1,0,3,0.5,1 0 0 0 1 0 0 0,0 0 500,-1"), "9 finite numbers as R"));
  CHECK(contains(error_in("1,0,3,0.5,1 0 0 0 1 0 0 0 1 0,0 0 500,-1"), "9 finite numbers as R"));
  CHECK(contains(error_in("1,0,3,0.5,1 0 0 0 1 0 0 0 -1,0 0 500,-1"), "a rotation matrix as R"));
  CHECK(contains(error_in("1,0,3,0.5,1 0 0 0 1 0 0 0 1,0 0 inf,-1"), "3 finite numbers as t"));
  CHECK(contains(error_in("1,0,3,0.5,1 0 0 0 1 0 0 0 1,0 0x 5,-1"), "3 finite numbers as t"));
  CHECK(contains(error_in("1,0,3,0.5,1 0 0 0 1 0 0 0 1,0 0 500,"), "as time"));
}

TEST_CASE("estimates that are not finite are not written, unwritable paths are named") {
  const TemporaryFolder folder;
  EstimatedPose bad = some_pose(0);
  bad.cam_from_obj.translation().x() = std::numeric_limits<double>::infinity();
  const std::vector<EstimatedPose> poses = {bad};
  CHECK_THROWS_AS(save_bop_results(folder.path() / "r.csv", poses), Error);
  CHECK(folder.count() == 0);
  const auto below_file = folder.file("file", "") / "r.csv";
  CHECK(contains(error_of(ErrorCode::kWriteFailed, [&] { append_bop_results(below_file, {}); }),
                 below_file.string()));
}

}  // namespace
}  // namespace sam6d

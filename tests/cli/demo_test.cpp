#include <algorithm>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sam6d/image_io.hpp"

#include "demo_run.hpp"
#include "run_tool.hpp"

using namespace sam6d;
using namespace sam6d::test;
using nlohmann::json;

namespace {

// An object whose position is this near is the one that was meant; a quarter of the smallest
// diameter in the demo. The precision of poses is tested in the rooms that find them.
constexpr double kMaxPositionError_m = 0.015;
// Objects that are less visible than this may be missed.
constexpr double kMinVisibFract = 0.6;
// One mug hides its handle, so that nothing tells how far it is turned.
constexpr int kMaxAmbiguous = 1;

json read_json(const std::string& file) { return json::parse(file_text(file)); }

void check_all_found(const json& poses, const std::string& id_key) {
  const Found count = count_found(DemoRun::get().json("input/truth.json"), poses, id_key,
                                  kMinVisibFract, kMaxPositionError_m);
  CHECK(count.truths >= 5);
  CHECK(count.found >= count.truths - kMaxAmbiguous);
}

const std::vector<std::string> kResultFiles = {"detection_ism.json", "detection_pem.json",
                                               "result.json",        "vis_ism.png",
                                               "vis_pem.png",        "vis_side_by_side.png"};

}  // namespace

TEST_CASE("the demo finds its objects and writes what it used and found") {
  const DemoRun& demo = DemoRun::get();
  CAPTURE(demo.tool().err);
  REQUIRE(demo.tool().exit_code == 0);
  CHECK(demo.tool().out.find("ADD(-S) mm") != std::string::npos);
  CHECK(demo.tool().out.find("seconds: ") != std::string::npos);
  CHECK(demo.tool().error_lines().empty());
  std::vector<std::string> expected = kResultFiles;
  for (const char* name :
       {"input", "input/camera.json", "input/depth.png", "input/rgb.png", "input/truth.json",
        "input/obj_000001.ply", "input/obj_000002.ply", "input/obj_000003.ply"}) {
    expected.emplace_back(name);
  }
  std::sort(expected.begin(), expected.end());
  CHECK(names_in(demo.file("")) == expected);
  check_all_found(demo.json("result.json").at("poses"), "obj_id");
  check_all_found(demo.json("detection_pem.json"), "category_id");
}

TEST_CASE("the result file has the members that it promises") {
  const json result = DemoRun::get().json("result.json");
  for (const char* key : {"detections", "poses", "seconds", "failed", "objects", "version"}) {
    CHECK(result.contains(key));
  }
  double sum = 0;
  for (const auto& [stage, seconds] : result.at("seconds").items()) {
    CHECK(seconds.get<double>() >= 0);
    if (stage != "total") sum += seconds.get<double>();
  }
  CHECK(sum <= result.at("seconds").at("total").get<double>());
  REQUIRE(!result.at("poses").empty());
  const json& pose = result.at("poses").front();
  CHECK(pose.at("R").size() == 9);
  CHECK(pose.at("t").size() == 3);
  CHECK(pose.at("bbox").size() == 4);
  CHECK(pose.at("name").is_string());
}

TEST_CASE("the pictures have the size of the photo") {
  const DemoRun& demo = DemoRun::get();
  const auto photo = load_rgb(demo.file("input/rgb.png"));
  for (const char* name : {"vis_ism.png", "vis_pem.png"}) {
    const auto drawn = load_rgb(demo.file(name));
    CHECK(drawn.width() == photo.width());
    CHECK(drawn.height() == photo.height());
    CHECK_FALSE(std::equal(drawn.data(), drawn.data() + drawn.size(), photo.data()));
  }
}

TEST_CASE("run on the demo's files repeats the demo, with any number of threads") {
  const DemoRun& demo = DemoRun::get();
  TemporaryFolder folder;
  const ToolRun run = run_tool(demo.command("run", folder / "out", {"--threads", "1", "--quiet"}));
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK(run.err.empty());
  CHECK(names_in(folder / "out") == kResultFiles);
  for (const char* name : {"detection_ism.json", "detection_pem.json"}) {
    CHECK(without_times(read_json(folder / ("out/" + std::string(name)))) ==
          without_times(demo.json(name)));
  }
  // Names differ: the demo gives its objects names, this run takes the files'.
  const json poses = read_json(folder / "out/result.json").at("poses");
  const json demo_poses = demo.json("result.json").at("poses");
  REQUIRE(poses.size() == demo_poses.size());
  for (std::size_t i = 0; i < poses.size(); ++i) {
    CHECK(poses[i].at("R") == demo_poses[i].at("R"));
    CHECK(poses[i].at("t") == demo_poses[i].at("t"));
    CHECK(poses[i].at("score") == demo_poses[i].at("score"));
  }
}

TEST_CASE("segment, then pose on the file that it wrote, finds the objects") {
  const DemoRun& demo = DemoRun::get();
  TemporaryFolder folder;
  const std::string out = folder / "out";
  REQUIRE(run_tool(demo.command("segment", out, {"--image-id", "4"})).exit_code == 0);
  CHECK(names_in(out) ==
        std::vector<std::string>{"detection_ism.json", "result.json", "vis_ism.png"});
  const json detections = read_json(out + "/detection_ism.json");
  REQUIRE(!detections.empty());
  for (const json& detection : detections) CHECK(detection.at("image_id") == 4);

  const ToolRun pose = run_tool(
      demo.command("pose", out, {"--detections", out + "/detection_ism.json", "--no-viz"}));
  CAPTURE(pose.err);
  REQUIRE(pose.exit_code == 0);
  CHECK(names_in(out) == std::vector<std::string>{"detection_ism.json", "detection_pem.json",
                                                  "result.json", "vis_ism.png"});
  check_all_found(read_json(out + "/detection_pem.json"), "category_id");
  const json result = read_json(out + "/result.json");
  check_all_found(result.at("poses"), "obj_id");
  CHECK(result.at("detections").size() == detections.size());
  for (const char* const stage : {"load", "onboard", "pose", "write", "total"}) {
    CAPTURE(std::string(stage));
    CHECK(result.at("seconds").contains(stage));
  }
  CHECK(!result.at("seconds").contains("segment"));
}

TEST_CASE("a detection of an object that was not given is refused") {
  const DemoRun& demo = DemoRun::get();
  TemporaryFolder folder;
  json detections = demo.json("detection_ism.json");
  REQUIRE(!detections.empty());
  detections.front()["category_id"] = 77;
  make_file(folder / "foreign.json", detections.dump());
  const ToolRun run =
      run_tool(demo.command("pose", folder / "out", {"--detections", folder / "foreign.json"}));
  CAPTURE(run.err);
  CHECK(run.exit_code == 1);
  REQUIRE(run.error_lines().size() == 1);
  CHECK(run.error_lines().front().find("foreign.json[0]") != std::string::npos);
  CHECK(run.error_lines().front().find("found 77") != std::string::npos);
  CHECK(names_in(folder / "out").empty());
}

TEST_CASE("an object that cannot be used does not lose the others") {
  const DemoRun& demo = DemoRun::get();
  TemporaryFolder folder;
  make_file(folder / "broken.ply", "this is no mesh");
  const ToolRun run = run_tool(demo.command(
      "run", folder / "out", {"--object", "9=" + folder / "broken.ply" + ":mm", "--no-viz"}));
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  const json result = read_json(folder / "out/result.json");
  check_all_found(result.at("poses"), "obj_id");
  REQUIRE(result.at("failed").size() >= 1);
  CHECK(result.at("failed").front().at("obj_id") == 9);
  CHECK(run.err.find("broken.ply") != std::string::npos);
}

TEST_CASE("a region of interest and a limit of instances hold") {
  const DemoRun& demo = DemoRun::get();
  TemporaryFolder folder;
  const json all = demo.json("result.json").at("poses");
  REQUIRE(!all.empty());
  const json box = all.front().at("bbox");
  const std::string roi =
      std::to_string(box.at(0).get<int>()) + "," + std::to_string(box.at(1).get<int>()) + "," +
      std::to_string(box.at(2).get<int>()) + "," + std::to_string(box.at(3).get<int>());
  const ToolRun run = run_tool(demo.command(
      "run", folder / "out", {"--roi", roi, "--max-instances", "1", "--refine", "--no-viz"}));
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  const json poses = read_json(folder / "out/result.json").at("poses");
  std::vector<int> ids;
  for (const json& pose : poses) ids.push_back(pose.at("obj_id"));
  std::sort(ids.begin(), ids.end());
  CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
  CHECK(std::find(ids.begin(), ids.end(), all.front().at("obj_id").get<int>()) != ids.end());
}

#include <algorithm>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sam6d/dataset_writer.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/mesh_io.hpp"
#include "scenes/demo_scene.hpp"

#include "run_tool.hpp"

using namespace sam6d;
using namespace sam6d::test;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;

constexpr double kDepthScale = 0.1;
constexpr int kImages = 2;
// The demo's scenes are easy. This leaves room for one object of an image that is half hidden.
constexpr double kMinAr = 0.6;

/// A data set of two images in BOP's layout, made by the generator of the demo; the same objects in
/// both.
class SmallDataset {
 public:
  SmallDataset() {
    const scenes::DemoScene demo = scenes::make_demo_scene(0);
    make_folder(folder_.path() / "models");
    std::vector<BopModelToDescribe> models;
    for (std::size_t i = 0; i < demo.objects.size(); ++i) {
      const auto object = static_cast<ObjectId>(i) + 1;
      const scenes::ShapeModel& shape = demo.objects[i];
      save_mesh_ply(folder_ / ("models/obj_00000" + std::to_string(object) + ".ply"), shape.mesh,
                    LengthUnit::kMillimetre);
      models.push_back({object, &shape.mesh, diameter_m(shape.mesh), shape.symmetries});
    }
    save_models_info(folder_ / "models/models_info.json", models);
    BopSceneWriter scene(folder_.path() / "test", 1);
    for (int im_id = 0; im_id < kImages; ++im_id) add_image(demo.scene, im_id, scene);
    scene.finish();
  }

  [[nodiscard]] std::string path() const { return folder_.path().string(); }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }

 private:
  static void add_image(scenes::SceneDescription scene, int im_id, BopSceneWriter& writer) {
    scene.seed = static_cast<std::uint64_t>(im_id);  // other noise
    const scenes::ScenePicture picture = scenes::take_picture(scene);
    BopImageToWrite image;
    image.im_id = im_id;
    image.rgb = picture.rgb.view();
    image.depth_m = picture.depth_m.view();
    image.camera = {picture.camera, kDepthScale};
    for (const scenes::InstanceTruth& truth : picture.instances) {
      image.instances.push_back({truth.obj_id, truth.cam_from_obj, truth.mask, truth.mask_visib});
    }
    writer.add(image);
  }

  TemporaryFolder folder_;
};

const SmallDataset& dataset() {
  static const SmallDataset data;
  return data;
}

std::string without_times(const std::string& csv) {
  std::string text;
  std::size_t start = 0;
  for (std::size_t end = 0; (end = csv.find('\n', start)) != std::string::npos; start = end + 1) {
    const std::string line = csv.substr(start, end - start);
    text += line.substr(0, line.rfind(',')) + "\n";
  }
  return text;
}

std::string text_of(const std::string& file) { return file_text(file); }

ToolRun run_bop(const std::string& out, const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {"bop", "--dataset", dataset().path(),         "--out",
                                    out,   "--bundles", dataset().file("bundles")};
  words.insert(words.end(), more.begin(), more.end());
  return run_tool(words);
}

/// One whole run that the tests share.
const std::string& whole_results() {
  static const std::string out = [] {
    const ToolRun run = run_bop(dataset().file("whole.csv"));
    REQUIRE_MESSAGE(run.exit_code == 0, run.err);
    return dataset().file("whole.csv");
  }();
  return out;
}

}  // namespace

TEST_CASE("a run over a data set scores well and leaves nothing but its results") {
  const std::string out = whole_results();
  CHECK_FALSE(fs::exists(out + ".partial"));
  TemporaryFolder folder;
  const ToolRun eval =
      run_tool({"eval", "--dataset", dataset().path(), "--results", out, "--detections",
                dataset().file("whole.json"), "--json", folder / "scores.json"});
  CAPTURE(eval.err);
  REQUIRE(eval.exit_code == 0);
  CHECK(eval.out.find("AR_VSD") != std::string::npos);
  CHECK(eval.out.find("object 1") != std::string::npos);
  const json scores = json::parse(text_of(folder / "scores.json"));
  CHECK(scores.at("ar").get<double>() >= kMinAr);
  const double mean = (scores.at("ar_vsd").get<double>() + scores.at("ar_mssd").get<double>() +
                       scores.at("ar_mspd").get<double>()) /
                      3;
  CHECK(scores.at("ar").get<double>() == doctest::Approx(mean));
  CHECK(scores.at("detections").at("iou") == "masks");
  CHECK(scores.at("detections").at("all").at("ap").get<double>() > 0.3);
  CHECK(scores.at("by_object").size() == 3);
}

TEST_CASE("shards together are the whole run") {
  TemporaryFolder folder;
  REQUIRE(run_bop(folder / "new/1.csv", {"--shard", "1/2"}).exit_code == 0);
  REQUIRE(run_bop(folder / "new/2.csv", {"--shard", "2/2"}).exit_code == 0);
  CHECK(without_times(text_of(folder / "new/1.csv") + text_of(folder / "new/2.csv")) ==
        without_times(text_of(whole_results())));
}

TEST_CASE("a stopped run goes on where it was") {
  TemporaryFolder folder;
  const std::string out = folder / "out.csv";
  // The first shard's results stand for those of a run that was stopped after the first image, and
  // a broken line for the record that it was writing.
  REQUIRE(run_bop(out, {"--shard", "1/2"}).exit_code == 0);
  const ToolRun rest = run_bop(out);
  CAPTURE(rest.err);
  REQUIRE(rest.exit_code == 0);
  CHECK(rest.err.find("1 of 2 images are done already") != std::string::npos);
  CHECK(without_times(text_of(out)) == without_times(text_of(whole_results())));
  CHECK(json::parse(text_of(folder / "out.json")).size() ==
        json::parse(text_of(dataset().file("whole.json"))).size());
  // All there: nothing to do.
  const std::string before = text_of(out);
  REQUIRE(run_bop(out).exit_code == 0);
  CHECK(text_of(out) == before);
}

TEST_CASE("the journal of another run is refused, half a record in it is dropped") {
  TemporaryFolder folder;
  const std::string out = folder / "out.csv";
  make_file(out + ".partial", "{\"settings\":\"those of another run\"}\n");
  const ToolRun other = run_bop(out);
  CHECK(other.exit_code == 1);
  REQUIRE(other.error_lines().size() == 1);
  CHECK(other.error_lines().front().find("out.csv.partial") != std::string::npos);
  CHECK(names_in(folder.path()) == std::vector<std::string>{"out.csv.partial"});

  make_file(out + ".partial", "{\"settings\":\"tho");
  const ToolRun run = run_bop(out, {"--quiet"});
  CAPTURE(run.err);
  CHECK(run.exit_code == 0);
  CHECK(without_times(text_of(out)) == without_times(text_of(whole_results())));
}

TEST_CASE("an image that fails does not stop the run") {
  TemporaryFolder folder;
  const std::string depth = dataset().file("test/000001/depth/000000.png");
  const std::string whole = text_of(depth);
  REQUIRE(!whole.empty());
  make_file(depth, whole.substr(0, whole.size() / 2));
  const ToolRun run = run_bop(folder / "out.csv");
  make_file(depth, whole);
  CAPTURE(run.err);
  CHECK(run.exit_code == 1);
  REQUIRE(run.error_lines().size() == 1);
  CHECK(run.error_lines().front().find("1 of 2 images failed") != std::string::npos);
  CHECK(text_of(folder / "out.csv").find("\n1,1,") != std::string::npos);
  CHECK(text_of(folder / "out.csv").find("\n1,0,") == std::string::npos);
  // The next run tries it again.
  CHECK(run_bop(folder / "out.csv").exit_code == 0);
  CHECK(without_times(text_of(folder / "out.csv")) == without_times(text_of(whole_results())));
}

TEST_CASE("eval and bop refuse what they cannot use") {
  TemporaryFolder folder;
  const auto check_refused = [](const ToolRun& run, const std::string& part) {
    CAPTURE(run.err);
    CHECK(run.exit_code == 1);
    REQUIRE(run.error_lines().size() == 1);
    CHECK(run.error_lines().front().find(part) != std::string::npos);
  };
  make_file(folder / "bad.csv", "1,0,1,0.5,1 0 0\n");
  check_refused(run_tool({"eval", "--dataset", dataset().path(), "--results", folder / "bad.csv"}),
                "bad.csv");
  check_refused(run_tool({"eval", "--dataset", folder / "none", "--results", folder / "bad.csv"}),
                "none");
  make_file(folder / "targets.json",
            R"([{"scene_id": 1, "im_id": 0, "obj_id": 77, "inst_count": 1}])");
  check_refused(run_bop(folder / "out.csv", {"--targets", folder / "targets.json"}), "77");
  check_refused(run_bop(folder / "bad.csv/out.csv"), "bad.csv");
}

#include <cmath>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sam6d/detection_io.hpp"
#include "sam6d/evaluate.hpp"
#include "sam6d/image_io.hpp"
#include "sam6d/mesh_io.hpp"

#include "demo_run.hpp"
#include "run_tool.hpp"
#include "support/shared_data.hpp"

using namespace sam6d;
using namespace sam6d::test;
using nlohmann::json;

namespace {

constexpr double kMaxAdd_m = 0.010;  // 0.05 diameters of the can
constexpr double kMinMaskIou = 0.80;

}  // namespace

TEST_CASE("the can of the real picture is found with its mesh and nothing else") {
  const auto example = shared_data("example");
  if (!example) return;
  TemporaryFolder folder;
  const auto at = [&](const char* name) { return (*example / name).string(); };
  const ToolRun run = run_tool({"run", "--rgb", at("rgb.png"), "--depth", at("depth.png"),
                                "--camera", at("camera.json"), "--object",
                                "can=" + at("obj_000005.ply") + ":mm", "--out", folder / "out"});
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);

  const json result = json::parse(file_text(folder / "out/result.json"));
  REQUIRE(result.at("poses").size() == 1);
  CHECK(result.at("poses").front().at("obj_id") == 5);
  CHECK(result.at("poses").front().at("name") == "can");
  const json truth = json::parse(file_text(*example / "pose.json"));
  const TriangleMesh mesh = load_mesh(*example / "obj_000005.ply", LengthUnit::kMillimetre);
  CHECK(add_m(mesh.vertices_m, pose_of(result.at("poses").front()), pose_of(truth)) < kMaxAdd_m);

  const auto detections = load_detections(folder / "out/detection_ism.json");
  REQUIRE(detections.size() == 1);
  const Mask true_mask = Mask::from_image(load_mask(*example / "mask_visib.png").view());
  CHECK(mask_iou(detections.front().detection.mask, true_mask) >= kMinMaskIou);
}

#if SAM6D_TOOL_HAS_NETWORKS
TEST_CASE("the real picture goes through the pose network with weights of a formula") {
  const auto example = shared_data("example");
  if (!example) return;
  TemporaryFolder folder;
  make_file(folder / "quick.json", R"({"neural_pose": {"template_views": 3}})");
  const auto at = [&](const char* name) { return (*example / name).string(); };
  const ToolRun run = run_tool(
      {"run", "--rgb", at("rgb.png"), "--depth", at("depth.png"), "--camera", at("camera.json"),
       "--object", "can=" + at("obj_000005.ply") + ":mm", "--out", folder / "out", "--pose",
       "neural", "--weights", "synthetic", "--config", folder / "quick.json"});
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK(run.err.find("mean nothing") != std::string::npos);
  const json result = json::parse(file_text(folder / "out/result.json"));
  REQUIRE(result.at("poses").size() == 1);
  CHECK(result.at("poses").front().at("obj_id") == 5);
  CHECK(result.at("seconds").contains("pose.forward"));
}
#endif

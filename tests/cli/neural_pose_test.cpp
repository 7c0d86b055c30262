#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sam6d/bundle.hpp"
#include "sam6d/checkpoint.hpp"

#include "run_tool.hpp"
#include "small_inputs.hpp"
#include "support/torch_writer.hpp"
#include "tool_checks.hpp"

using namespace sam6d;
using namespace sam6d::test;
using nlohmann::json;

namespace {

/// A detection of object 7 in SmallInputs' picture, and few views, so that it takes seconds.
Variables quick_options(const SmallInputs& inputs) {
  make_file(inputs.file("detections.json"),
            R"([{"category_id": 7, "bbox": [20, 10, 24, 24], "score": 0.5, "image_id": 0,
                 "scene_id": 0}])");
  make_file(inputs.file("quick.json"), R"({"neural_pose": {"template_views": 2}})");
  return {{"--pose", "neural"}, {"--config", inputs.file("quick.json")}};
}

}  // namespace

#if !SAM6D_TOOL_HAS_NETWORKS

TEST_CASE("a tool without networks says what to do, and finds nothing half") {
  const SmallInputs inputs;
  const auto options = with(quick_options(inputs), {{"--weights", "synthetic"}});
  CHECK(says(error_of(run_tool(inputs.command("run", options))), "SAM6D_WITH_TORCH"));
  CHECK(names_in(inputs.out()).empty());
}

#else

TEST_CASE("a detection gets a pose of synthetic weights, and a warning with it") {
  const SmallInputs inputs;
  const auto options =
      with(quick_options(inputs),
           {{"--detections", inputs.file("detections.json")}, {"--weights", "synthetic"}});
  const ToolRun run = run_tool(inputs.command("pose", options));
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK(says(run.err, "mean nothing"));
  CHECK(says(run.err, "forward:"));
  const json poses = json::parse(file_text(inputs.out() + "/detection_pem.json"));
  REQUIRE(poses.size() == 1);
  CHECK(poses[0].at("category_id") == 7);
  CHECK(poses[0].at("R").size() == 3);
  // The surface is 600 mm away and the cube 60 mm wide.
  CHECK(poses[0].at("t")[2].get<double>() == doctest::Approx(600).epsilon(0.2));

  const json result = json::parse(file_text(inputs.out() + "/result.json"));
  REQUIRE(result.at("poses").size() == 1);
  CHECK(result.at("poses")[0].at("t") == poses[0].at("t"));
  for (const char* const stage :
       {"models", "prepare", "pose", "pose.crops", "pose.objects", "pose.forward", "total"}) {
    CAPTURE(std::string(stage));
    CHECK(result.at("seconds").contains(stage));
  }

  // The same again is the same, to the last byte but for the time.
  const ToolRun again = run_tool(
      inputs.command("pose", with(options, {{"--out", inputs.file("again")}, {"--threads", "1"}})));
  REQUIRE(again.exit_code == 0);
  json other = json::parse(file_text(inputs.file("again") + "/detection_pem.json"));
  other[0]["time"] = poses[0].at("time");
  CHECK(other == poses);
}

TEST_CASE("result.json has the time of each stage") {
  const SmallInputs inputs;
  const auto options = with(quick_options(inputs), {{"--weights", "synthetic"}});
  const ToolRun run = run_tool(inputs.command("run", options));
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  const json seconds = json::parse(file_text(inputs.out() + "/result.json")).at("seconds");
  for (const char* const stage :
       {"models", "prepare", "segment", "pose", "pose.crops", "pose.objects", "pose.forward"}) {
    CAPTURE(std::string(stage));
    CHECK(seconds.contains(stage));
  }
}

TEST_CASE("onboarding keeps what the network computed in the bundle") {
  const SmallInputs inputs;
  Variables quick = quick_options(inputs);
  const std::string bundle = inputs.file("cube.s6d");
  const ToolRun onboarded =
      run_tool({"onboard", inputs.file("cube.ply") + ":mm", "--id", "7", "--out", bundle, "--pose",
                "neural", "--weights", "synthetic", "--config", inputs.file("quick.json")});
  CAPTURE(onboarded.err);
  REQUIRE(onboarded.exit_code == 0);
  int descriptors = 0;
  for (const TensorInfo& tensor : list_checkpoint(bundle).tensors) {
    descriptors += tensor.name.starts_with("descriptors.pem-") ? 1 : 0;
  }
  CHECK(descriptors == 2);
  // No view goes through the network any more.
  const auto options = with(quick, {{"--detections", inputs.file("detections.json")},
                                    {"--weights", "synthetic"},
                                    {"--object", bundle}});
  const ToolRun run = run_tool(inputs.command("pose", options));
  CAPTURE(run.err);
  CHECK(run.exit_code == 0);
  CHECK(!says(run.err, "template features"));
}

TEST_CASE("weights that are missing or others are refused, and nothing is written") {
  const SmallInputs inputs;
  const auto options =
      with(quick_options(inputs), {{"--detections", inputs.file("detections.json")}});
  TemporaryFolder models;
  const std::string missing =
      error_of(run_tool(inputs.command("pose", with(options, {{"--models", models / ""}}))));
  CHECK(says(missing, "sam-6d-pem-base.pth"));
  CHECK(says(missing, "--models"));
  const std::string named = error_of(
      run_tool(inputs.command("pose", options), {{"PEM_CHECKPOINT_PATH", models / "none.pth"}}));
  CHECK(says(named, models / "none.pth"));
  make_file(models / "sam-6d-pem-base.pth", torch_file({{"a", {1}}}));
  const std::string other =
      error_of(run_tool(inputs.command("pose", with(options, {{"--models", models / ""}}))));
  CHECK(says(other, "feature_extraction"));
  const std::string file = error_of(
      run_tool(inputs.command("pose", with(options, {{"--weights", models / "nothing.pth"}}))));
  CHECK(says(file, models / "nothing.pth"));
  CHECK(names_in(inputs.out()).empty());
}

TEST_CASE("a device that is not there is an error, not a crash") {
  const SmallInputs inputs;
  const auto options =
      with(quick_options(inputs), {{"--detections", inputs.file("detections.json")},
                                   {"--weights", "synthetic"},
                                   {"--device", "cuda:63"}});
  CHECK(says(error_of(run_tool(inputs.command("pose", options))), "cuda:63"));
}

TEST_CASE("the network does not search, and the tool says so") {
  const SmallInputs inputs;
  const ToolRun run =
      run_tool(inputs.command("pose", with(quick_options(inputs), {{"--weights", "synthetic"}})));
  CHECK(run.exit_code == 2);
  CHECK(says(run.err, "--detections"));
}

#endif

#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sam6d/checkpoint.hpp"

#include "run_tool.hpp"
#include "small_inputs.hpp"
#include "support/torch_writer.hpp"
#include "tool_checks.hpp"

using namespace sam6d;
using namespace sam6d::test;
using nlohmann::json;

namespace {

/// FastSAM on SmallInputs' picture with so few masks and views that it takes seconds. Masks of
/// synthetic weights are anything, so that no gate may drop them.
Variables quick_options(const SmallInputs& inputs) {
  make_file(inputs.file("quick.json"),
            R"({"neural_segmenter": {"template_views": 1, "fastsam_max_masks": 2,
                "fastsam_confidence": 0, "size_gating": false, "merge_iou": 1,
                "semantic_threshold": 0, "min_score": 0, "nms_threshold": 1}})");
  return {{"--segmenter", "fastsam"}, {"--config", inputs.file("quick.json")}};
}

}  // namespace

#if !SAM6D_TOOL_HAS_NETWORKS

TEST_CASE("a tool without networks says what to do, and finds nothing half") {
  const SmallInputs inputs;
  const auto options = with(quick_options(inputs), {{"--weights", "synthetic"}});
  CHECK(says(error_of(run_tool(inputs.command("segment", options))), "SAM6D_WITH_TORCH"));
  CHECK(names_in(inputs.out()).empty());
}

#else

TEST_CASE(
    "a run with synthetic weights goes through, and says what it did and that it means nothing") {
  const SmallInputs inputs;
  const auto options = with(quick_options(inputs), {{"--weights", "synthetic"}});
  const ToolRun run = run_tool(inputs.command("run", options));
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK(says(run.err, "mean nothing"));
  const json result = json::parse(file_text(inputs.out() + "/result.json"));
  for (const char* const stage :
       {"models", "prepare", "segment", "segment.proposals", "segment.descriptors", "pose"}) {
    CAPTURE(std::string(stage));
    CHECK(result.at("seconds").contains(stage));
  }
  REQUIRE(result.contains("segmentation"));
  CHECK(result.at("segmentation").at("proposals") <= 2);
  CHECK(result.at("segmentation").at("prompts") == 0);
  CHECK(json::parse(file_text(inputs.out() + "/detection_ism.json")).is_array());
}

TEST_CASE("onboarding for a segmenter keeps descriptors in the bundle, without the other network") {
  const SmallInputs inputs;
  (void)quick_options(inputs);
  const std::string bundle = inputs.file("cube.s6d");
  const ToolRun onboarded = run_tool({"onboard", inputs.file("cube.ply") + ":mm", "--id", "7",
                                      "--out", bundle, "--segmenter", "sam", "--weights",
                                      "synthetic", "--config", inputs.file("quick.json")});
  CAPTURE(onboarded.err);
  REQUIRE(onboarded.exit_code == 0);
  int descriptors = 0;
  for (const TensorInfo& tensor : list_checkpoint(bundle).tensors) {
    descriptors += tensor.name.starts_with("descriptors.dinov2-") ? 1 : 0;
  }
  CHECK(descriptors > 0);
}

TEST_CASE("weights that are missing are named before anything is done") {
  const SmallInputs inputs;
  TemporaryFolder models;
  const auto segment = [&](const char* segmenter) {
    return error_of(run_tool(inputs.command(
        "segment",
        with(quick_options(inputs), {{"--segmenter", segmenter}, {"--models", models / ""}}))));
  };
  CHECK(says(segment("sam"), "sam_vit_h_4b8939.pth or sam_vit_l_0b3195.pth"));
  CHECK(says(segment("fastsam"), "FastSAM-x.pt"));
  make_file(models / "FastSAM-x.pt", torch_file({{"a", {1}}}));
  CHECK(says(segment("fastsam"), "dinov2_vitl14_pretrain.pth"));
  make_file(models / "dinov2_vitl14_pretrain.pth", torch_file({{"a", {1}}}));
  const std::string other = segment("fastsam");
  CHECK((says(other, "FastSAM-x.pt") || says(other, "dinov2_vitl14_pretrain.pth")));
  CHECK(names_in(inputs.out()).empty());
}

#endif

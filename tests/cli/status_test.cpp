#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sam6d/safetensors_io.hpp"

#include "run_tool.hpp"
#include "support/torch_writer.hpp"

using namespace sam6d;
using namespace sam6d::test;
using nlohmann::json;

namespace {

json model_named(const json& status, const std::string& name) {
  for (const json& model : status.at("models")) {
    if (model.at("name") == name) return model;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("status is JSON and says plainly whether there is LibTorch") {
  TemporaryFolder folder;
  const ToolRun run = run_tool({"status", "--models", folder.path().string()});
  CHECK(run.exit_code == 0);
  const json status = json::parse(run.out);
  CHECK(status.at("version").is_string());
  const bool networks = SAM6D_TOOL_HAS_NETWORKS;
  CHECK(status.at("libtorch").is_string() == networks);
  CHECK(status.at("blas").at("path").is_string() == networks);
  CHECK(status.at("blas").contains("problem"));
  CHECK(status.at("backends").at("pose").size() == (networks ? 2 : 1));
  const std::string note = status.at("note");
  CHECK((note.find("SAM6D_WITH_TORCH") != std::string::npos) == !networks);
  CHECK(status.at("models_folder") == folder.path().string());
  CHECK(status.at("models").size() == 6);
  for (const json& model : status.at("models")) CHECK(model.at("found") == false);
}

TEST_CASE("status finds weights, prefers safetensors, and sees what is no weights file") {
  TemporaryFolder folder;
  const std::string weights = torch_file({{"a", {1, 2}}});
  make_file(folder / "FastSAM-x.pt", weights);
  make_file(folder / "sam_vit_h_4b8939.pth", weights.substr(0, weights.size() / 2));
  make_file(folder / "sam_vit_b_01ec64.pth", "<html>not found</html>");
  make_file(folder / "dinov2_vitl14_pretrain.pth", weights);
  save_safetensors(folder / "dinov2_vitl14_pretrain.safetensors",
                   {{"a", {DType::kUint8, {0}, {}}}});
  const json status = json::parse(run_tool({"status"}, {{"SAM6D_MODELS", folder.path()}}).out);
  const json fastsam = model_named(status, "FastSAM-x.pt");
  CHECK(fastsam.at("found") == true);
  CHECK(fastsam.at("problem").is_null());
  const std::string page = model_named(status, "sam_vit_b_01ec64.pth").at("problem");
  CHECK(page.find("found a web page") != std::string::npos);
  const std::string cut = model_named(status, "sam_vit_h_4b8939.pth").at("problem");
  CHECK(cut.find("no whole zip archive") != std::string::npos);
  const json dino = model_named(status, "dinov2_vitl14_pretrain.pth");
  CHECK(dino.at("path") == folder / "dinov2_vitl14_pretrain.safetensors");
  CHECK(dino.at("problem").is_null());
}

TEST_CASE("status loads the networks where it is asked to, and says what is wrong with them") {
  TemporaryFolder folder;
  make_file(folder / "sam-6d-pem-base.pth", torch_file({{"a", {1}}}));
  const json status =
      json::parse(run_tool({"status", "--load", "--models", folder.path().string()}).out);
  REQUIRE(status.at("loaded").size() == 1);
  const std::string problem = status.at("loaded")[0].at("problem");
  CHECK(problem.find(SAM6D_TOOL_HAS_NETWORKS ? "feature_extraction" : "SAM6D_WITH_TORCH") !=
        std::string::npos);
}

TEST_CASE("the pose network's file can be named by the environment") {
  TemporaryFolder folder;
  make_file(folder / "mine.pth", torch_file({{"a", {1}}}));
  const json status =
      json::parse(run_tool({"status"}, {{"ISM_CHECKPOINTS_DIR", folder.path()},
                                        {"PEM_CHECKPOINT_PATH", folder / "mine.pth"}})
                      .out);
  CHECK(status.at("models_folder") == folder.path().string());
  CHECK(model_named(status, "sam-6d-pem-base.pth").at("path") == folder / "mine.pth");
}

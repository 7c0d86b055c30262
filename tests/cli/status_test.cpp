#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "run_tool.hpp"

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

TEST_CASE("status is JSON and says plainly that there is no LibTorch") {
  TemporaryFolder folder;
  const ToolRun run = run_tool({"status", "--models", folder.path().string()});
  CHECK(run.exit_code == 0);
  const json status = json::parse(run.out);
  CHECK(status.at("version").is_string());
  CHECK(status.at("libtorch").is_null());
  CHECK(status.at("models_folder") == folder.path().string());
  CHECK(status.at("models").size() == 6);
  for (const json& model : status.at("models")) CHECK(model.at("found") == false);
}

TEST_CASE("status finds weights, prefers safetensors, and sees what is no weights file") {
  TemporaryFolder folder;
  make_file(folder / "FastSAM-x.pt", "PK\x03\x04 and more");
  make_file(folder / "sam_vit_b_01ec64.pth", "<html>not found</html>");
  make_file(folder / "dinov2_vitl14_pretrain.pth", "PK\x03\x04 and more");
  make_file(folder / "dinov2_vitl14_pretrain.safetensors", std::string("\x02\0\0\0\0\0\0\0{}", 10));
  const json status = json::parse(run_tool({"status"}, {{"SAM6D_MODELS", folder.path()}}).out);
  const json fastsam = model_named(status, "FastSAM-x.pt");
  CHECK(fastsam.at("found") == true);
  CHECK(fastsam.at("problem").is_null());
  CHECK(model_named(status, "sam_vit_b_01ec64.pth").at("problem").is_string());
  const json dino = model_named(status, "dinov2_vitl14_pretrain.pth");
  CHECK(dino.at("path") == folder / "dinov2_vitl14_pretrain.safetensors");
  CHECK(dino.at("problem").is_null());
}

TEST_CASE("the pose network's file can be named by the environment") {
  TemporaryFolder folder;
  make_file(folder / "mine.pth", "PK\x03\x04 and more");
  const json status =
      json::parse(run_tool({"status"}, {{"ISM_CHECKPOINTS_DIR", folder.path()},
                                        {"PEM_CHECKPOINT_PATH", folder / "mine.pth"}})
                      .out);
  CHECK(status.at("models_folder") == folder.path().string());
  CHECK(model_named(status, "sam-6d-pem-base.pth").at("path") == folder / "mine.pth");
}

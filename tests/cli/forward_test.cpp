#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sam6d/checkpoint.hpp"
#include "sam6d/forward.hpp"
#include "sam6d/neural_library.hpp"
#include "sam6d/safetensors_io.hpp"

#include "run_tool.hpp"
#include "tensor_files.hpp"

using namespace sam6d;
using namespace sam6d::test;

namespace {

const std::filesystem::path kData = std::filesystem::path(SAM6D_TEST_DATA) / "pem";

constexpr const char* kTinyConfig = R"({
  "vit": {"width": 48, "depth": 4, "heads": 3, "out_channels": 32},
  "coarse_points": 48, "fine_points": 256, "channels": 32, "coarse_blocks": 2,
  "hypotheses": 200, "kept_hypotheses": 20, "fine_blocks": 2})";

void check_error_line(const ToolRun& run, int exit_code, const std::string& part) {
  CAPTURE(run.err);
  CHECK(run.exit_code == exit_code);
  REQUIRE(run.error_lines().size() == 1);
  CHECK(run.error_lines().front().find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("forward pem writes the reference's poses") {
  TemporaryFolder folder;
  make_file(folder / "tiny.json", kTinyConfig);
  std::vector<std::string> command = {"forward",   "pem",
                                      "--weights", "synthetic",
                                      "--in",      (kData / "tiny_inputs.safetensors").string(),
                                      "--out",     folder / "out.safetensors",
                                      "--config",  folder / "tiny.json"};
  if (!neural_library().available) {
    check_error_line(run_tool(command), 1, "neural");
    return;
  }
  command.insert(command.end(), {"--repeat", "2", "--stages"});
  const ToolRun run = run_tool(command);
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  const auto line = nlohmann::json::parse(run.out);
  CHECK(line.at("model") == "pem");
  CHECK(line.at("device") == "cpu");
  CHECK(line.at("dtype") == "float32");
  CHECK(line.at("seconds").size() == 2);
  CHECK(line.at("peak_rss_mib").get<double>() > 0);

  const Checkpoint out = Checkpoint::from_file(folder / "out.safetensors");
  const Checkpoint expected = Checkpoint::from_file(kData / "tiny_outputs.safetensors");
  // What the golden's README suggests.
  CHECK(largest_gap(floats(out, "init_R"), floats(expected, "init_R")) <= 1e-5);
  CHECK(largest_gap(floats(out, "init_t"), floats(expected, "init_t")) <= 1e-5);
  CHECK(largest_gap(floats(out, "pred_R"), floats(expected, "pred_R")) <= 1e-4);
  CHECK(largest_gap(floats(out, "pred_t"), floats(expected, "pred_t")) <= 1e-5);
  CHECK(largest_gap(floats(out, "pred_pose_score"), floats(expected, "pred_pose_score")) == 0);
  for (const char* const stage : {"fps_idx_template", "geo_m", "coarse_atten", "fine_pred_pts"}) {
    CHECK(out.tensors().contains(stage));
  }
  CHECK(out.tensors().at("geo_m").shape == std::vector<std::uint64_t>{2, 49, 49, 32});
}

TEST_CASE("what forward pem-templates writes, forward pem takes") {
  if (!neural_library().available) return;
  TemporaryFolder folder;
  make_file(folder / "tiny.json", kTinyConfig);
  const std::string inputs = (kData / "tiny_inputs.safetensors").string();
  const ToolRun templates =
      run_tool({"forward", "pem-templates", "--weights", "synthetic", "--in", inputs, "--out",
                folder / "object.safetensors", "--config", folder / "tiny.json"});
  CAPTURE(templates.err);
  REQUIRE(templates.exit_code == 0);
  const Checkpoint object = Checkpoint::from_file(folder / "object.safetensors");
  const Checkpoint given = Checkpoint::from_file(inputs);
  TensorViewMap all = object.tensors();
  for (const auto& [name, tensor] : given.tensors()) {
    if (!name.starts_with("tem")) all.emplace(name, tensor);
  }
  save_safetensors(folder / "in.safetensors", all);
  const ToolRun run =
      run_tool({"forward", "pem", "--weights", "synthetic", "--in", folder / "in.safetensors",
                "--out", folder / "out.safetensors", "--config", folder / "tiny.json"});
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  // The radius is now that of the sampled points: near the golden's, not equal.
  const Checkpoint out = Checkpoint::from_file(folder / "out.safetensors");
  const Checkpoint expected = Checkpoint::from_file(kData / "tiny_outputs.safetensors");
  CHECK(out.tensors().size() == 5);
  CHECK(floats(out, "pred_t").size() == floats(expected, "pred_t").size());
}

TEST_CASE("forward runs the operators on point sets without weights") {
  if (!neural_library().available) return;
  TemporaryFolder folder;
  const std::vector<float> xyz = {0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 2};
  const std::int64_t count = 3;
  save_safetensors(folder / "in.safetensors",
                   {{"xyz", {DType::kFloat32, {1, 4, 3}, std::as_bytes(std::span(xyz))}},
                    {"npoint", {DType::kInt64, {1}, std::as_bytes(std::span(&count, 1))}}});
  const ToolRun run = run_tool({"forward", "pointnet2-fps", "--in", folder / "in.safetensors",
                                "--out", folder / "out.safetensors"});
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  const Checkpoint out = Checkpoint::from_file(folder / "out.safetensors");
  const TensorView& idx = out.tensors().at("idx");
  std::vector<std::int32_t> values(3);
  REQUIRE(idx.bytes.size() == sizeof(std::int32_t) * values.size());
  std::memcpy(values.data(), idx.bytes.data(), idx.bytes.size());
  CHECK(values == std::vector<std::int32_t>{0, 2, 3});
}

TEST_CASE("forward names what is wrong, and writes nothing then") {
  TemporaryFolder folder;
  const std::string inputs = (kData / "tiny_inputs.safetensors").string();
  const std::string out = folder / "out.safetensors";
  check_error_line(run_tool({"forward", "pem", "--in", inputs, "--out", out}), 2, "--weights");
  if (!neural_library().available) return;
  check_error_line(run_tool({"forward", "pointnet", "--in", inputs, "--out", out}), 1,
                   "pointnet2-fps");
  check_error_line(run_tool({"forward", "pointnet2-fps", "--in", inputs, "--out", out}), 1, "xyz");
  make_file(folder / "bad.json", R"({"vit": {"wide": 48}})");
  check_error_line(run_tool({"forward", "pem", "--weights", "synthetic", "--in", inputs, "--out",
                             out, "--config", folder / "bad.json"}),
                   1, "vit.wide");
  make_file(folder / "worse.json", R"({"channels": 1000000})");
  check_error_line(run_tool({"forward", "pem", "--weights", "synthetic", "--in", inputs, "--out",
                             out, "--config", folder / "worse.json"}),
                   1, "channels");
  CHECK(names_in(folder.path()) == std::vector<std::string>{"bad.json", "worse.json"});
}

// The segmentation networks from the command line, in small, against the reference's numbers.

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "checkpoint/formula_weights.hpp"
#include "run_tool.hpp"
#include "sam6d/checkpoint.hpp"
#include "sam6d/neural_library.hpp"
#include "sam6d/safetensors_io.hpp"
#include "tensor_files.hpp"

namespace sam6d::test {
namespace {

const std::filesystem::path kData = std::filesystem::path(SAM6D_TEST_DATA) / "ism";

/// As the goldens state them: of stages, of tokens and logits, of FastSAM's rows.
constexpr double kStage = 2e-5;
constexpr double kLogits = 5e-5;
constexpr double kBoxPx = 1e-2;
constexpr double kScore = 5e-4;
constexpr double kProto = 1e-3;

constexpr const char* kTinySam = R"({"image_size": 256, "width": 64, "depth": 4, "heads": 2,
  "global_blocks": [1, 3], "channels": 32, "decoder_heads": 4, "decoder_mlp": 64,
  "iou_hidden": 32})";

/// Writes tensor `input`: noise from `middle` - `range` to `middle` + `range`, the same everywhere.
void make_noise(const std::filesystem::path& file, const char* name,
                const std::vector<std::uint64_t>& shape, float range, float middle) {
  std::size_t count = 1;
  for (const std::uint64_t side : shape) count *= side;
  std::vector<float> values(count);
  fill_by_formula(name, shape, values);
  constexpr float kFormulaRange = 0.1F;
  for (float& value : values) value = value * (range / kFormulaRange) + middle;
  save_safetensors(file, {{"input", {DType::kFloat32, shape, std::as_bytes(std::span(values))}}});
}

/// What `sam6d forward` writes. `weights` come after the synthetic ones.
Checkpoint forward(const std::string& model, const std::string& config, const std::string& input,
                   const std::vector<std::string>& weights = {}) {
  const TemporaryFolder folder;
  make_file(folder / "tiny.json", config);
  const std::string out = folder / "out.safetensors";
  std::vector<std::string> command = {
      "forward", model, "--weights", "synthetic",          "--in",    input,
      "--out",   out,   "--config",  folder / "tiny.json", "--stages"};
  for (const std::string& file : weights) command.insert(command.end(), {"--weights", file});
  const ToolRun run = run_tool(command);
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK(nlohmann::json::parse(run.out).at("model") == model);
  return Checkpoint::from_file(out);
}

TEST_CASE("forward dinov2 writes the reference's tokens") {
  if (!neural_library().available) return;
  const TemporaryFolder folder;
  const std::string input = folder / "in.safetensors";
  make_noise(input, "image2", {1, 3, 98, 70}, 2, 0);
  const Checkpoint out =
      forward("dinov2", R"({"width": 48, "depth": 3, "heads": 3, "image_size": 518})", input);
  const Checkpoint expected = Checkpoint::from_file(kData / "dinov2_tiny.safetensors");
  CHECK(largest_gap(floats(out, "cls"), floats(expected, "b.cls")) <= kLogits);
  CHECK(largest_gap(floats(out, "patch"), floats(expected, "b.patch")) <= kLogits);
  CHECK(largest_gap(floats(out, "pos"), floats(expected, "b.pos")) <= kStage);
  CHECK(largest_gap(floats(out, "tokens"), floats(expected, "b.tokens")) <= kStage);
}

TEST_CASE("forward sam-encoder writes the reference's embedding") {
  if (!neural_library().available) return;
  const TemporaryFolder folder;
  const std::string input = folder / "in.safetensors";
  make_noise(input, "image6", {1, 3, 256, 256}, 2, 0);
  const Checkpoint out = forward("sam-encoder", kTinySam, input);
  const Checkpoint expected = Checkpoint::from_file(kData / "sam_encoder.safetensors");
  CHECK(largest_gap(floats(out, "embedding"), floats(expected, "embedding")) <= kStage);
  CHECK(largest_gap(floats(out, "enc_tokens"), floats(expected, "enc_tokens")) <= kStage);
  CHECK(largest_gap(floats(out, "enc_block3"), floats(expected, "enc_block3")) <= kStage);
}

TEST_CASE("forward sam-decoder writes the reference's masks and what it thinks of them") {
  if (!neural_library().available) return;
  const std::filesystem::path golden = kData / "sam_decoder.safetensors";
  const Checkpoint out = forward("sam-decoder", kTinySam, golden.string());
  const Checkpoint expected = Checkpoint::from_file(golden);
  CHECK(largest_gap(floats(out, "iou_all"), floats(expected, "p.iou_all")) <= kLogits);
  CHECK(largest_gap(floats(out, "sparse"), floats(expected, "p.sparse")) <= kStage);
  CHECK(largest_gap(floats(out, "dec_hs"), floats(expected, "p.dec_hs")) <= kStage);
  // The golden has the masks of the first two of four points.
  std::vector<float> masks = floats(out, "low_res_all");
  const std::vector<float> some = floats(expected, "p.low_res_all");
  REQUIRE(masks.size() == 2 * some.size());
  masks.resize(some.size());
  CHECK(largest_gap(masks, some) <= kLogits);
}

TEST_CASE("forward fastsam writes the reference's rows, with tensors of a second file") {
  if (!neural_library().available) return;
  const TemporaryFolder folder;
  const std::string input = folder / "in.safetensors";
  make_noise(input, "fastsam_input", {2, 3, 96, 64}, 0.5F, 0.5F);
  const Checkpoint out =
      forward("fastsam", R"({"width": 0.125, "depth": 0.33, "max_channels": 256})", input,
              {(kData / "fastsam_tiny_overrides.safetensors").string()});
  const Checkpoint expected = Checkpoint::from_file(kData / "fastsam_net.safetensors");
  const std::vector<float> found = floats(out, "pred");
  const std::vector<float> rows = floats(expected, "net.pred");
  const std::vector<std::uint64_t> shape = {2, 37, 126};
  REQUIRE(out.tensors().at("pred").shape == shape);
  REQUIRE(rows.size() == found.size());
  double box = 0;
  double other = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double gap = largest_gap({found[i]}, {rows[i]});
    double& largest = i / 126 % 37 < 4 ? box : other;
    largest = std::max(largest, gap);
  }
  CHECK(box <= kBoxPx);
  CHECK(other <= kScore);
  CHECK(largest_gap(floats(out, "proto"), floats(expected, "net.proto")) <= kProto);
  CHECK(out.tensors().contains("layer21"));
}

}  // namespace
}  // namespace sam6d::test

#include <string>

#include <doctest/doctest.h>

#include "sam6d/image_io.hpp"

#include "run_tool.hpp"
#include "small_inputs.hpp"

using namespace sam6d;
using namespace sam6d::test;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Exit code 1, one line that names the file and says what was expected and found, no output.
void check_refused(const SmallInputs& inputs, const Variables& changed, const std::string& file,
                   const std::string& reason) {
  for (const std::string command : {"run", "segment"}) {
    const ToolRun run = run_tool(inputs.command(command, changed));
    CAPTURE(command);
    CAPTURE(run.err);
    CHECK(run.exit_code == 1);
    REQUIRE(run.error_lines().size() == 1);
    const std::string line = run.error_lines().front();
    CHECK(contains(line, file));
    CHECK(contains(line, reason));
    CHECK(run.out.empty());
    CHECK(names_in(inputs.out()).empty());
  }
}

}  // namespace

TEST_CASE("pictures of different sizes") {
  const SmallInputs inputs;
  save_depth(inputs.file("small.png"), Image<float>(32, 24, 0.5F).view(), 1.0);
  check_refused(inputs, {{"--depth", inputs.file("small.png")}}, "small.png", "32 x 24");
}

TEST_CASE("depth of 8 bits") {
  const SmallInputs inputs;
  save_png(inputs.file("grey.png"), Image<std::uint8_t>(64, 48, 100).view());
  check_refused(inputs, {{"--depth", inputs.file("grey.png")}}, "grey.png", "16");
}

TEST_CASE("depth that is zero everywhere") {
  const SmallInputs inputs;
  save_depth(inputs.file("zero.png"), Image<float>(64, 48, 0.0F).view(), 1.0);
  check_refused(inputs, {{"--depth", inputs.file("zero.png")}}, "zero.png", "depth");
}

TEST_CASE("wrong number of channels") {
  const SmallInputs inputs;
  save_png(inputs.file("grey.png"), Image<std::uint8_t>(64, 48, 100).view());
  check_refused(inputs, {{"--rgb", inputs.file("grey.png")}}, "grey.png", "channel");
  check_refused(inputs, {{"--depth", inputs.file("rgb.png")}}, "rgb.png", "channel");
}

TEST_CASE("a truncated picture") {
  const SmallInputs inputs;
  const std::string whole = file_text(inputs.file("rgb.png"));
  make_file(inputs.file("cut.png"), whole.substr(0, whole.size() / 2));
  check_refused(inputs, {{"--rgb", inputs.file("cut.png")}}, "cut.png", "found");
}

TEST_CASE("camera files that cannot be used") {
  const SmallInputs inputs;
  const auto check_camera = [&](const std::string& text, const std::string& reason) {
    CAPTURE(text);
    make_file(inputs.file("bad.json"), text);
    check_refused(inputs, {{"--camera", inputs.file("bad.json")}}, "bad.json", reason);
  };
  check_camera(R"({"depth_scale": 1.0})", "cam_K");
  check_camera(R"({"cam_K": [NaN, 0, 31, 0, 60, 23, 0, 0, 1], "depth_scale": 1.0})", "found");
  check_camera(R"({"cam_K": [null, 0, 31, 0, 60, 23, 0, 0, 1], "depth_scale": 1.0})", "cam_K");
  check_camera(R"({"cam_K": [60, 0, 31, 0, 60, 23, 0, 0], "depth_scale": 1.0})", "9");
  check_camera(R"({"cam_K": [60, 0, 31, 0, 60, 23, 0, 0, 1], "depth_scale": 0})", "depth_scale");
  check_camera("{\"cam_K\": [60, 0, 31,", "found");
  check_camera(R"({"cam_K": [60, 0, 31, 0, 60, 23, 0, 0, 1], "depth_scale": 1.0,
                   "dist_coeffs": [0.1, -0.2, 0, 0, 0]})",
               "found");
  check_camera(R"({"cam_K": [60, 0, 31, 0, 60, 23, 0, 0, 1], "depth_scale": 1.0,
                   "depth_registered": false})",
               "found");
}

TEST_CASE("files that are not there") {
  const SmallInputs inputs;
  for (const std::string option : {"--rgb", "--depth", "--camera", "--config"}) {
    check_refused(inputs, {{option, inputs.file("nothing.json")}}, "nothing.json", "");
  }
  check_refused(inputs, {{"--object", inputs.file("nothing.ply")}}, "nothing.ply", "");
}

TEST_CASE("meshes that cannot be used") {
  const SmallInputs inputs;
  make_file(inputs.file("text.ply"), "this is no mesh");
  check_refused(inputs, {{"--object", inputs.file("text.ply") + ":mm"}}, "text.ply", "");
  make_file(inputs.file("text.s6d"), "this is no bundle");
  check_refused(inputs, {{"--object", inputs.file("text.s6d")}}, "text.s6d", "");
}

TEST_CASE("a mesh whose unit cannot be told") {
  const SmallInputs inputs;
  // A cube with a diameter of 10^8: implausible in millimetres as in metres.
  std::string mesh = file_text(inputs.file("cube.ply"));
  for (std::size_t at = 0; (at = mesh.find("30", at)) != std::string::npos; at += 8) {
    mesh.insert(at + 2, "000000");
  }
  make_file(inputs.file("huge.ply"), mesh);
  check_refused(inputs, {{"--object", inputs.file("huge.ply")}}, "huge.ply", "millimetres");
}

TEST_CASE("an output folder that cannot be written") {
  const SmallInputs inputs;
  const std::string below_file = inputs.file("rgb.png") + "/out";
  const ToolRun run = run_tool(inputs.command("run", {{"--out", below_file}}));
  CAPTURE(run.err);
  CHECK(run.exit_code == 1);
  REQUIRE(run.error_lines().size() == 1);
  CHECK(contains(run.error_lines().front(), "rgb.png/out"));
}

TEST_CASE("configuration files") {
  const SmallInputs inputs;
  const auto check_config = [&](const std::string& text, const std::string& reason) {
    CAPTURE(text);
    make_file(inputs.file("config.json"), text);
    check_refused(inputs, {{"--config", inputs.file("config.json")}}, "config.json", reason);
  };
  check_config("{", "found");
  check_config("[]", "object");
  check_config(R"({"segmentr": {}})", "segmentr");
  check_config(R"({"segmenter": {"min_scor": 0.5}})", "min_scor");
  check_config(R"({"segmenter": {"min_score": "high"}})", "min_score");
  check_config(R"({"pose": {"search": {"effort": "heroic"}}})", "heroic");
  check_config(R"({"search": {"threads": 1.5}})", "threads");
  make_file(inputs.file("config.json"), R"({"segmenter": {"min_score": 7}})");
  const ToolRun run = run_tool(inputs.command("run", {{"--config", inputs.file("config.json")}}));
  CHECK(run.exit_code == 1);
  REQUIRE(run.error_lines().size() == 1);
  CHECK(contains(run.error_lines().front(), "min_score"));
}

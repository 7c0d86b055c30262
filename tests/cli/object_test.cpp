#include <algorithm>
#include <cmath>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sam6d/bundle.hpp"
#include "sam6d/image_io.hpp"

#include "demo_run.hpp"
#include "run_tool.hpp"
#include "small_inputs.hpp"

using namespace sam6d;
using namespace sam6d::test;
using nlohmann::json;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("onboard makes a bundle that knows the object") {
  const SmallInputs inputs;
  const ToolRun run = run_tool({"onboard", inputs.file("cube.ply"), "--unit", "mm", "--out",
                                inputs.file("new/folder/cube.s6d"), "--id", "7", "--name", "dice"});
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK(contains(run.out, "103.9 mm"));  // 60 sqrt(3)
  const ObjectModel model = load_bundle(inputs.file("new/folder/cube.s6d"));
  CHECK(model.id() == 7);
  CHECK(model.name() == "dice");
  CHECK(model.template_view_count() == 42);
  CHECK_FALSE(model.symmetries().empty());
}

TEST_CASE("the same mesh and seed give the same bundle, whatever the number of threads") {
  const SmallInputs inputs;
  const auto bundle = [&](const std::string& name, const std::string& threads) {
    const ToolRun run = run_tool({"onboard", inputs.file("cube.ply") + ":mm", "--out",
                                  inputs.file(name), "--threads", threads});
    REQUIRE(run.exit_code == 0);
    return file_text(inputs.file(name));
  };
  CHECK(bundle("a.s6d", "1") == bundle("b.s6d", "2"));
}

TEST_CASE("templates are written, and read instead of rendering") {
  const SmallInputs inputs;
  const std::string folder = inputs.file("templates");
  REQUIRE(run_tool({"onboard", inputs.file("cube.ply") + ":mm", "--out", inputs.file("a.s6d"),
                    "--write-templates", folder})
              .exit_code == 0);
  CHECK(names_in(folder).size() == 3 * 42);
  const ToolRun again =
      run_tool({"onboard", inputs.file("cube.ply") + ":mm", "--out", inputs.file("b.s6d")},
               {{"ISM_TEMPLATE_DIR", folder}});
  CAPTURE(again.err);
  REQUIRE(again.exit_code == 0);
  CHECK(load_bundle(inputs.file("b.s6d")).template_view_count() == 42);

  std::filesystem::remove(folder + "/mask_3.png");
  const ToolRun refused = run_tool({"onboard", inputs.file("cube.ply") + ":mm", "--out",
                                    inputs.file("c.s6d"), "--templates", folder});
  CHECK(refused.exit_code == 1);
  REQUIRE(refused.error_lines().size() == 1);
  CHECK(contains(refused.error_lines().front(), "mask_3.png"));
  CHECK_FALSE(std::filesystem::exists(inputs.file("c.s6d")));
}

TEST_CASE("symmetries are read from BOP's file") {
  const SmallInputs inputs;
  make_file(inputs.file("models_info.json"),
            R"({"5": {"diameter": 103.9, "symmetries_continuous":
                 [{"axis": [0, 0, 1], "offset": [0, 0, 0]}]}})");
  const auto onboard = [&](const std::string& id) {
    return run_tool({"onboard", inputs.file("cube.ply") + ":mm", "--id", id, "--symmetries",
                     inputs.file("models_info.json"), "--out", inputs.file("sym.s6d")});
  };
  const ToolRun unknown = onboard("6");
  CHECK(unknown.exit_code == 1);
  CHECK(contains(unknown.err, "models_info.json"));
  REQUIRE(onboard("5").exit_code == 0);
  const ObjectModel model = load_bundle(inputs.file("sym.s6d"));
  CHECK(model.symmetries().continuous.size() == 1);
  CHECK(model.symmetries().discrete.empty());
}

TEST_CASE("a unit that the size leaves in doubt must be said") {
  const SmallInputs inputs;
  std::string mesh = file_text(inputs.file("cube.ply"));
  // Coordinates of 3: a cube of 10 mm or of 10 m across its corners; only the former is plausible.
  for (std::size_t at = 0; (at = mesh.find("30", at)) != std::string::npos; ++at) {
    mesh.erase(at + 1, 1);
  }
  make_file(inputs.file("small.ply"), mesh);
  const ToolRun inferred = run_tool({"onboard", inputs.file("small.ply"), "--out",
                                     inputs.file("small.s6d"), "--log-level", "info"});
  CAPTURE(inferred.err);
  REQUIRE(inferred.exit_code == 0);
  CHECK(contains(inferred.err, "mm"));
  CHECK(contains(inferred.out, "diameter 10.4 mm"));
  CHECK(run_tool({"onboard", inputs.file("small.ply"), "--unit", "furlong", "--out",
                  inputs.file("x.s6d")})
            .exit_code == 2);
}

TEST_CASE("a bundle gives the poses that its mesh gives") {
  const DemoRun& demo = DemoRun::get();
  TemporaryFolder folder;
  std::vector<std::string> words = {"run",
                                    "--rgb",
                                    demo.file("input/rgb.png"),
                                    "--depth",
                                    demo.file("input/depth.png"),
                                    "--camera",
                                    demo.file("input/camera.json"),
                                    "--out",
                                    folder / "out",
                                    "--no-viz"};
  for (const std::string id : {"1", "2", "3"}) {
    const ToolRun onboard = run_tool({"onboard", demo.file("input/obj_00000" + id + ".ply"),
                                      "--unit", "mm", "--out", folder / (id + ".s6d")});
    REQUIRE(onboard.exit_code == 0);
    words.insert(words.end(), {"--object", folder / (id + ".s6d")});
  }
  const ToolRun run = run_tool(words);
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  const json poses = json::parse(file_text(folder / "out/result.json")).at("poses");
  const json by_mesh = demo.json("result.json").at("poses");
  REQUIRE(poses.size() == by_mesh.size());
  for (std::size_t i = 0; i < poses.size(); ++i) {
    CHECK(poses[i].at("obj_id") == by_mesh[i].at("obj_id"));
    CHECK(poses[i].at("R") == by_mesh[i].at("R"));
    CHECK(poses[i].at("t") == by_mesh[i].at("t"));
  }
}

TEST_CASE("a cube is rendered where its pose says") {
  const SmallInputs inputs;
  make_file(inputs.file("pose.json"), R"({"R": [1, 0, 0, 0, 1, 0, 0, 0, 1], "t": [0, 0, 630]})");
  const ToolRun run = run_tool({"render", inputs.file("cube.ply") + ":mm", "--pose",
                                inputs.file("pose.json"), "--camera", inputs.file("camera.json"),
                                "--width", "64", "--height", "48", "--out", inputs.out()});
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  CHECK(names_in(inputs.out()) == std::vector<std::string>{"depth.png", "mask.png", "rgb.png"});
  const auto depth_m = load_depth(inputs.out() + "/depth.png", 1.0);
  const auto mask = load_mask(inputs.out() + "/mask.png");
  REQUIRE(depth_m.width() == 64);
  CHECK(depth_m(32, 24) == doctest::Approx(0.6));  // the front face, 30 mm before the centre
  CHECK(depth_m(5, 5) == 0);
  CHECK(mask(32, 24) == 255);
  // f = 60 px and a face 60 mm wide at 600 mm: 6 px wide around 31.5, so columns 29 to 34.
  CHECK(mask(29, 24) == 255);
  CHECK(mask(28, 24) == 0);
  CHECK(mask(34, 24) == 255);
  CHECK(mask(35, 24) == 0);
}

TEST_CASE("a result can be rendered, but not with another object") {
  const DemoRun& demo = DemoRun::get();
  TemporaryFolder folder;
  const auto render = [&](const std::string& object) {
    return run_tool({"render", object, "--pose", demo.file("result.json"), "--camera",
                     demo.file("input/camera.json"), "--out", folder / "out"});
  };
  const ToolRun other = render("9=" + demo.file("input/obj_000001.ply") + ":mm");
  CHECK(other.exit_code == 1);
  REQUIRE(other.error_lines().size() == 1);
  CHECK(contains(other.error_lines().front(), "result.json"));
  CHECK(names_in(folder / "out").empty());

  std::vector<std::string> words = {"render"};
  for (const std::string id : {"1", "2", "3"}) {
    words.push_back(demo.file("input/obj_00000" + id + ".ply") + ":mm");
  }
  words.insert(words.end(), {"--pose", demo.file("result.json"), "--camera",
                             demo.file("input/camera.json"), "--out", folder / "out"});
  const ToolRun run = run_tool(words);
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  // Where objects were found, the rendered depth is the measured one.
  const auto rendered_m = load_depth(folder / "out/depth.png", 0.1);
  const auto measured_m = load_depth(demo.file("input/depth.png"), 0.1);
  REQUIRE(rendered_m.size() == measured_m.size());
  std::vector<float> differences_m;
  for (std::size_t i = 0; i < rendered_m.size(); ++i) {
    if (rendered_m.data()[i] <= 0 || measured_m.data()[i] <= 0) continue;
    differences_m.push_back(std::abs(rendered_m.data()[i] - measured_m.data()[i]));
  }
  REQUIRE(differences_m.size() > 1000);
  const auto middle = differences_m.begin() + static_cast<std::ptrdiff_t>(differences_m.size() / 2);
  std::nth_element(differences_m.begin(), middle, differences_m.end());
  CHECK(*middle < 0.005F);
}

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "sam6d/camera_io.hpp"
#include "sam6d/evaluate.hpp"
#include "sam6d/image_io.hpp"
#include "sam6d/mesh_io.hpp"
#include "scenes/demo_scene.hpp"

#include "commands.hpp"
#include "run_pipeline.hpp"
#include "search.hpp"
#include "truth_match.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

using nlohmann::ordered_json;

constexpr std::uint64_t kDefaultScene = 7;  // has something of everything, well in view
constexpr double kDepthScale = 0.1;  // values of the depth picture are tenths of a millimetre
constexpr double kMillimetresPerMetre = 1000;
constexpr double kDegreesPerRadian = 180 / std::numbers::pi;

struct DemoOptions {
  GeneralSettings general;
  fs::path out = "sam6d-demo";
};

std::string model_name(ObjectId object) { return fmt::format("obj_{:06}.ply", object); }

ordered_json truth_to_json(const scenes::InstanceTruth& truth) {
  ordered_json rotation = ordered_json::array();
  ordered_json translation_mm = ordered_json::array();
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      rotation.push_back(truth.cam_from_obj.linear()(row, column));
    }
    translation_mm.push_back(truth.cam_from_obj.translation()(row) * kMillimetresPerMetre);
  }
  return {{"obj_id", truth.obj_id},
          {"cam_R_m2c", rotation},
          {"cam_t_m2c", translation_mm},
          {"visib_fract", truth.visib_fract}};
}

/// What a user would bring: picture, depth, camera, CAD models; and the truth, to compare with.
void write_inputs(const scenes::DemoScene& demo, const scenes::ScenePicture& picture,
                  const fs::path& folder) {
  OutputFolder inputs(folder);
  save_png(inputs.stage("rgb.png"), picture.rgb.view());
  save_depth(inputs.stage("depth.png"), picture.depth_m.view(), kDepthScale);
  save_camera(inputs.stage("camera.json"), {picture.camera, kDepthScale});
  for (std::size_t i = 0; i < demo.objects.size(); ++i) {
    save_mesh_ply(inputs.stage(model_name(static_cast<ObjectId>(i) + 1)), demo.objects[i].mesh,
                  LengthUnit::kMillimetre);
  }
  ordered_json truths = ordered_json::array();
  for (const scenes::InstanceTruth& truth : picture.instances) {
    truths.push_back(truth_to_json(truth));
  }
  inputs.write_text("truth.json", truths.dump(1) + "\n");
  inputs.commit();
}

SearchOptions search_options(const DemoOptions& options, const scenes::DemoScene& demo,
                             const fs::path& inputs) {
  SearchOptions search;
  search.general = options.general;
  search.picture = {inputs / "rgb.png", inputs / "depth.png", inputs / "camera.json"};
  for (std::size_t i = 0; i < demo.objects.size(); ++i) {
    const auto object = static_cast<ObjectId>(i) + 1;
    search.objects.objects.push_back(
        fmt::format("{}={}:mm", demo.objects[i].name, (inputs / model_name(object)).string()));
  }
  search.out = options.out;
  return search;
}

std::vector<TruthMatch> compare(const scenes::DemoScene& demo, const scenes::ScenePicture& picture,
                                const PipelineResult& found) {
  std::vector<EvaluationModel> models;
  for (std::size_t i = 0; i < demo.objects.size(); ++i) {
    const scenes::ShapeModel& object = demo.objects[i];
    models.push_back(
        {static_cast<ObjectId>(i) + 1, object.mesh, diameter_m(object.mesh), object.symmetries});
  }
  std::vector<GroundTruthPose> truths;
  for (const scenes::InstanceTruth& truth : picture.instances) {
    truths.push_back({0, 0, truth.obj_id, truth.cam_from_obj, truth.visib_fract});
  }
  return match_truths(truths, found.poses, models);
}

void print_errors(const std::vector<TruthMatch>& matches, const ObjectNames& names) {
  std::printf("%-8s%-16s%10s%14s%12s\n", "object", "name", "visible", "ADD(-S) mm", "turn deg");
  for (const TruthMatch& match : matches) {
    const auto name = names.find(match.object);
    std::printf("%-8d%-16s%9.0f%%", match.object, name == names.end() ? "" : name->second.c_str(),
                100 * match.visib_fract);
    if (match.error_m && match.rotation_rad) {
      std::printf("%14.2f%12.2f\n", *match.error_m * kMillimetresPerMetre,
                  *match.rotation_rad * kDegreesPerRadian);
    } else {
      std::printf("%26s\n", "not found");
    }
  }
}

void print_seconds(const PipelineResult& found, const Search& search) {
  std::printf("\nseconds: onboard %.2f", search.objects.seconds);
  for (const StageSeconds& stage : found.seconds) {
    std::printf(", %s %.2f", stage.stage.c_str(), stage.seconds);
  }
  std::printf(", all with drawing and files %.2f\n", search.elapsed());
}

void print_files(const SearchOptions& options) {
  std::printf(
      "\nLook at %s and %s.\nThe same by hand:\n  sam6d run --rgb %s --depth %s --camera %s",
      (options.out / "vis_pem.png").c_str(), (options.out / "vis_side_by_side.png").c_str(),
      options.picture.rgb.c_str(), options.picture.depth.c_str(), options.picture.camera.c_str());
  for (const std::string& object : options.objects.objects) {
    std::printf(" \\\n    --object '%s'", object.c_str());
  }
  std::printf(" --out %s\n", options.out.c_str());
}

void demo(const DemoOptions& options) {
  const scenes::DemoScene demo =
      scenes::make_demo_scene(options.general.seed.value_or(kDefaultScene));
  { const OutputFolder probe(options.out); }  // before the work
  const scenes::ScenePicture picture =
      scenes::take_picture(demo.scene, options.general.threads.value_or(0));
  const fs::path inputs = options.out / "input";
  write_inputs(demo, picture, inputs);

  const SearchOptions search_by = search_options(options, demo, inputs);
  Search search(search_by);
  const PipelineResult found = run_pipeline(search);
  print_errors(compare(demo, picture, found), search.objects.names());
  print_seconds(found, search);
  print_files(search_by);
}

}  // namespace

void add_demo_command(CLI::App& app, Action& action) {
  auto* const command =
      app.add_subcommand("demo", "Make CAD objects and a picture of them, and find their poses");
  const auto options = std::make_shared<DemoOptions>();
  command->add_option("--out", options->out, "Folder for input and results")->capture_default_str();
  add_general_options(*command, options->general);
  command->get_option("--seed")->default_str(std::to_string(kDefaultScene));
  command->footer(
      "Prints the error of every pose (ADD, or ADD-S for symmetric objects) and seconds per "
      "stage.\n"
      "Example:\n"
      "  sam6d demo --out demo");
  command->callback([=, &action] { action = [=] { demo(*options); }; });
}

}  // namespace sam6d::cli

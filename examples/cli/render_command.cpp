#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "sam6d/camera_io.hpp"
#include "sam6d/image_io.hpp"
#include "sam6d/renderer.hpp"
#include "sam6d/result_io.hpp"

#include "commands.hpp"
#include "errors.hpp"
#include "general_settings.hpp"
#include "object_set.hpp"
#include "output_folder.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

// The size of a picture whose camera file does not give it: most BOP data sets'.
constexpr int kDefaultWidth = 640;
constexpr int kDefaultHeight = 480;

struct RenderArguments {
  GeneralSettings general;
  ObjectOptions objects;
  fs::path poses;
  fs::path camera;
  fs::path out;
  std::optional<int> width;
  std::optional<int> height;
};

CameraFile load_sized_camera(const RenderArguments& arguments) {
  CameraFile camera = load_camera(arguments.camera);
  CameraIntrinsics& size = camera.intrinsics;
  if (arguments.width) size.width = *arguments.width;
  if (arguments.height) size.height = *arguments.height;
  if (size.width == 0) size.width = kDefaultWidth;
  if (size.height == 0) size.height = kDefaultHeight;
  validate(size);
  return camera;
}

/// The object that a pose speaks of; a pose file with a single pose need not name it.
int mesh_of(const ResultPose& pose, const std::map<ObjectId, int>& index_of, bool single,
            const fs::path& file) {
  const auto found = index_of.find(pose.obj_id);
  if (found != index_of.end()) return found->second;
  if (pose.obj_id == 0 && single && index_of.size() == 1) return 0;
  std::string known;
  for (const auto& [object, index] : index_of) {
    known += (known.empty() ? "" : ", ") + std::to_string(object);
  }
  fail(ErrorCode::kBadFile,
       "{}: expected poses of the objects that are given ({}), found obj_id {}; --object ID=PATH "
       "gives an object its number",
       file.string(), known, pose.obj_id);
}

void render(const RenderArguments& arguments) {
  Console console(arguments.general.quiet, arguments.general.log_level);
  std::vector<ObjectArgument> objects = parse_objects(arguments.objects);
  const std::vector<ResultPose> poses = load_any_poses(arguments.poses);
  const CameraFile camera = load_sized_camera(arguments);
  OutputFolder out(arguments.out);

  std::vector<TriangleMesh> meshes;
  meshes.reserve(objects.size());
  for (ObjectArgument& object : objects) meshes.push_back(load_object_mesh(object));
  number_objects(objects);
  std::map<ObjectId, int> index_of;
  for (std::size_t i = 0; i < objects.size(); ++i) index_of[*objects[i].id] = static_cast<int>(i);
  std::vector<RenderInstance> instances;
  instances.reserve(poses.size());
  for (const ResultPose& pose : poses) {
    instances.push_back(
        {mesh_of(pose, index_of, poses.size() == 1, arguments.poses), pose.cam_from_obj});
  }
  RenderOptions options;
  options.threads = arguments.general.threads.value_or(0);
  const Rendering picture = Renderer(meshes).render(camera.intrinsics, instances, options);
  save_png(out.stage("rgb.png"), picture.rgb.view());
  save_depth(out.stage("depth.png"), picture.depth_m.view(), camera.depth_scale);
  save_png(out.stage("mask.png"), picture.mask().view());
  out.commit();
  std::printf("%s: rgb.png, depth.png (values x %g mm), mask.png with %zu poses\n",
              out.path().c_str(), camera.depth_scale, instances.size());
}

}  // namespace

void add_render_command(CLI::App& app, Action& action) {
  auto* const command =
      app.add_subcommand("render", "Draw objects at poses: colour, depth and mask");
  const auto arguments = std::make_shared<RenderArguments>();
  command
      ->add_option("OBJ", arguments->objects.objects,
                   "Bundles (.s6d) or meshes: PATH, NAME=PATH or ID=PATH, PATH:mm")
      ->required();
  add_unit_option(*command, arguments->objects.unit);
  command
      ->add_option("--pose", arguments->poses,
                   "JSON: one {\"R\": 9 numbers, \"t\": mm}, a result.json or a "
                   "detection_pem.json")
      ->required();
  command->add_option("--camera", arguments->camera, "JSON with cam_K and depth_scale")->required();
  command->add_option("--out", arguments->out, "Folder for the pictures")->required();
  command
      ->add_option("--width", arguments->width,
                   "Of the picture in pixels; else the camera file's, else 640")
      ->check(CLI::Range(1, 16384));
  command
      ->add_option("--height", arguments->height,
                   "Of the picture in pixels; else the camera file's, else 480")
      ->check(CLI::Range(1, 16384));
  add_general_options(*command, arguments->general);
  command->footer(
      "Example:\n"
      "  sam6d render 7=box.ply:mm --pose result.json --camera camera.json --out rendered");
  command->callback([=, &action] { action = [=] { render(*arguments); }; });
}

}  // namespace sam6d::cli

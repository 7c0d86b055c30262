#include <chrono>
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

#include "sam6d/bundle.hpp"
#include "sam6d/dataset.hpp"
#include "sam6d/mesh_io.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/template_folder.hpp"

#include "backend_settings.hpp"
#include "commands.hpp"
#include "config_file.hpp"
#include "console.hpp"
#include "errors.hpp"
#include "general_settings.hpp"
#include "object_argument.hpp"
#include "object_set.hpp"
#include "output_folder.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

struct OnboardArguments {
  GeneralSettings general;
  BackendSettings backends;
  std::string mesh;  ///< as --object takes it
  std::optional<LengthUnit> unit;
  fs::path out;
  fs::path read_templates;
  fs::path write_templates;
  fs::path symmetries;
  fs::path config;
  std::optional<int> views;
  std::optional<ObjectId> id;
  std::string name;
};

OnboardOptions make_options(const OnboardArguments& arguments, const ObjectArgument& object) {
  Config config;
  if (!arguments.config.empty()) read_config(arguments.config, config);
  OnboardOptions& options = config.onboard;
  if (!object.name.empty()) options.name = object.name;
  if (!arguments.name.empty()) options.name = arguments.name;
  if (options.name.empty()) options.name = object.path.stem().string();
  if (arguments.views) options.templates.views = *arguments.views;
  if (arguments.general.seed) options.seed = *arguments.general.seed;
  if (arguments.general.threads) {
    options.threads = *arguments.general.threads;
    options.templates.threads = *arguments.general.threads;
  }
  options.validate();
  return options;
}

Symmetries symmetries_of(const fs::path& models_info, ObjectId object) {
  const std::map<ObjectId, BopObjectInfo> objects = load_models_info(models_info);
  const auto found = objects.find(object);
  if (found == objects.end()) {
    fail(ErrorCode::kBadFile,
         "{}: expected an entry for object {}, found none; --id says which "
         "object the mesh is",
         models_info.string(), object);
  }
  return found->second.symmetries;
}

/// The backends that want something kept with the object.
struct NeuralBackends {
  std::optional<Segmenter> segmenter;
  std::optional<PoseEstimator> estimator;
};

NeuralBackends neural_backends(const OnboardArguments& arguments, Console& console) {
  NeuralBackends made;
  BackendSettings backends = arguments.backends;
  if (!backends.neural_segmenter() && !backends.neural_pose()) return made;
  backends.config = arguments.config;
  backends.proposes = false;
  const Config config = make_config(arguments.general, backends, console);
  if (backends.neural_segmenter()) {
    made.segmenter = make_descriptor_segmenter(backends, config, console);
  }
  if (backends.neural_pose()) made.estimator = make_estimator(backends, config, console);
  return made;
}

void onboard(const OnboardArguments& arguments) {
  Console console(arguments.general.quiet, arguments.general.log_level);
  const auto start = std::chrono::steady_clock::now();
  std::vector<ObjectArgument> objects = {parse_object_argument(arguments.mesh)};
  ObjectArgument& object = objects.front();
  if (arguments.id) object.id = arguments.id;
  if (!object.unit) object.unit = arguments.unit;
  number_objects(objects);
  OnboardOptions options = make_options(arguments, object);
  check_can_write(arguments.out);
  // Before the dear work, as its weights may be missing.
  const NeuralBackends backends = neural_backends(arguments, console);
  const TriangleMesh mesh = load_mesh(object.path, object.unit);
  if (!arguments.symmetries.empty()) {
    options.symmetries = symmetries_of(arguments.symmetries, *object.id);
  }
  if (!arguments.read_templates.empty()) {
    options.given_views = load_template_folder(arguments.read_templates, mesh);
  }
  ObjectModel model =
      ObjectModel::onboard(*object.id, mesh, options, console.progress(options.name));
  const ProgressFn progress = console.progress(options.name);
  if (backends.segmenter) model = backends.segmenter->prepare(model, progress);
  if (backends.estimator) model = backends.estimator->prepare(model, progress);
  if (!arguments.write_templates.empty()) {
    save_template_folder(arguments.write_templates, model.template_views());
  }
  save_bundle(arguments.out, model);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::printf("%s: object %d %s, diameter %.1f mm, %d template views, %.2f s\n",
              arguments.out.c_str(), model.id(), model.name().c_str(), 1000 * model.diameter_m(),
              model.template_view_count(), seconds.count());
}

}  // namespace

void add_onboard_command(CLI::App& app, Action& action) {
  auto* const command = app.add_subcommand("onboard", "Make an object bundle from a CAD model");
  const auto arguments = std::make_shared<OnboardArguments>();
  command->add_option("MESH", arguments->mesh, "PLY, OBJ, STL or glTF")->required();
  add_unit_option(*command, arguments->unit);
  command->add_option("--out", arguments->out, "Bundle to write (.s6d)")->required();
  command->add_option("--id", arguments->id, "Number of the object (BOP: obj_id)")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--name", arguments->name, "Name of the object, for people");
  command->add_option("--views", arguments->views, "Number of template views")
      ->check(CLI::IsMember({42, 162, 642}))
      ->default_str("42");
  command
      ->add_option("--templates", arguments->read_templates,
                   "Folder of template views to use instead of rendering them")
      ->envname("ISM_TEMPLATE_DIR");
  command->add_option("--write-templates", arguments->write_templates,
                      "Folder for rgb_i.png, mask_i.png, xyz_i.npy");
  command->add_option("--symmetries", arguments->symmetries,
                      "models_info.json of BOP; without it symmetries are detected");
  command->add_option("--config", arguments->config, "JSON with fields of the options structs");
  add_model_options(*command, arguments->backends, UsesBackends::kBoth);
  add_general_options(*command, arguments->general);
  command->footer(
      "With --pose neural and --segmenter sam or fastsam the bundle also gets what these networks\n"
      "compute of the template views, which otherwise takes seconds to minutes in every run.\n"
      "Example:\n"
      "  sam6d onboard mug.ply --unit mm --out mug.s6d\n"
      "  sam6d onboard models/obj_000005.ply --unit mm --symmetries models/models_info.json \\\n"
      "    --out can.s6d --write-templates can_templates");
  command->callback([=, &action] { action = [=] { onboard(*arguments); }; });
}

}  // namespace sam6d::cli

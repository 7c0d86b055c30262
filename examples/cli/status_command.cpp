#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "sam6d/error.hpp"
#include "sam6d/neural_library.hpp"
#include "sam6d/pose_estimator.hpp"
#include "sam6d/version.hpp"

#include "commands.hpp"
#include "model_folder.hpp"

namespace sam6d::cli {
namespace {

using nlohmann::ordered_json;

struct StatusArguments {
  std::filesystem::path models = default_model_folder();
  bool load = false;
};

ordered_json describe(const ModelFile& file) {
  ordered_json entry = {{"role", file.role}, {"name", file.name}, {"found", file.path.has_value()}};
  if (file.path) {
    entry["path"] = file.path->string();
    entry["bytes"] = file.bytes;
    entry["problem"] = file.problem.empty() ? ordered_json(nullptr) : ordered_json(file.problem);
  }
  return entry;
}

ordered_json describe(const NeuralLibrary& library) {
  ordered_json gpus = ordered_json::array();
  for (const GpuInfo& gpu : library.gpus)
    gpus.push_back({{"name", gpu.name}, {"bytes", gpu.bytes}});
  return {
      {"compiled", library.cuda_compiled}, {"available", !library.gpus.empty()}, {"devices", gpus}};
}

/// Loads the pose network as a run would.
ordered_json load_pose_network(const std::filesystem::path& models) {
  try {
    NeuralPoseOptions options;
    options.weights = Weights::from_file(find_model_file(models, "pem"));
    const ModelReport report = PoseEstimator(options).models().front();
    return {{"network", report.network},
            {"source", report.source},
            {"seconds", report.load_seconds},
            {"bytes", report.bytes},
            {"problem", nullptr}};
  } catch (const Error& problem) {
    return {{"network", "pem"}, {"problem", problem.what()}};
  }
}

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

void print_status(const StatusArguments& arguments) {
  const std::filesystem::path& models = arguments.models;
  const NeuralLibrary library = neural_library();
  ordered_json files = ordered_json::array();
  for (const ModelFile& file : find_model_files(models)) files.push_back(describe(file));
  ordered_json components = {"core", "io", "viz"};
  ordered_json poses = {"geometric"};
  if (library.available) {
    components.push_back("neural");
    poses.push_back("neural");
  }
  ordered_json status = {
      {"version", std::string(version())},
      {"components", components},
      {"backends", {{"segmenter", {"geometric"}}, {"pose", poses}}},
      {"libtorch", text_or_null(library.torch_version)},
      {"blas",
       {{"path", text_or_null(library.blas)}, {"problem", text_or_null(library.blas_problem)}}},
      {"cuda", describe(library)},
      {"note",
       library.available ? "The geometric backends need no weights." : library.problem + "."},
      {"models_folder", models.string()},
      {"models", files}};
  if (arguments.load) status["loaded"] = ordered_json::array({load_pose_network(models)});
  std::printf("%s\n", status.dump(2).c_str());
}

}  // namespace

void add_status_command(CLI::App& app, Action& action) {
  auto* const command = app.add_subcommand("status", "Print as JSON what this installation can do");
  const auto arguments = std::make_shared<StatusArguments>();
  command->add_option("--models", arguments->models, "Folder of the neural weights")
      ->capture_default_str();
  command->add_flag("--load", arguments->load,
                    "Load the networks whose weights are there, too, which takes seconds");
  command->footer("Example:\n  sam6d status --models ~/models");
  command->callback([=, &action] { action = [=] { print_status(*arguments); }; });
}

}  // namespace sam6d::cli

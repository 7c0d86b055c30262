#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "sam6d/error.hpp"
#include "sam6d/neural_library.hpp"
#include "sam6d/pose_estimator.hpp"
#include "sam6d/segmenter.hpp"
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

ordered_json describe(const ModelReport& report) {
  return {{"network", report.network},
          {"source", report.source},
          {"seconds", report.load_seconds},
          {"bytes", report.bytes},
          {"problem", nullptr}};
}

/// The networks of what `make` makes, or why it cannot be made.
template <class Make>
ordered_json loaded_by(const char* network, const Make& make) {
  ordered_json loaded = ordered_json::array();
  try {
    for (const ModelReport& report : make().models()) loaded.push_back(describe(report));
  } catch (const Error& problem) {
    loaded.push_back({{"network", network}, {"problem", problem.what()}});
  }
  return loaded;
}

ordered_json load_proposals(ProposalNetwork kind, const std::filesystem::path& file,
                            const std::filesystem::path& descriptors) {
  return loaded_by(kind == ProposalNetwork::kSam ? "sam" : "fastsam", [&] {
    NeuralSegmenterOptions options;
    options.proposals = kind;
    options.proposal_weights = Weights::from_file(file);
    options.descriptor_weights = Weights::from_file(descriptors);
    return Segmenter(options);
  });
}

/// Loads the networks whose files are there as runs would: proposal networks with the descriptors'.
ordered_json load_networks(const std::vector<ModelFile>& files) {
  const auto file_of = [&](std::initializer_list<const char*> roles) {
    for (const char* const role : roles) {
      for (const ModelFile& file : files) {
        if (file.role == role && file.path) return file.path;
      }
    }
    return std::optional<std::filesystem::path>();
  };
  ordered_json loaded = ordered_json::array();
  const auto add = [&](const ordered_json& more) {
    for (const ordered_json& one : more) {
      const bool listed = std::any_of(loaded.begin(), loaded.end(), [&](const ordered_json& other) {
        return other["network"] == one["network"];
      });
      if (!listed) loaded.push_back(one);
    }
  };
  if (const auto file = file_of({"pem"})) {
    add(loaded_by("pem", [&] {
      NeuralPoseOptions options;
      options.weights = Weights::from_file(*file);
      return PoseEstimator(options);
    }));
  }
  if (const auto descriptors = file_of({"dinov2"})) {
    if (const auto file = file_of({"sam-vit-h", "sam-vit-l", "sam-vit-b"})) {
      add(load_proposals(ProposalNetwork::kSam, *file, *descriptors));
    }
    if (const auto file = file_of({"fastsam"})) {
      add(load_proposals(ProposalNetwork::kFastSam, *file, *descriptors));
    }
  }
  return loaded;
}

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

void print_status(const StatusArguments& arguments) {
  const std::filesystem::path& models = arguments.models;
  const NeuralLibrary library = neural_library();
  ordered_json files = ordered_json::array();
  const std::vector<ModelFile> found = find_model_files(models);
  for (const ModelFile& file : found) files.push_back(describe(file));
  ordered_json components = {"core", "io", "viz"};
  ordered_json poses = {"geometric"};
  ordered_json segmenters = {"geometric"};
  if (library.available) {
    components.push_back("neural");
    poses.push_back("neural");
    segmenters.push_back("sam");
    segmenters.push_back("fastsam");
  }
  ordered_json status = {
      {"version", std::string(version())},
      {"components", components},
      {"backends", {{"segmenter", segmenters}, {"pose", poses}}},
      {"libtorch", text_or_null(library.torch_version)},
      {"blas",
       {{"path", text_or_null(library.blas)}, {"problem", text_or_null(library.blas_problem)}}},
      {"cuda", describe(library)},
      {"note",
       library.available ? "The geometric backends need no weights." : library.problem + "."},
      {"models_folder", models.string()},
      {"models", files}};
  if (arguments.load) status["loaded"] = load_networks(found);
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

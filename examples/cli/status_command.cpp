#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "sam6d/version.hpp"

#include "commands.hpp"
#include "model_folder.hpp"

namespace sam6d::cli {
namespace {

using nlohmann::ordered_json;

ordered_json describe(const ModelFile& file) {
  ordered_json entry = {{"role", file.role}, {"name", file.name}, {"found", file.path.has_value()}};
  if (file.path) {
    entry["path"] = file.path->string();
    entry["bytes"] = file.bytes;
    entry["problem"] = file.problem.empty() ? ordered_json(nullptr) : ordered_json(file.problem);
  }
  return entry;
}

void print_status(const std::filesystem::path& models) {
  ordered_json files = ordered_json::array();
  for (const ModelFile& file : find_model_files(models)) files.push_back(describe(file));
  const ordered_json status = {
      {"version", std::string(version())},
      {"components", {"core", "io", "viz"}},
      {"backends", {{"segmenter", {"geometric"}}, {"pose", {"geometric"}}}},
      {"libtorch", nullptr},
      {"cuda", {{"compiled", false}, {"available", false}, {"devices", ordered_json::array()}}},
      {"note",
       "This build has no LibTorch and no neural backends; the geometric ones need no weights."},
      {"models_folder", models.string()},
      {"models", files}};
  std::printf("%s\n", status.dump(2).c_str());
}

}  // namespace

void add_status_command(CLI::App& app, Action& action) {
  auto* const command = app.add_subcommand("status", "Print as JSON what this installation can do");
  const auto models = std::make_shared<std::filesystem::path>(default_model_folder());
  command->add_option("--models", *models, "Folder of the neural weights")->capture_default_str();
  command->footer("Example:\n  sam6d status --models ~/models");
  command->callback([=, &action] { action = [=] { print_status(*models); }; });
}

}  // namespace sam6d::cli

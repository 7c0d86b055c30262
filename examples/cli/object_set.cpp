#include "object_set.hpp"

#include <chrono>
#include <cstdlib>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "sam6d/bundle.hpp"
#include "sam6d/mesh_io.hpp"

#include "errors.hpp"
#include "interrupt.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

std::string name_of(const ObjectArgument& argument) {
  return argument.name.empty() ? argument.path.stem().string() : argument.name;
}

ObjectModel onboard_mesh(const ObjectArgument& argument, OnboardOptions options, Console& console) {
  options.name = name_of(argument);
  const TriangleMesh mesh = load_mesh(argument.path, argument.unit);
  return ObjectModel::onboard(*argument.id, mesh, options, console.progress(options.name));
}

ObjectModel read_bundle(const ObjectArgument& argument) {
  const ObjectModel model = load_bundle(argument.path);
  return model.with_id(argument.id.value_or(model.id()), argument.name);
}

}  // namespace

void add_unit_option(CLI::App& command, std::optional<LengthUnit>& unit) {
  command
      .add_option_function<std::string>(
          "--unit", [&unit](const std::string& text) { unit = parse_length_unit(text); },
          "Unit of length of meshes: mm, cm, m or in; inferred where possible")
      ->check(CLI::Validator(
          [](const std::string& text) {
            try {
              (void)parse_length_unit(text);
              return std::string{};
            } catch (const Error& problem) {
              return std::string(problem.what());
            }
          },
          ""))
      ->type_name("TEXT");
}

void add_object_options(CLI::App& command, ObjectOptions& options) {
  command
      .add_option(
          "--object", options.objects,
          "Bundle (.s6d) or mesh: PATH, NAME=PATH or ID=PATH; PATH:mm gives a mesh its unit; "
          "repeats")
      ->allow_extra_args(false);
  add_unit_option(command, options.unit);
}

ObjectNames ObjectSet::names() const {
  ObjectNames result;
  for (const ObjectModel& model : models) result[model.id()] = model.name();
  return result;
}

std::vector<ObjectArgument> parse_objects(const ObjectOptions& options) {
  std::vector<std::string> texts = options.objects;
  const char* const variable = std::getenv("ISM_CAD_MODEL_PATH");
  if (texts.empty() && variable != nullptr && *variable != '\0') texts.emplace_back(variable);
  if (texts.empty()) fail_usage("--object is required");
  std::vector<ObjectArgument> arguments;
  std::set<ObjectId> ids;
  for (const std::string& text : texts) {
    ObjectArgument argument = parse_object_argument(text);
    if (!argument.unit) argument.unit = options.unit;
    if (argument.id && !ids.insert(*argument.id).second) {
      fail_usage("--object: expected every object to have a number of its own, found {} twice",
                 *argument.id);
    }
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

ObjectSet load_objects(std::vector<ObjectArgument> arguments, const OnboardOptions& onboard,
                       Console& console) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  ObjectSet set;
  std::vector<std::optional<ObjectModel>> models(arguments.size());
  const auto load = [&](std::size_t i, const auto& read) {
    try {
      throw_if_interrupted();
      models[i] = read(arguments[i]);
    } catch (const Error& problem) {
      const bool of_this_object =
          problem.code() == ErrorCode::kBadMesh || problem.code() == ErrorCode::kBadFile;
      if (!of_this_object || arguments.size() == 1) throw;
      console.log(LogLevel::kWarning, problem.what());
      set.failed.push_back({arguments[i].id.value_or(0), problem.what()});
    }
  };
  // Bundles know their numbers, which the others then must not take.
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].is_bundle()) continue;
    load(i, read_bundle);
    if (models[i]) arguments[i].id = models[i]->id();
  }
  number_objects(arguments);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].is_bundle()) continue;
    load(i,
         [&](const ObjectArgument& argument) { return onboard_mesh(argument, onboard, console); });
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!models[i]) continue;
    set.models.push_back(*std::move(models[i]));
    set.paths.push_back(arguments[i].path.string());
  }
  if (set.models.empty()) {
    fail(ErrorCode::kBadMesh, "--object: expected an object that can be used, found none; {}",
         set.failed.front().reason);
  }
  set.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return set;
}

TriangleMesh load_object_mesh(ObjectArgument& argument) {
  if (!argument.is_bundle()) return load_mesh(argument.path, argument.unit);
  const ObjectModel model = read_bundle(argument);
  argument.id = model.id();
  return model.mesh();
}

}  // namespace sam6d::cli

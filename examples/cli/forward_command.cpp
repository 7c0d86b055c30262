#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/ranges.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "sam6d/checkpoint.hpp"
#include "sam6d/forward.hpp"
#include "sam6d/safetensors_io.hpp"

#include "commands.hpp"
#include "console.hpp"
#include "errors.hpp"
#include "general_settings.hpp"
#include "output_folder.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

struct ForwardArguments {
  GeneralSettings general;
  std::string model;
  std::vector<std::string> weights;
  fs::path in;
  fs::path out;
  fs::path config;
  std::string device = "cpu";
  std::string dtype = "float32";
  int repeat = 1;
  bool stages = false;
};

/// The network of a model of `forward`; nothing for an operator, which has no weights.
std::optional<Network> network_of(const std::string& model) {
  if (model.starts_with("pem")) return Network::kPem;
  if (model.starts_with("sam-")) return Network::kSam;
  if (model == "dinov2") return Network::kDinov2;
  if (model == "fastsam") return Network::kFastSam;
  return std::nullopt;
}

Weights load_weights(const ForwardArguments& arguments, const ProgressFn& progress) {
  const std::optional<Network> network = network_of(arguments.model);
  if (!network) return Weights::synthetic(Network::kPem);  // operators do not look at them
  if (arguments.weights.empty()) {
    throw UsageError(
        fmt::format("{} needs --weights FILE, or --weights synthetic", arguments.model));
  }
  std::optional<Weights> all;
  for (const std::string& name : arguments.weights) {
    const Weights some =
        name == "synthetic" ? Weights::synthetic(*network) : Weights::from_file(name, {}, progress);
    all = all ? all->overridden_by(some) : some;
  }
  return *all;
}

std::string text_of(const fs::path& path) {
  if (path.empty()) return {};
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    fail(ErrorCode::kFileNotFound, "{}: expected a file that can be read", path.string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

double peak_rss_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;  // Linux counts kibibytes
}

void run(const ForwardArguments& arguments) {
  Console console(arguments.general.quiet, arguments.general.log_level);
  OutputFolder out(arguments.out.has_parent_path() ? arguments.out.parent_path() : fs::path("."));
  ForwardOptions options;
  options.device = parse_device(arguments.device);
  options.precision = parse_precision(arguments.dtype);
  options.config = text_of(arguments.config);
  options.stages = arguments.stages;
  options.repeat = arguments.repeat;
  options.seed = arguments.general.seed.value_or(0);
  options.threads = arguments.general.threads.value_or(0);
  const Weights weights = load_weights(arguments, console.progress());
  const Checkpoint inputs = Checkpoint::from_file(arguments.in);
  const ForwardResult result =
      forward(arguments.model, weights, inputs.tensors(), options, console.progress());
  TensorViewMap outputs;
  for (const auto& [name, tensor] : result.outputs) {
    outputs.emplace(name, TensorView{tensor.dtype, tensor.shape, tensor.bytes});
  }
  save_safetensors(out.stage(arguments.out.filename()), outputs);
  out.commit();
  const nlohmann::ordered_json line = {{"model", arguments.model},
                                       {"device", to_string(options.device)},
                                       {"dtype", arguments.dtype},
                                       {"seconds", result.seconds},
                                       {"load_seconds", result.load_seconds},
                                       {"prepare_seconds", result.prepare_seconds},
                                       {"peak_rss_mib", peak_rss_mib()}};
  fmt::print("{}\n", line.dump());
}

}  // namespace

void add_forward_command(CLI::App& app, Action& action) {
  auto* const command = app.add_subcommand(
      "forward", "Run one network, or operator, on the tensors of a file and write its outputs");
  const auto arguments = std::make_shared<ForwardArguments>();
  command
      ->add_option("MODEL", arguments->model, fmt::format("{}", fmt::join(forward_models(), ", ")))
      ->required();
  command->add_option("--weights", arguments->weights,
                      "Weights: .pth, .pt, .safetensors, or \"synthetic\"; may repeat, later files "
                      "override single tensors");
  command->add_option("--in", arguments->in, "Safetensors file of the inputs")->required();
  command->add_option("--out", arguments->out, "Safetensors file to write")->required();
  command->add_option("--config", arguments->config, "JSON file of other sizes");
  command->add_option("--device", arguments->device, "cpu or cuda[:i]")->capture_default_str();
  command->add_option("--dtype", arguments->dtype, "float32, bfloat16 or float16")
      ->capture_default_str();
  command->add_option("--repeat", arguments->repeat, "How often to run, for times")
      ->capture_default_str();
  command->add_flag("--stages", arguments->stages, "Write the intermediate tensors, too");
  add_general_options(*command, arguments->general);
  command->footer(
      "Example:\n"
      "  sam6d forward pem --weights synthetic --in pem_inputs.safetensors --out out.safetensors\n"
      "Names and shapes of the tensors: docs/formats.md.");
  command->callback([=, &action] { action = [=] { run(*arguments); }; });
}

}  // namespace sam6d::cli

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/ranges.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "sam6d/checkpoint.hpp"
#include "sam6d/safetensors_io.hpp"

#include "commands.hpp"
#include "console.hpp"
#include "errors.hpp"
#include "general_settings.hpp"
#include "output_folder.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

constexpr double kMebibyte = 1024.0 * 1024.0;

struct CheckpointArguments {
  GeneralSettings general;
  fs::path file;
  fs::path to;
  std::string prefix;
  bool no_verify = false;
};

std::string shape_text(std::span<const std::uint64_t> shape) {
  return fmt::format("({})", fmt::join(shape, ", "));
}

std::uint64_t bytes_of(const TensorInfo& tensor) {
  return element_count(tensor.shape).value_or(0) * size_of(tensor.dtype);
}

/// Names and texts of a file on one line each, whatever is in them.
std::string printable(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
  }
  return line;
}

void list(const CheckpointArguments& arguments) {
  const CheckpointContents contents = list_checkpoint(arguments.file);
  std::vector<const TensorInfo*> chosen;
  std::uint64_t bytes = 0;
  for (const TensorInfo& tensor : contents.tensors) {
    if (!tensor.name.starts_with(arguments.prefix)) continue;
    chosen.push_back(&tensor);
    bytes += bytes_of(tensor);
  }
  fmt::print("{}: {}, {} tensors, {:.1f} MiB\n", arguments.file.string(),
             to_string(contents.format), chosen.size(), static_cast<double>(bytes) / kMebibyte);
  std::size_t width = 0;
  for (const TensorInfo* const tensor : chosen) {
    width = std::max(width, shape_text(tensor->shape).size());
  }
  for (const TensorInfo* const tensor : chosen) {
    fmt::print("{:4}  {:{}}  {}\n", to_string(tensor->dtype), shape_text(tensor->shape), width,
               printable(tensor->name));
  }
  for (const auto& [name, text] : contents.metadata) {
    if (name.starts_with(arguments.prefix)) {
      fmt::print("{} = {}\n", printable(name), printable(text));
    }
  }
}

void convert(const CheckpointArguments& arguments) {
  Console console(arguments.general.quiet, arguments.general.log_level);
  OutputFolder out(arguments.to.has_parent_path() ? arguments.to.parent_path() : fs::path("."));
  CheckpointOptions options;
  options.verify_checksums = !arguments.no_verify;
  options.threads = arguments.general.threads.value_or(0);
  const Checkpoint checkpoint = Checkpoint::from_file(arguments.file, options, console.progress());
  TensorViewMap chosen;
  std::uint64_t bytes = 0;
  for (const auto& [name, tensor] : checkpoint.tensors()) {
    if (!name.starts_with(arguments.prefix)) continue;
    chosen.emplace(name.substr(arguments.prefix.size()), tensor);
    bytes += tensor.bytes.size();
  }
  if (chosen.empty()) {
    fail(ErrorCode::kBadFile, "{}: expected tensors{}, found none", arguments.file.string(),
         arguments.prefix.empty() ? ""
                                  : fmt::format(" whose names start with {}", arguments.prefix));
  }
  // What other tools look for before they take the tensors for PyTorch's.
  save_safetensors(out.stage(arguments.to.filename()), chosen, {{"format", "pt"}});
  out.commit();
  fmt::print("{}: {} tensors, {:.1f} MiB\n", arguments.to.string(), chosen.size(),
             static_cast<double>(bytes) / kMebibyte);
}

}  // namespace

void add_checkpoint_command(CLI::App& app, Action& action) {
  auto* const command = app.add_subcommand(
      "checkpoint", "List the tensors of a file of weights, or convert it to safetensors");
  const auto arguments = std::make_shared<CheckpointArguments>();
  command->add_option("F", arguments->file, "Weights: .pth, .pt or .safetensors")->required();
  command->add_option("--to", arguments->to, "Safetensors file to write")
      ->check(CLI::Validator(
          [](std::string& name) {
            return name.ends_with(".safetensors") ? std::string{}
                                                  : "expected a name that ends in .safetensors";
          },
          ""));
  command->add_option("--prefix", arguments->prefix,
                      "Only tensors whose names start so; what is written leaves it off");
  command->add_flag("--no-verify", arguments->no_verify,
                    "Convert a file although its checksums are wrong or were not computed");
  add_general_options(*command, arguments->general);
  command->footer(
      "Example:\n"
      "  sam6d checkpoint sam-6d-pem-base.pth --prefix model. --to sam-6d-pem-base.safetensors");
  command->callback([=, &action] {
    action = [=] {
      if (arguments->to.empty()) {
        list(*arguments);
      } else {
        convert(*arguments);
      }
    };
  });
}

}  // namespace sam6d::cli

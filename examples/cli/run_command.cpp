#include <memory>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "commands.hpp"
#include "run_pipeline.hpp"
#include "search.hpp"

namespace sam6d::cli {
namespace {

void run(const SearchOptions& options) {
  Search search(options);
  const PipelineResult found = run_pipeline(search);
  print_poses(found.poses, search.objects.names());
}

}  // namespace

void add_run_command(CLI::App& app, Action& action) {
  auto* const command = app.add_subcommand("run", "Find objects in a picture and their poses");
  const auto options = std::make_shared<SearchOptions>();
  add_search_options(*command, *options, UsesBackends::kBoth);
  command->footer(
      "Writes result.json, detection_ism.json, detection_pem.json, vis_ism.png, vis_pem.png and\n"
      "vis_side_by_side.png.\n"
      "Example:\n"
      "  sam6d run --rgb rgb.png --depth depth.png --camera camera.json \\\n"
      "    --object mug=mug.ply:mm --object 7=box.s6d --out results");
  command->callback([=, &action] { action = [=] { run(*options); }; });
}

}  // namespace sam6d::cli

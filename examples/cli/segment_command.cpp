#include <memory>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "sam6d/segmenter.hpp"

#include "commands.hpp"
#include "search.hpp"

namespace sam6d::cli {
namespace {

void segment(const SearchOptions& options) {
  Search search(options);
  const Segmenter segmenter(search.config.segmenter);
  const double start = search.elapsed();
  const std::vector<Detection> detections =
      segmenter.segment(search.frame, search.objects.models, search.console.progress());
  search.write_detections(detections, search.elapsed() - start);
  search.out.commit();
  print_detections(detections, search.objects.names());
}

}  // namespace

void add_segment_command(CLI::App& app, Action& action) {
  auto* const command =
      app.add_subcommand("segment", "Find which objects are in a picture, and where");
  const auto options = std::make_shared<SearchOptions>();
  add_search_options(*command, *options, UsesBackends::kSegmenter);
  command->footer(
      "Writes detection_ism.json and vis_ism.png.\n"
      "Example:\n"
      "  sam6d segment --rgb rgb.png --depth depth.png --camera camera.json \\\n"
      "    --object mug=mug.ply:mm --object 7=box.s6d --out results");
  command->callback([=, &action] { action = [=] { segment(*options); }; });
}

}  // namespace sam6d::cli

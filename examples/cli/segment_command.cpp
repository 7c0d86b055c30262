#include <memory>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "sam6d/pipeline.hpp"

#include "commands.hpp"
#include "search.hpp"

namespace sam6d::cli {
namespace {

void segment(const SearchOptions& options) {
  Search search(options);
  const double model_start = search.elapsed();
  const Segmenter segmenter = make_segmenter(options.backends, search.config, search.console);
  const double prepare_start = search.elapsed();
  const std::vector<ObjectModel> objects =
      search.prepared_objects([&](const ObjectModel& object, const ProgressFn& progress) {
        return segmenter.prepare(object, progress);
      });
  const double start = search.elapsed();
  PipelineResult found;
  if (options.backends.neural_segmenter()) {
    found.seconds = {{"models", prepare_start - model_start}, {"prepare", start - prepare_start}};
  }
  found.detections =
      segmenter.segment(search.frame, objects, search.console.progress(), &found.segmentation);
  const double write_start = search.elapsed();
  found.seconds.push_back({"segment", write_start - start});
  for (const StageSeconds& part : std::exchange(found.segmentation.seconds, {})) {
    found.seconds.push_back({"segment." + part.stage, part.seconds});
  }
  search.write_detections(found.detections, write_start - start);
  search.write_result(found, search.elapsed() - write_start);
  search.out.commit();
  print_detections(found.detections, search.objects.names());
}

}  // namespace

void add_segment_command(CLI::App& app, Action& action) {
  auto* const command =
      app.add_subcommand("segment", "Find which objects are in a picture, and where");
  const auto options = std::make_shared<SearchOptions>();
  add_search_options(*command, *options, UsesBackends::kSegmenter);
  command->footer(
      "Writes result.json, detection_ism.json and vis_ism.png.\n"
      "Example:\n"
      "  sam6d segment --rgb rgb.png --depth depth.png --camera camera.json \\\n"
      "    --object mug=mug.ply:mm --object 7=box.s6d --out results");
  command->callback([=, &action] { action = [=] { segment(*options); }; });
}

}  // namespace sam6d::cli

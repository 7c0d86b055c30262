#include <filesystem>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "sam6d/detection_io.hpp"
#include "sam6d/pipeline.hpp"

#include "commands.hpp"
#include "errors.hpp"
#include "search.hpp"

namespace sam6d::cli {
namespace {

struct PoseOptions {
  SearchOptions search;
  std::filesystem::path detections;
};

std::string list_of(const std::vector<ObjectModel>& objects) {
  std::string text;
  for (const ObjectModel& object : objects) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", object.id());
  }
  return text;
}

/// The detections of the picture. A file about several pictures is read for the one that --scene-id
/// and --image-id name.
std::vector<Detection> detections_of(const PoseOptions& options, const Search& search,
                                     std::vector<DetectionEntry> entries, bool picture_named) {
  const auto of_picture = [&](const DetectionEntry& entry) {
    return entry.scene_id == options.search.scene_id && entry.image_id == options.search.image_id;
  };
  if (picture_named) {
    std::erase_if(entries, [&](const DetectionEntry& entry) { return !of_picture(entry); });
  }
  std::set<ObjectId> known;
  for (const ObjectModel& object : search.objects.models) known.insert(object.id());
  std::vector<Detection> detections;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const DetectionEntry& entry = entries[i];
    const std::string where = fmt::format("{}[{}]", options.detections.string(), i);
    if (entry.scene_id != entries.front().scene_id || entry.image_id != entries.front().image_id) {
      fail(ErrorCode::kBadFile,
           "{}: expected detections of one picture, found scene {} image {} besides scene {} image "
           "{}; choose one with --scene-id and --image-id",
           where, entry.scene_id, entry.image_id, entries.front().scene_id,
           entries.front().image_id);
    }
    if (entry.width != 0 && (entry.width != search.picture.camera.width ||
                             entry.height != search.picture.camera.height)) {
      fail(ErrorCode::kBadFile, "{}: expected a mask of {} x {} pixels, found {} x {}", where,
           search.picture.camera.width, search.picture.camera.height, entry.width, entry.height);
    }
    if (!known.contains(entry.detection.object)) {
      fail(ErrorCode::kBadFile,
           "{}: expected category_id to be an object of this run ({}), found {}; --object ID=PATH "
           "gives an object its number",
           where, list_of(search.objects.models), entry.detection.object);
    }
    detections.push_back(entry.detection);
  }
  return detections;
}

/// One for each object that says "anywhere in the picture".
std::vector<Detection> search_everywhere(const ObjectSet& objects) {
  std::vector<Detection> detections;
  for (const ObjectModel& object : objects.models) {
    Detection detection;
    detection.object = object.id();
    detection.score = 1;
    detections.push_back(detection);
  }
  return detections;
}

/// The poses of found.detections, and the seconds of each stage.
void estimate(Search& search, const PoseEstimator& estimator, std::span<const ObjectModel> objects,
              PipelineResult& found) {
  const double start = search.elapsed();
  std::vector<StageSeconds> parts;
  found.poses = estimator.estimate(search.frame, objects, found.detections,
                                   search.console.progress(), &parts);
  const double refine_start = search.elapsed();
  found.seconds.push_back({"pose", refine_start - start});
  for (const StageSeconds& part : parts) {
    search.console.note(fmt::format("{}: {:.2f} s", part.stage, part.seconds));
    found.seconds.push_back({"pose." + part.stage, part.seconds});
  }
  const BackendSettings& backends = search.options.backends;
  if (!backends.refine || backends.neural_pose()) return;
  search.refine(estimator, found.poses);
  found.seconds.push_back({"refine", search.elapsed() - refine_start});
}

void find_poses(const PoseOptions& options, bool picture_named) {
  if (options.search.backends.neural_pose() && options.detections.empty()) {
    fail_usage(
        "--pose neural needs --detections: it does not search. --pose geometric does, and \"sam6d "
        "segment\" makes detections");
  }
  std::vector<DetectionEntry> entries;  // read before the dear work of the Search
  if (!options.detections.empty()) entries = load_detections(options.detections);
  Search search(options.search);
  PipelineResult found;
  found.detections = options.detections.empty()
                         ? search_everywhere(search.objects)
                         : detections_of(options, search, std::move(entries), picture_named);
  const double model_start = search.elapsed();
  const PoseEstimator estimator =
      make_estimator(options.search.backends, search.config, search.console);
  const double prepare_start = search.elapsed();
  const std::vector<ObjectModel> objects =
      search.prepared_objects([&](const ObjectModel& object, const ProgressFn& progress) {
        return estimator.prepare(object, progress);
      });
  const double start = search.elapsed();
  if (options.search.backends.neural_pose()) {
    found.seconds = {{"models", prepare_start - model_start}, {"prepare", start - prepare_start}};
  }
  estimate(search, estimator, objects, found);
  const double write_start = search.elapsed();
  search.write_poses(found.poses, write_start - start);
  search.write_result(found, search.elapsed() - write_start);
  search.out.commit();
  print_poses(found.poses, search.objects.names());
}

}  // namespace

void add_pose_command(CLI::App& app, Action& action) {
  auto* const command = app.add_subcommand("pose", "Find the poses of detections that are given");
  const auto options = std::make_shared<PoseOptions>();
  command->add_option("--detections", options->detections,
                      "detection_ism.json of any segmenter; without it every object is searched "
                      "once in the whole picture");
  add_search_options(*command, options->search, UsesBackends::kPose);
  command->footer(
      "Writes result.json, detection_pem.json, vis_pem.png and vis_side_by_side.png.\n"
      "Example:\n"
      "  sam6d pose --rgb rgb.png --depth depth.png --camera camera.json \\\n"
      "    --object 7=box.s6d --detections detection_ism.json --out results");
  command->callback([=, &action] {
    const bool picture_named = command->count("--scene-id") + command->count("--image-id") > 0;
    action = [=] { find_poses(*options, picture_named); };
  });
}

}  // namespace sam6d::cli

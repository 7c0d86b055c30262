#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "sam6d/bop_results.hpp"
#include "sam6d/dataset.hpp"
#include "sam6d/detection_io.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/image_io.hpp"
#include "sam6d/pipeline.hpp"
#include "sam6d/viz.hpp"

#include "backend_settings.hpp"
#include "bop_images.hpp"
#include "bop_journal.hpp"
#include "bop_objects.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "errors.hpp"
#include "interrupt.hpp"
#include "output_folder.hpp"
#include "run_rate.hpp"
#include "shard.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

struct BopArguments {
  GeneralSettings general;
  BackendSettings backends;
  fs::path dataset;
  std::string split = "test";
  fs::path out;
  std::string shard = "1/1";
  fs::path targets;
  fs::path bundles;
  bool viz = false;
};

using Results = std::map<ImageKey, ImageResult>;

fs::path detections_path(fs::path out) { return out.replace_extension(".json"); }

/// What an earlier run has finished.
Results read_finished(const fs::path& out) {
  Results results;
  if (!fs::exists(out)) return results;
  for (const EstimatedPose& pose : load_bop_results(out)) {
    results[{pose.scene_id, pose.im_id}].poses.push_back(pose);
  }
  if (fs::exists(detections_path(out))) {
    for_each_detection(detections_path(out), [&](const DetectionEntry& entry) {
      const auto image = results.find({entry.scene_id, entry.image_id});
      if (image != results.end()) image->second.detections.push_back(detection_json(entry));
    });
  }
  return results;
}

void write_results(const BopArguments& arguments, const Shard& shard, const Results& results) {
  std::vector<EstimatedPose> poses;
  std::vector<std::string> detections;
  for (const auto& [image, result] : results) {
    poses.insert(poses.end(), result.poses.begin(), result.poses.end());
    detections.insert(detections.end(), result.detections.begin(), result.detections.end());
  }
  write_text_file(detections_path(arguments.out),
                  fmt::format("[\n{}\n]\n", fmt::join(detections, ",\n")));
  // The first shard's header is the only one, so that all shards together are one valid file.
  save_bop_results(arguments.out, poses,
                   shard.index == 1 ? HeaderLine::kWrite : HeaderLine::kLeaveOut);
}

/// The benchmark says which objects are there and only counts what is found of them, so even a
/// doubtful pose is worth giving.
Config bop_defaults() {
  Config config;
  config.segmenter.min_score = 0;
  config.neural_segmenter.min_score = 0;
  return config;
}

class BopRun {
 public:
  explicit BopRun(const BopArguments& given)
      : arguments(given),
        console(given.general.quiet, given.general.log_level),
        shard(parse_shard(given.shard)),
        config(make_config(given.general, given.backends, console, bop_defaults())),
        dataset(open_dataset(given.dataset, given.split)),
        targets(read_targets(dataset, given.targets)),
        pipeline(make_segmenter(given.backends, config, console),
                 make_estimator(given.backends, config, console)) {}

  /// The shard's images with the objects to look for.
  [[nodiscard]] std::map<ImageKey, std::set<ObjectId>> images() const {
    std::map<ImageKey, std::set<ObjectId>> mine;
    std::size_t piece = 0;
    for (const auto& image : objects_by_image(targets)) {
      if (shard.has(piece++)) mine.insert(image);
    }
    return mine;
  }

  [[nodiscard]] ImageResult look(const BopImage& image, const std::vector<ObjectModel>& objects) {
    const FrameData picture = load_bop_frame(image);
    Frame frame = picture.view();
    frame.roi = arguments.backends.roi();
    const PipelineResult found =
        pipeline.run(frame, objects, [](const Progress&) { return interrupt_signal() == 0; });
    ImageResult result;
    for (const PoseResult& pose : found.poses) {
      if (!pose.pose) continue;
      result.poses.push_back({image.scene_id, image.im_id, pose.detection.object,
                              static_cast<double>(pose.pose->score), pose.pose->cam_from_obj,
                              found.total_seconds});
    }
    for (const DetectionEntry& entry : detection_entries(
             found.detections, picture.camera, found.total_seconds, image.scene_id, image.im_id)) {
      result.detections.push_back(detection_json(entry));
    }
    if (arguments.viz) draw(image, picture, objects, found);
    return result;
  }

  const BopArguments arguments;
  Console console;
  const Shard shard;
  const Config config;
  const BopDataset dataset;
  const std::vector<Target> targets;
  const Pipeline pipeline;

 private:
  /// OUT_vis/SCENE_IMAGE.png
  void draw(const BopImage& image, const FrameData& picture,
            const std::vector<ObjectModel>& objects, const PipelineResult& found) const {
    const fs::path folder = arguments.out.parent_path() / (arguments.out.stem().string() + "_vis");
    make_folder(folder);
    save_png(
        folder / fmt::format("{:06}_{:06}.png", image.scene_id, image.im_id),
        draw_photo_and_render(picture.rgb.view(), picture.camera, objects, found.poses).view());
  }
};

/// Does the images that are left; returns the failed ones with their reasons.
std::vector<std::string> work(BopRun& run, const std::map<ImageKey, std::set<ObjectId>>& left,
                              BopJournal& journal) {
  std::vector<std::string> failed;
  if (left.empty()) return failed;
  const BopScenes scenes(run.dataset, run.targets);
  std::set<ObjectId> wanted;
  for (const auto& [key, objects] : left) wanted.insert(objects.begin(), objects.end());
  const auto models = load_bop_objects(run.dataset, wanted, run.arguments.bundles,
                                       run.config.onboard, run.pipeline, run.console);
  RunRate rate(left.size());
  for (const auto& [key, objects] : left) {
    throw_if_interrupted();
    const std::string label = fmt::format("scene {} image {}", key.first, key.second);
    try {
      std::vector<ObjectModel> searched;
      for (const ObjectId object : objects) searched.push_back(models.at(object));
      ImageResult result = run.look(scenes.image(key), searched);
      const std::size_t poses = result.poses.size();
      journal.add(key, std::move(result));
      run.console.note(fmt::format("{}: {} poses, {}", label, poses, rate.next()));
    } catch (const Error& problem) {
      if (problem.code() == ErrorCode::kCancelled || problem.code() == ErrorCode::kWriteFailed) {
        throw;
      }
      failed.push_back(fmt::format("{}: {}", label, problem.what()));
      run.console.log(LogLevel::kWarning, fmt::format("{}, {}", failed.back(), rate.next()));
    }
  }
  return failed;
}

/// What results depend on, for telling whether an unfinished run was the same one.
std::string settings_text(const BopRun& run) {
  const GeometricSearchOptions& search = run.config.segmenter.search;
  std::string networks;
  for (const ModelReport& model : run.pipeline.segmenter().models()) {
    const NeuralSegmenterOptions& options = run.config.neural_segmenter;
    networks += fmt::format(
        " {} {} {} {} grid {} {} {} {} {} fastsam {} {} {} gates {} {} {} scores {} {} {} {} {} "
        "views "
        "{} instances {} quirks {}",
        model.network, model.source, model.hash, to_string(model.precision),
        options.points_per_side, options.points_per_batch, options.pred_iou_threshold,
        options.stability_threshold, options.box_nms_threshold, options.fastsam_confidence,
        options.fastsam_nms_threshold, options.fastsam_max_masks, options.prompt_gating,
        options.size_gating, options.merge_iou, options.semantic_threshold, options.best_views,
        options.visible_threshold, options.min_score, options.nms_threshold, options.template_views,
        options.max_instances_per_object, options.reference_quirks);
  }
  for (const ModelReport& model : run.pipeline.estimator().models()) {
    const NeuralPoseOptions& options = run.config.neural_pose;
    networks += fmt::format(
        " {} {} {} views {} min-detection-score {} refine {} verify {} quirks {}", model.network,
        model.hash, to_string(model.precision), options.template_views, options.min_detection_score,
        options.refine, options.verify, options.reference_quirks);
  }
  return fmt::format(
      "split {} shard {} seed {} effort {} color {} planes {} depth {}..{} noise {} {} min-score "
      "{} "
      "{} instances {} k-best {} roi {}{}",
      run.arguments.split, run.arguments.shard, search.seed, static_cast<int>(search.effort),
      search.use_color, search.use_support_planes, search.min_depth_m, search.max_depth_m,
      search.noise_floor_m, search.noise_quadratic, run.config.segmenter.min_score,
      run.config.pose.min_score, run.config.segmenter.max_instances_per_object,
      run.config.pose.k_best, run.arguments.backends.roi_text, networks);
}

void bop(const BopArguments& arguments) {
  BopRun run(arguments);
  check_can_write(arguments.out);
  Results results = read_finished(arguments.out);
  BopJournal journal(fs::path(arguments.out) += ".partial", settings_text(run));
  for (const auto& [image, result] : journal.results()) results[image] = result;

  auto left = run.images();
  const std::size_t all = left.size();
  std::erase_if(left, [&](const auto& image) { return results.contains(image.first); });
  if (left.size() < all) {
    run.console.note(fmt::format("{} of {} images are done already", all - left.size(), all));
  }
  const std::vector<std::string> failed = work(run, left, journal);

  for (const auto& [image, result] : journal.results()) results[image] = result;
  write_results(arguments, run.shard, results);
  journal.remove();
  if (!failed.empty()) {
    fail(ErrorCode::kBadFile, "{} of {} images failed, the first: {}", failed.size(), all,
         failed.front());
  }
  std::printf("%s: %zu images\n", arguments.out.c_str(), results.size());
}

}  // namespace

void add_bop_command(CLI::App& app, Action& action) {
  auto* const command = app.add_subcommand("bop", "Run over a BOP data set");
  const auto arguments = std::make_shared<BopArguments>();
  command->add_option("--dataset", arguments->dataset, "Folder of the data set")->required();
  command->add_option("--split", arguments->split, "Its part")->capture_default_str();
  command->add_option("--out", arguments->out, "BOP19 CSV; detections go beside it as .json")
      ->required();
  command->add_option("--shard", arguments->shard, "i/n: do every n-th image, from the i-th on")
      ->capture_default_str();
  command->add_option("--targets", arguments->targets,
                      "List of what to find; default: the data set's test_targets_bop19.json, or "
                      "else all that is visible enough");
  command->add_option("--bundles", arguments->bundles,
                      "Folder that keeps the onboarded objects for the next run");
  command->add_flag("--viz", arguments->viz, "Draw pictures of the results");
  add_backend_options(*command, arguments->backends, UsesBackends::kBoth);
  add_general_options(*command, arguments->general);
  command->footer(
      "Poses of any score are given unless --min-score says otherwise.\n"
      "A run that was stopped goes on where it was; images that are in the CSV are skipped.\n"
      "Example:\n"
      "  sam6d bop --dataset lmo --split test --out results.csv");
  command->callback([=, &action] { action = [=] { bop(*arguments); }; });
}

}  // namespace sam6d::cli

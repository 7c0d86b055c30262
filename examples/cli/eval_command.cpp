#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "sam6d/bop_results.hpp"
#include "sam6d/dataset.hpp"
#include "sam6d/detection_io.hpp"
#include "sam6d/evaluate.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/mesh_io.hpp"
#include "sam6d/rle.hpp"

#include "bop_images.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "general_settings.hpp"
#include "interrupt.hpp"
#include "output_folder.hpp"
#include "score_report.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

struct EvalArguments {
  GeneralSettings general;
  fs::path dataset;
  std::string split = "test";
  std::vector<fs::path> results;
  std::vector<fs::path> detections;
  fs::path targets;
  fs::path json;
  bool vsd = true;
};

std::vector<EvaluationModel> load_models(const BopDataset& dataset,
                                         const std::vector<Target>& targets) {
  std::set<ObjectId> wanted;
  for (const Target& target : targets) wanted.insert(target.obj_id);
  std::vector<EvaluationModel> models;
  for (const ObjectId object : wanted) {
    const BopObjectInfo& info = dataset.objects.at(object);
    models.push_back({object, load_mesh(eval_model_path(dataset, object), LengthUnit::kMillimetre),
                      info.diameter_m, info.symmetries});
  }
  return models;
}

std::vector<EstimatedPose> load_results(const EvalArguments& arguments,
                                        const std::vector<Target>& targets, Console& console) {
  std::vector<EstimatedPose> estimates;
  for (const fs::path& file : arguments.results) {
    const std::vector<EstimatedPose> more = load_bop_results(file);
    estimates.insert(estimates.end(), more.begin(), more.end());
  }
  const auto wanted = objects_by_image(targets);
  const auto is_target = [&](const EstimatedPose& pose) {
    const auto image = wanted.find({pose.scene_id, pose.im_id});
    return image != wanted.end() && image->second.contains(pose.obj_id);
  };
  const std::size_t others = estimates.size() - static_cast<std::size_t>(std::count_if(
                                                    estimates.begin(), estimates.end(), is_target));
  if (others > 0) {
    console.log(LogLevel::kWarning,
                fmt::format("{} of {} estimates are of no target and do not count", others,
                            estimates.size()));
  }
  return estimates;
}

PoseReport evaluate_poses(const EvalArguments& arguments, const BopDataset& dataset,
                          const BopScenes& scenes, const std::vector<Target>& targets,
                          Console& console) {
  PoseEvaluationOptions options;
  options.threads = arguments.general.threads.value_or(0);
  const PoseEvaluator evaluator(load_models(dataset, targets), options);
  const auto load_image = [&](int scene_id, int im_id) {
    const BopImage& image = scenes.image({scene_id, im_id});
    EvaluationImage loaded{image.camera.intrinsics, {}};
    if (arguments.vsd || loaded.camera.width == 0) {
      Image<float> depth_m = load_bop_depth(image);
      loaded.camera.width = depth_m.width();
      loaded.camera.height = depth_m.height();
      if (arguments.vsd) loaded.depth_m = std::move(depth_m);
    }
    return loaded;
  };
  return evaluator.evaluate(scenes.all_truths(), load_results(arguments, targets, console), targets,
                            load_image, console.progress());
}

/// A detection whose mask is kept small.
struct PackedDetection {
  Detection detection;
  Rle mask;
};

using DetectionsByImage = std::map<ImageKey, std::vector<PackedDetection>>;

DetectionsByImage load_packed(const std::vector<fs::path>& files, bool& any_mask) {
  DetectionsByImage images;
  for (const fs::path& file : files) {
    for_each_detection(file, [&](DetectionEntry entry) {
      PackedDetection packed;
      if (!entry.detection.mask.empty()) {
        packed.mask = encode_rle(entry.detection.mask, entry.width, entry.height);
        entry.detection.mask = Mask();
        any_mask = true;
      }
      packed.detection = std::move(entry.detection);
      images[{entry.scene_id, entry.image_id}].push_back(std::move(packed));
    });
  }
  return images;
}

void evaluate_detections(const EvalArguments& arguments, const BopScenes& scenes,
                         const std::vector<Target>& targets, Console& console,
                         ScoreReport& report) {
  bool any_mask = false;
  const DetectionsByImage detections = load_packed(arguments.detections, any_mask);
  DetectionEvaluationOptions options;
  options.iou = any_mask ? IouKind::kMask : IouKind::kBox;
  const auto images = objects_by_image(targets);
  const ProgressFn progress = console.progress();
  std::vector<DetectionMatches> matches;
  for (const auto& [key, objects] : images) {
    DetectionImage image;
    const BopImage& picture = scenes.image(key);
    for (const BopInstance& instance : scenes.truths(key)) {
      image.truths.push_back({instance.pose.obj_id, load_bop_mask(picture, instance.index),
                              instance.box_visib_px,
                              instance.pose.visib_fract < kMinTargetVisibility});
    }
    if (const auto found = detections.find(key); found != detections.end()) {
      for (const PackedDetection& packed : found->second) {
        image.detections.push_back(packed.detection);
        if (packed.mask.counts.empty()) continue;
        image.detections.back().mask = decode_rle(packed.mask, "--detections");
      }
    }
    matches.push_back(match_detections(image, options));
    progress({"detections", static_cast<int>(matches.size()), static_cast<int>(images.size())});
    throw_if_interrupted();
  }
  report.detections = average_precision(matches);
  report.detection_iou = options.iou;
}

void eval(const EvalArguments& arguments) {
  Console console(arguments.general.quiet, arguments.general.log_level);
  if (!arguments.json.empty()) check_can_write(arguments.json);
  const BopDataset dataset = open_dataset(arguments.dataset, arguments.split);
  const std::vector<Target> targets = read_targets(dataset, arguments.targets);
  const BopScenes scenes(dataset, targets);
  ScoreReport report;
  report.names = dataset.names;
  report.poses = evaluate_poses(arguments, dataset, scenes, targets, console);
  if (!arguments.detections.empty()) {
    evaluate_detections(arguments, scenes, targets, console, report);
  }
  if (!arguments.json.empty()) write_text_file(arguments.json, to_json(report).dump(2) + "\n");
  std::fputs(to_text(report).c_str(), stdout);
}

}  // namespace

void add_eval_command(CLI::App& app, Action& action) {
  auto* const command = app.add_subcommand("eval", "Score results over a BOP data set");
  const auto arguments = std::make_shared<EvalArguments>();
  command->add_option("--dataset", arguments->dataset, "Folder of the data set")->required();
  command->add_option("--split", arguments->split, "Its part")->capture_default_str();
  command->add_option("--results", arguments->results, "BOP19 CSV; repeats")->required();
  command->add_option("--detections", arguments->detections, "COCO detections JSON; repeats");
  command->add_option("--targets", arguments->targets,
                      "List of what to find; default: the data set's test_targets_bop19.json, or "
                      "else all that is visible enough");
  command->add_option("--json", arguments->json, "Also write the scores here");
  command->add_flag("--vsd,!--no-vsd", arguments->vsd,
                    "Compute VSD, which renders every estimate (default: yes)");
  add_general_options(*command, arguments->general);
  command->footer(
      "Prints AR (the mean of AR_VSD, AR_MSSD and AR_MSPD), the recall of ADD(-S) below a tenth of "
      "the\ndiameter, and average precision of detections.\n"
      "Example:\n"
      "  sam6d eval --dataset lmo --split test --results results.csv --detections results.json");
  command->callback([=, &action] { action = [=] { eval(*arguments); }; });
}

}  // namespace sam6d::cli

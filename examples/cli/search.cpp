#include "search.hpp"

#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "sam6d/detection_io.hpp"
#include "sam6d/error.hpp"
#include "sam6d/image_io.hpp"
#include "sam6d/result_io.hpp"
#include "sam6d/version.hpp"
#include "sam6d/viz.hpp"

#include "interrupt.hpp"

namespace sam6d::cli {
namespace {

constexpr double kMillimetresPerMetre = 1000;

Frame frame_of(const FrameData& picture, const std::optional<Roi>& roi) {
  Frame frame = picture.view();
  frame.roi = roi;
  return frame;
}

std::string label_of(ObjectId object, const ObjectNames& names) {
  const auto name = names.find(object);
  return name == names.end() ? std::string() : name->second;
}

}  // namespace

void add_search_options(CLI::App& command, SearchOptions& options, UsesBackends uses) {
  add_picture_options(command, options.picture);
  add_object_options(command, options.objects);
  command.add_option("--out", options.out, "Folder for the results; made where it is missing")
      ->required();
  command.add_flag("--viz,!--no-viz", options.viz, "Draw pictures of the results (default: yes)");
  command.add_option("--scene-id", options.scene_id, "scene_id in the detection files")
      ->capture_default_str();
  command.add_option("--image-id", options.image_id, "image_id in the detection files")
      ->capture_default_str();
  add_backend_options(command, options.backends, uses);
  add_general_options(command, options.general);
}

Search::Search(const SearchOptions& given)
    : options(given),
      console(given.general.quiet, given.general.log_level),
      arguments(parse_objects(given.objects)),
      roi(given.backends.roi()),
      config(make_config(given.general, given.backends, console)),
      picture(load_picture(given.picture, roi)),
      load_seconds(elapsed()),
      frame(frame_of(picture, roi)),
      out(given.out),
      objects(load_objects(arguments, config.onboard, console)) {}

double Search::elapsed() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

void Search::write_detections(std::span<const Detection> detections, double seconds) {
  save_detections(
      out.stage("detection_ism.json"),
      detection_entries(detections, picture.camera, seconds, options.scene_id, options.image_id));
  if (!options.viz) return;
  save_png(out.stage("vis_ism.png"),
           draw_detections(frame.rgb, detections, objects.names()).view());
}

void Search::write_poses(std::span<const PoseResult> results, double seconds) {
  save_poses(out.stage("detection_pem.json"),
             pose_entries(results, picture.camera, seconds, options.scene_id, options.image_id));
  if (!options.viz) return;
  save_png(out.stage("vis_pem.png"),
           draw_poses(frame.rgb, picture.camera, objects.models, results).view());
  save_png(out.stage("vis_side_by_side.png"),
           draw_photo_and_render(frame.rgb, picture.camera, objects.models, results).view());
}

void Search::write_result(const PipelineResult& found, double write_seconds) {
  ResultFile result = make_result(found, objects.names(), picture.camera);
  for (DetectionEntry& entry : result.detections) {
    entry.scene_id = options.scene_id;
    entry.image_id = options.image_id;
  }
  result.seconds.insert(result.seconds.begin(),
                        {{"load", load_seconds}, {"onboard", objects.seconds}});
  result.seconds.push_back({"write", write_seconds});
  result.total_seconds = elapsed();
  result.failed.insert(result.failed.begin(), objects.failed.begin(), objects.failed.end());
  result.objects = objects.paths;
  result.version = std::string(version());
  save_result(out.stage("result.json"), result);
}

std::vector<ObjectModel> Search::prepared_objects(const Prepare& prepare) {
  std::vector<ObjectModel> prepared;
  for (const ObjectModel& object : objects.models) {
    try {
      prepared.push_back(prepare(object, console.progress(object.name())));
    } catch (const Error& problem) {
      if (problem.code() != ErrorCode::kInvalidArgument) throw;
      console.log(LogLevel::kWarning, problem.what());
      prepared.push_back(object);
    }
  }
  return prepared;
}

void Search::refine(const PoseEstimator& estimator, std::vector<PoseResult>& results) const {
  for (PoseResult& result : results) {
    throw_if_interrupted();
    if (!result.pose) continue;
    for (const ObjectModel& object : objects.models) {
      if (object.id() != result.detection.object) continue;
      const PoseResult refined = estimator.refine(frame, object, result.pose->cam_from_obj);
      if (!refined.pose || refined.pose->score < result.pose->score) continue;
      result.pose = refined.pose;
      result.visible_fraction = refined.visible_fraction;
      result.refined = true;
    }
  }
}

void print_poses(std::span<const PoseResult> results, const ObjectNames& names) {
  std::printf("%-8s%-20s%7s%10s%10s%10s\n", "object", "name", "score", "x mm", "y mm", "z mm");
  for (const PoseResult& result : results) {
    const ObjectId object = result.detection.object;
    const std::string label = label_of(object, names);
    if (!result.pose) {
      std::printf("%-8d%-20s no pose: %s\n", object, label.c_str(),
                  std::string(to_string(result.reason)).c_str());
      continue;
    }
    const Eigen::Vector3d t_mm = result.pose->cam_from_obj.translation() * kMillimetresPerMetre;
    std::printf("%-8d%-20s%7.2f%10.1f%10.1f%10.1f\n", object, label.c_str(),
                static_cast<double>(result.pose->score), t_mm.x(), t_mm.y(), t_mm.z());
  }
}

void print_detections(std::span<const Detection> detections, const ObjectNames& names) {
  std::printf("%-8s%-20s%7s  %s\n", "object", "name", "score", "box px (x, y, width, height)");
  for (const Detection& detection : detections) {
    const Box& box = detection.box_px;
    std::printf("%-8d%-20s%7.2f  %d, %d, %d, %d\n", detection.object,
                label_of(detection.object, names).c_str(), static_cast<double>(detection.score),
                box.x0, box.y0, box.width(), box.height());
  }
}

}  // namespace sam6d::cli

#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "sam6d/frame_io.hpp"
#include "sam6d/pipeline.hpp"

#include "backend_settings.hpp"
#include "config_file.hpp"
#include "console.hpp"
#include "general_settings.hpp"
#include "object_set.hpp"
#include "output_folder.hpp"
#include "picture_argument.hpp"

namespace sam6d::cli {

/// Options that segment, pose and run share.
struct SearchOptions {
  GeneralSettings general;
  BackendSettings backends;
  PictureArgument picture;
  ObjectOptions objects;
  std::filesystem::path out;
  bool viz = true;
  int scene_id = 0;
  int image_id = 0;
};

void add_search_options(CLI::App& command, SearchOptions& options, UsesBackends uses);

/// The inputs of segment, pose and run, read and checked from the cheapest to the dearest, and the
/// folder for their outputs.
class Search {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start_ = Clock::now();  // first, to count all that follows

 public:
  explicit Search(const SearchOptions& options);

  /// Writes detection_ism.json and vis_ism.png.
  void write_detections(std::span<const Detection> detections, double seconds);
  /// Writes detection_pem.json, vis_pem.png and vis_side_by_side.png.
  void write_poses(std::span<const PoseResult> results, double seconds);

  /// Writes result.json: what was found, with the stages' seconds; those of loading and onboarding,
  /// `write_seconds` of the other files, and the total are added.
  void write_result(const PipelineResult& found, double write_seconds);

  using Prepare = std::function<ObjectModel(const ObjectModel&, const ProgressFn&)>;
  /// The objects with what a backend wants of them. One that it cannot use stays as it is, with a
  /// warning.
  [[nodiscard]] std::vector<ObjectModel> prepared_objects(const Prepare& prepare);

  /// Refines every pose against the depth and keeps what is no worse (`--refine`).
  void refine(const PoseEstimator& estimator, std::vector<PoseResult>& results) const;

  /// Seconds since the start.
  [[nodiscard]] double elapsed() const;

  const SearchOptions options;
  Console console;
  const std::vector<ObjectArgument> arguments;
  const std::optional<Roi> roi;
  const Config config;
  const FrameData picture;
  const double load_seconds;  ///< for reading the picture
  const Frame frame;
  OutputFolder out;
  const ObjectSet objects;
};

/// A table of the poses for people, on standard output.
void print_poses(std::span<const PoseResult> results, const ObjectNames& names);
/// A table of the detections.
void print_detections(std::span<const Detection> detections, const ObjectNames& names);

}  // namespace sam6d::cli

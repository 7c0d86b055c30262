#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <CLI/App.hpp>

#include "sam6d/pose_estimator.hpp"
#include "sam6d/segmenter.hpp"

#include "config_file.hpp"
#include "console.hpp"
#include "general_settings.hpp"

namespace sam6d::cli {

/// Options of the commands that find objects or their poses.
struct BackendSettings {
  std::string segmenter = "geometric";
  std::string pose = "geometric";
  std::filesystem::path models;
  /// "synthetic", for all networks; or the pose network's file; empty = looked for in `models`.
  std::string weights;
  std::optional<std::string> device;  ///< not given: the configuration file's, or the CPU
  std::optional<std::string> dtype;   ///< not given: the configuration file's, or float32
  std::optional<float> min_score;
  std::optional<int> max_instances;
  std::optional<int> k_best;
  std::optional<double> stability_threshold;
  bool proposes = true;  ///< whether a neural segmenter looks at pictures, or only at objects
  bool reference_quirks = false;
  bool refine = false;
  std::filesystem::path config;
  std::string roi_text;

  /// Pixels of the picture to search, if not all.
  [[nodiscard]] std::optional<Roi> roi() const;
  [[nodiscard]] bool neural_pose() const { return pose == "neural"; }
  [[nodiscard]] bool neural_segmenter() const { return segmenter != "geometric"; }
};

enum class UsesBackends { kSegmenter, kPose, kBoth };

void add_backend_options(CLI::App& command, BackendSettings& settings, UsesBackends uses);
/// Which networks run, with which weights, where: a part of the options above.
void add_model_options(CLI::App& command, BackendSettings& settings, UsesBackends uses);

/// The command's defaults, then the configuration files, then the environment, then the command
/// line. Throws Error(kNotBuilt) when a neural backend is asked for that is not there, and warns
/// about what has no effect.
[[nodiscard]] Config make_config(const GeneralSettings& general, const BackendSettings& backends,
                                 Console& console, Config defaults = {});

/// The segmenter and the estimator that the settings ask for. They load networks, and warn when
/// weights are synthetic; throw as the constructors and find_model_file() do.
[[nodiscard]] Segmenter make_segmenter(const BackendSettings& backends, const Config& config,
                                       Console& console);
/// A neural segmenter that only prepares objects, so that the large network need not be loaded.
[[nodiscard]] Segmenter make_descriptor_segmenter(const BackendSettings& backends,
                                                  const Config& config, Console& console);
[[nodiscard]] PoseEstimator make_estimator(const BackendSettings& backends, const Config& config,
                                           Console& console);

}  // namespace sam6d::cli

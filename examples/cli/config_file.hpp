#pragma once

#include <filesystem>
#include <optional>

#include "sam6d/object_model.hpp"
#include "sam6d/pose_estimator.hpp"
#include "sam6d/segmenter.hpp"

namespace sam6d::cli {

/// The options of everything that a command may run, at their defaults.
struct Config {
  OnboardOptions onboard;
  GeometricSegmenterOptions segmenter;
  NeuralSegmenterOptions neural_segmenter;  ///< without its weights
  GeometricPoseOptions pose;
  NeuralPoseOptions neural_pose;  ///< without its weights
};

/// Changes what a JSON file says: {"onboard": {...}, "segmenter": {...}, "neural_segmenter": {...},
/// "pose": {...}, "neural_pose": {...}, "search": {...}}, with the field names of the options
/// structs as keys; "search" holds for all that search. Throws Error(kBadFile), naming file and
/// key, also for unknown keys.
void read_config(const std::filesystem::path& file, Config& config);

/// Changes one part by a file that holds the fields of that part alone.
void read_segmenter_config(const std::filesystem::path& file, GeometricSegmenterOptions& options);
void read_segmenter_config(const std::filesystem::path& file, NeuralSegmenterOptions& options);
void read_pose_config(const std::filesystem::path& file, GeometricPoseOptions& options);
void read_pose_config(const std::filesystem::path& file, NeuralPoseOptions& options);

}  // namespace sam6d::cli

#include "backend_settings.hpp"

#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "sam6d/device.hpp"
#include "sam6d/neural_library.hpp"

#include "errors.hpp"
#include "model_folder.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

constexpr const char* kGroup = "Models";

constexpr const char* kSynthetic = "synthetic";

fs::path folder_of(const BackendSettings& settings) {
  return settings.models.empty() ? default_model_folder() : settings.models;
}

fs::path proposal_file(const BackendSettings& settings) {
  return settings.segmenter == "sam"
             ? find_model_file(folder_of(settings), {"sam-vit-h", "sam-vit-l", "sam-vit-b"})
             : find_model_file(folder_of(settings), {"fastsam"});
}

/// The file of the pose network's weights; nothing for synthetic ones.
std::optional<fs::path> pose_weights(const BackendSettings& settings) {
  if (settings.weights == kSynthetic) return std::nullopt;
  if (settings.weights.empty()) return find_model_file(folder_of(settings), {"pem"});
  std::error_code error;
  if (!fs::is_regular_file(settings.weights, error)) {
    fail(ErrorCode::kFileNotFound,
         "--weights: expected a file or \"synthetic\", found no file at {}", settings.weights);
  }
  return settings.weights;
}

void require_built(const BackendSettings& settings, const GeneralSettings& general) {
  if (!settings.neural_pose() && !settings.neural_segmenter()) return;
  // LibTorch reads how many threads it may use when it is loaded.
  if (general.threads && *general.threads > 0) {
    setenv("OMP_NUM_THREADS", std::to_string(*general.threads).c_str(), 1);
  }
  const NeuralLibrary library = neural_library();
  if (!library.available) {
    if (settings.neural_segmenter()) {
      fail(ErrorCode::kNotBuilt, "--segmenter {}: {}; --segmenter geometric is there",
           settings.segmenter, library.problem);
    }
    fail(ErrorCode::kNotBuilt, "--pose neural: {}", library.problem);
  }
  // Before the dear work.
  if (settings.neural_segmenter() && settings.weights != kSynthetic) {
    if (settings.proposes) (void)proposal_file(settings);
    (void)find_model_file(folder_of(settings), {"dinov2"});
  }
  if (settings.neural_pose()) (void)pose_weights(settings);
}

/// Neural options are accepted with geometric backends, so that one environment serves both, but
/// not silently.
void warn_without_effect(const BackendSettings& settings, Console& console) {
  const auto warn = [&](const char* option) {
    console.log(LogLevel::kWarning,
                fmt::format("{} has no effect on the geometric backends", option));
  };
  const bool file_given = !settings.weights.empty() && settings.weights != kSynthetic;
  if (settings.stability_threshold && settings.segmenter != "sam") {
    console.log(LogLevel::kWarning, "--stability-threshold has an effect on --segmenter sam alone");
  }
  if (settings.neural_pose() && settings.k_best) {
    console.log(LogLevel::kWarning, "--k-best has no effect with --pose neural");
  }
  if (settings.neural_segmenter() && !settings.neural_pose() && file_given) {
    console.log(LogLevel::kWarning,
                "--weights FILE is for the pose network, which does not run; those of --segmenter "
                "lie in --models");
  }
  if (settings.neural_pose() || settings.neural_segmenter()) return;
  if (settings.device && parse_device(*settings.device).kind != Device::kCpu) warn("--device");
  if (settings.dtype && *settings.dtype != "float32") warn("--dtype");
  if (!settings.weights.empty()) warn("--weights");
  if (settings.reference_quirks) warn("--reference-quirks");
}

void read_config_files(const BackendSettings& settings, Config& config, Console& console) {
  if (const char* const folder = std::getenv("ISM_CONFIG_DIR")) {
    const fs::path file = fs::path(folder) / "segmenter.json";
    if (fs::exists(file)) {
      if (settings.neural_segmenter()) {
        read_segmenter_config(file, config.neural_segmenter);
      } else {
        read_segmenter_config(file, config.segmenter);
      }
    }
  }
  if (const char* const file = std::getenv("PEM_CONFIG_PATH")) {
    if (fs::path(file).extension() == ".json") {
      if (settings.neural_pose()) {
        read_pose_config(file, config.neural_pose);
      } else {
        read_pose_config(file, config.pose);
      }
    } else {
      console.log(LogLevel::kWarning,
                  fmt::format("PEM_CONFIG_PATH is ignored: expected a .json file, found {}", file));
    }
  }
  if (!settings.config.empty()) read_config(settings.config, config);
}

/// Options with the weights of DINOv2 alone; warns when they are synthetic.
NeuralSegmenterOptions descriptor_options(const BackendSettings& settings, const Config& config,
                                          Console& console) {
  NeuralSegmenterOptions options = config.neural_segmenter;
  if (settings.weights == kSynthetic) {
    options.descriptor_weights = Weights::synthetic(Network::kDinov2);
    console.log(LogLevel::kWarning,
                "the segmentation networks have synthetic weights: detections mean nothing");
  } else {
    options.descriptor_weights = Weights::from_file(
        find_model_file(folder_of(settings), {"dinov2"}), {}, console.progress());
  }
  return options;
}

}  // namespace

std::optional<Roi> BackendSettings::roi() const {
  if (roi_text.empty()) return std::nullopt;
  std::array<int, 4> numbers{};
  const char* at = roi_text.data();
  const char* const end = at + roi_text.size();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto [stop, problem] = std::from_chars(at, end, numbers[i]);
    const bool separated = i + 1 == numbers.size() ? stop == end : stop != end && *stop == ',';
    if (problem != std::errc{} || !separated || numbers[i] < 0 || numbers[i] > 1 << 20) {
      fail_usage("--roi: expected x,y,width,height in pixels, found \"{}\"", roi_text);
    }
    at = stop + 1;
  }
  return Roi{numbers[0], numbers[1], numbers[0] + numbers[2], numbers[1] + numbers[3]};
}

void add_backend_options(CLI::App& command, BackendSettings& settings, UsesBackends uses) {
  if (uses != UsesBackends::kPose) {
    command
        .add_option("--stability-threshold", settings.stability_threshold,
                    "Least stability of neural mask proposals")
        ->envname("ISM_STABILITY_THRESHOLD")
        ->group(kGroup);
    command
        .add_option("--max-instances", settings.max_instances,
                    "At most so many detections of one object; 0 = no limit")
        ->check(CLI::Range(0, 1'000'000))
        ->group(kGroup);
  }
  if (uses != UsesBackends::kSegmenter) {
    command.add_flag("--refine", settings.refine, "Refine each pose once more against the depth")
        ->group(kGroup);
    command.add_option("--k-best", settings.k_best, "So many poses for each detection")
        ->check(CLI::Range(1, 1000))
        ->group(kGroup);
  }
  add_model_options(command, settings, uses);
  command.add_option("--min-score", settings.min_score, "Drop what is less probable than this")
      ->check(CLI::Range(0.0, 1.0))
      ->group(kGroup);
  command.add_option("--roi", settings.roi_text, "Search only here: x,y,width,height in pixels")
      ->group(kGroup);
  command.add_option("--config", settings.config, "JSON with fields of the options structs")
      ->group(kGroup);
}

void add_model_options(CLI::App& command, BackendSettings& settings, UsesBackends uses) {
  if (uses != UsesBackends::kPose) {
    command.add_option("--segmenter", settings.segmenter, "geometric, sam or fastsam")
        ->check(CLI::IsMember({"geometric", "sam", "fastsam"}))
        ->envname("ISM_MODEL_TYPE")
        ->capture_default_str()
        ->group(kGroup);
  }
  if (uses != UsesBackends::kSegmenter) {
    command.add_option("--pose", settings.pose, "geometric or neural")
        ->check(CLI::IsMember({"geometric", "neural"}))
        ->capture_default_str()
        ->group(kGroup);
  }
  command
      .add_option("--weights", settings.weights,
                  uses == UsesBackends::kSegmenter
                      ? "\"synthetic\" instead of the files in --models: made by a formula, so "
                        "that results mean nothing"
                      : "File of the pose network's weights instead of the one in --models; or, "
                        "for all networks, \"synthetic\": made by a formula, so that results "
                        "mean nothing")
      ->group(kGroup);
  command.add_option("--models", settings.models, "Folder of the neural weights")
      ->default_str(default_model_folder().string())
      ->group(kGroup);
  command.add_option("--device", settings.device, "Where networks run: cpu or cuda[:i]")
      ->check(CLI::Validator(
          [](const std::string& text) {
            try {
              (void)parse_device(text);
              return std::string{};
            } catch (const Error& problem) {
              return std::string(problem.what());
            }
          },
          ""))
      ->default_str("cpu")
      ->group(kGroup);
  command.add_option("--dtype", settings.dtype, "Numbers of networks")
      ->check(CLI::IsMember({"float32", "bfloat16", "float16"}))
      ->default_str("float32")
      ->group(kGroup);
  command
      .add_flag("--reference-quirks", settings.reference_quirks,
                "Networks repeat the mistakes of the reference")
      ->group(kGroup);
}

Config make_config(const GeneralSettings& general, const BackendSettings& settings,
                   Console& console, Config defaults) {
  require_built(settings, general);
  warn_without_effect(settings, console);
  Config config = std::move(defaults);
  read_config_files(settings, config, console);
  if (general.seed) {
    config.onboard.seed = *general.seed;
    config.segmenter.search.seed = *general.seed;
    config.pose.search.seed = *general.seed;
    config.neural_pose.search.seed = *general.seed;
    config.neural_pose.seed = *general.seed;
  }
  if (general.threads) {
    config.onboard.threads = *general.threads;
    config.onboard.templates.threads = *general.threads;
    config.segmenter.search.threads = *general.threads;
    config.pose.search.threads = *general.threads;
    config.neural_pose.search.threads = *general.threads;
    config.neural_segmenter.threads = *general.threads;
  }
  if (settings.min_score) {
    config.segmenter.min_score = *settings.min_score;
    config.pose.min_score = *settings.min_score;
    config.neural_pose.min_score = *settings.min_score;
    config.neural_segmenter.min_score = *settings.min_score;
  }
  if (settings.max_instances) {
    config.segmenter.max_instances_per_object = *settings.max_instances;
    config.neural_segmenter.max_instances_per_object = *settings.max_instances;
  }
  if (settings.stability_threshold) {
    config.neural_segmenter.stability_threshold = static_cast<float>(*settings.stability_threshold);
  }
  if (settings.k_best) config.pose.k_best = *settings.k_best;
  if (settings.device) {
    config.neural_pose.device = parse_device(*settings.device);
    config.neural_segmenter.device = config.neural_pose.device;
  }
  if (settings.dtype) {
    config.neural_pose.precision = parse_precision(*settings.dtype);
    config.neural_segmenter.precision = config.neural_pose.precision;
  }
  if (settings.refine) config.neural_pose.refine = true;
  if (settings.reference_quirks) {
    config.neural_pose.reference_quirks = true;
    config.neural_segmenter.reference_quirks = true;
  }
  config.onboard.validate();
  config.segmenter.validate();
  config.pose.validate();
  return config;
}

Segmenter make_segmenter(const BackendSettings& settings, const Config& config, Console& console) {
  if (!settings.neural_segmenter()) return Segmenter(config.segmenter);
  const bool is_sam = settings.segmenter == "sam";
  NeuralSegmenterOptions options = descriptor_options(settings, config, console);
  options.proposals = is_sam ? ProposalNetwork::kSam : ProposalNetwork::kFastSam;
  if (settings.weights == kSynthetic) {
    options.proposal_weights = Weights::synthetic(is_sam ? Network::kSam : Network::kFastSam);
  } else {
    options.proposal_weights = Weights::from_file(proposal_file(settings), {}, console.progress());
  }
  return Segmenter(options, console.progress());
}

Segmenter make_descriptor_segmenter(const BackendSettings& settings, const Config& config,
                                    Console& console) {
  return Segmenter(descriptor_options(settings, config, console), console.progress());
}

PoseEstimator make_estimator(const BackendSettings& settings, const Config& config,
                             Console& console) {
  if (!settings.neural_pose()) return PoseEstimator(config.pose);
  NeuralPoseOptions options = config.neural_pose;
  if (const std::optional<fs::path> file = pose_weights(settings)) {
    options.weights = Weights::from_file(*file, {}, console.progress());
  } else {
    options.weights = Weights::synthetic(Network::kPem);
    console.log(LogLevel::kWarning,
                "the pose network has synthetic weights: its poses and scores mean nothing");
  }
  return PoseEstimator(options, console.progress());
}

}  // namespace sam6d::cli

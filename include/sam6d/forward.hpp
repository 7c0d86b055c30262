#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sam6d/device.hpp"
#include "sam6d/export.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/tensor.hpp"
#include "sam6d/weights.hpp"

/// One network, or one operator, on tensors: the proof of parity for anyone with weights and values
/// of their own. docs/formats.md lists the names and shapes of the tensors.
namespace sam6d {

struct ForwardOptions {
  Device device;
  Precision precision = Precision::kFloat32;
  /// Sizes other than the published ones, as a JSON object; see docs/formats.md.
  std::string config;
  /// Give every intermediate tensor, too.
  bool stages = false;
  /// How often to run, 1..10000; the first run is timed like the others.
  int repeat = 1;
  /// Of draws that the input does not bring.
  std::uint64_t seed = 0;
  int threads = 0;  ///< of LibTorch, in the whole process; 0 = as they are

  /// Throws Error(kInvalidArgument) that names the field.
  SAM6D_API void validate() const;
};

struct ForwardResult {
  TensorMap outputs;
  /// Of each run, the device's work included. For `pem` without what depends on the object alone.
  std::vector<double> seconds;
  double load_seconds = 0;     ///< making the network of its weights
  double prepare_seconds = 0;  ///< what depends on the object alone
};

/// "pem", "pem-templates", "sam-encoder", "sam-decoder", "dinov2", "fastsam", and the operators on
/// point sets: "pointnet2-fps", "pointnet2-ball-query", "pointnet2-gather", "pointnet2-group",
/// "pointnet2-three-nn", "pointnet2-three-interpolate".
[[nodiscard]] SAM6D_API std::vector<std::string_view> forward_models();

/// Throws Error(kInvalidArgument) for an unknown model, a tensor that is missing or of another type
/// or shape, Error(kBadWeights), Error(kNotBuilt) without the neural library, Error(kDevice). The
/// operators take no weights.
[[nodiscard]] SAM6D_API ForwardResult forward(std::string_view model, const Weights& weights,
                                              const TensorViewMap& inputs,
                                              const ForwardOptions& options = {},
                                              const ProgressFn& progress = {});

}  // namespace sam6d

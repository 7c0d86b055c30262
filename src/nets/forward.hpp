#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "nets/tensor_conversion.hpp"
#include "sam6d/export.hpp"
#include "sam6d/forward.hpp"

namespace sam6d::nets {

/// What sam6d::forward does, in the neural library, for options that it found valid; exceptions of
/// LibTorch pass through.
[[nodiscard]] SAM6D_API ForwardResult run_forward(std::string_view model, const Weights& weights,
                                                  const TensorViewMap& inputs,
                                                  const ForwardOptions& options,
                                                  const ProgressFn& progress);

/// A run that was asked for: its inputs, and how to give outputs and times.
struct ForwardRun {
  const TensorsByName& inputs;
  const ForwardOptions& options;
  const ProgressFn& progress;
  ForwardResult& result;

  /// Throws Error(kInvalidArgument) when it is missing.
  [[nodiscard]] const at::Tensor& input(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  void give(std::string_view name, const at::Tensor& value) const;
  /// Calls `body` options.repeat times, and waits for the device each time.
  void time(const std::function<void()>& body) const;
};

void forward_pem(const Weights& weights, const ForwardRun& run);
void forward_pem_templates(const Weights& weights, const ForwardRun& run);
void forward_sam_encoder(const Weights& weights, const ForwardRun& run);
void forward_sam_decoder(const Weights& weights, const ForwardRun& run);
void forward_dinov2(const Weights& weights, const ForwardRun& run);
void forward_fastsam(const Weights& weights, const ForwardRun& run);
/// Throws Error(kInvalidArgument) for an operator that is none.
void forward_operator(std::string_view name, const ForwardRun& run);

}  // namespace sam6d::nets

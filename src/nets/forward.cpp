#include "nets/forward.hpp"

#include <string>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "base/fail.hpp"
#include "base/stopwatch.hpp"
#include "nets/precision.hpp"

namespace sam6d::nets {

const at::Tensor& ForwardRun::input(std::string_view name) const {
  const auto found = inputs.find(name);
  if (found == inputs.end()) {
    std::string names;
    for (const auto& [other, unused] : inputs) names += " " + other;
    fail(ErrorCode::kInvalidArgument, "forward: tensor {} is missing; there are:{}", name, names);
  }
  return found->second;
}

bool ForwardRun::has(std::string_view name) const { return inputs.contains(name); }

void ForwardRun::give(std::string_view name, const at::Tensor& value) const {
  result.outputs.insert_or_assign(std::string(name), from_torch(value));
}

void ForwardRun::time(const std::function<void()>& body) const {
  const at::Device device = torch_device(options.device);
  for (int i = 0; i < options.repeat; ++i) {
    const Stopwatch watch;
    body();
    if (device.is_cuda()) {
      const c10::impl::VirtualGuardImpl guard(at::kCUDA);
      guard.synchronizeStream(guard.getStream(device));
    }
    result.seconds.push_back(watch.seconds());
  }
}

ForwardResult run_forward(std::string_view model, const Weights& weights,
                          const TensorViewMap& inputs, const ForwardOptions& options,
                          const ProgressFn& progress) {
  const c10::InferenceMode inference;
  if (options.threads > 0) at::set_num_threads(options.threads);
  const TensorsByName tensors = to_torch(inputs);
  ForwardResult result;
  const ForwardRun run{tensors, options, progress, result};
  if (model == "pem") {
    forward_pem(weights, run);
  } else if (model == "pem-templates") {
    forward_pem_templates(weights, run);
  } else if (model == "sam-encoder") {
    forward_sam_encoder(weights, run);
  } else if (model == "sam-decoder") {
    forward_sam_decoder(weights, run);
  } else if (model == "dinov2") {
    forward_dinov2(weights, run);
  } else if (model == "fastsam") {
    forward_fastsam(weights, run);
  } else {
    forward_operator(model, run);
  }
  return result;
}

}  // namespace sam6d::nets

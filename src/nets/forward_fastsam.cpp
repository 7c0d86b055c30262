#include <ATen/core/Tensor.h>

#include "base/stopwatch.hpp"
#include "nets/fastsam.hpp"
#include "nets/forward.hpp"
#include "nets/precision.hpp"

namespace sam6d::nets {

void forward_fastsam(const Weights& weights, const ForwardRun& run) {
  const at::Tensor& input = run.input("input");
  const Stopwatch watch;
  const at::Device device = torch_device(run.options.device);
  const FastSam network =
      load_fastsam(weights,
                   run.options.config.empty() ? fastsam_sizes_of(weights)
                                              : fastsam_sizes_from_json(run.options.config),
                   device, torch_type(run.options.precision, device));
  run.result.load_seconds = watch.seconds();

  FastSamOutput output;
  run.time([&] { output = nets::run(network, input); });
  if (run.options.stages) {
    output = nets::run(network, input, [&](std::string_view name, const at::Tensor& value) {
      run.give(name, value.to(at::kFloat));
    });
  }
  run.give("pred", output.pred);
  run.give("proto", output.proto);
}

}  // namespace sam6d::nets

#include "base/stopwatch.hpp"
#include "nets/dinov2.hpp"
#include "nets/forward.hpp"
#include "nets/precision.hpp"

namespace sam6d::nets {

void forward_dinov2(const Weights& weights, const ForwardRun& run) {
  const Dinov2Config config =
      run.options.config.empty() ? Dinov2Config{} : dinov2_config_from_json(run.options.config);
  const at::Device device = torch_device(run.options.device);
  const Stopwatch watch;
  const Dinov2 network =
      load_dinov2(weights, device, torch_type(run.options.precision, device), config);
  run.result.load_seconds = watch.seconds();
  const at::Tensor& images = run.input("input");
  Dinov2Tokens found;
  run.time([&] { found = tokens(network, images); });
  if (run.options.stages) {
    found = tokens(network, images, [&](std::string_view name, const at::Tensor& value) {
      run.give(name, value.to(at::kFloat));
    });
  }
  run.give("cls", found.cls);
  run.give("patch", found.patch);
}

}  // namespace sam6d::nets

#include "sam6d/forward.hpp"

#include "base/fail.hpp"
#include "base/neural_factory.hpp"

namespace sam6d {

void ForwardOptions::validate() const {
  constexpr int kMostRepeats = 10'000;
  if (repeat < 1 || repeat > kMostRepeats) {
    fail(ErrorCode::kInvalidArgument, "forward options: repeat: expected 1 to {}, found {}",
         kMostRepeats, repeat);
  }
  if (threads < 0) {
    fail(ErrorCode::kInvalidArgument, "forward options: threads: expected 0 or more, found {}",
         threads);
  }
}

std::vector<std::string_view> forward_models() {
  return {"pem",
          "pem-templates",
          "sam-encoder",
          "sam-decoder",
          "dinov2",
          "fastsam",
          "pointnet2-fps",
          "pointnet2-ball-query",
          "pointnet2-gather",
          "pointnet2-group",
          "pointnet2-three-nn",
          "pointnet2-three-interpolate"};
}

ForwardResult forward(std::string_view model, const Weights& weights, const TensorViewMap& inputs,
                      const ForwardOptions& options, const ProgressFn& progress) {
  options.validate();
  return neural_factory().forward(model, weights, inputs, options, progress);
}

}  // namespace sam6d

// The neural library makes itself known to the core when it is loaded.
#include "base/neural_factory.hpp"
#include "nets/forward.hpp"
#include "neural/blas.hpp"
#include "neural/neural_pose_backend.hpp"
#include "neural/neural_segmenter_backend.hpp"
#include "neural/torch_errors.hpp"
#include "ops/gpus.hpp"
#include "sam6d/version.hpp"

#define SAM6D_TEXT_OF(number) #number
#define SAM6D_TEXT(number) SAM6D_TEXT_OF(number)

namespace sam6d {
namespace {

constexpr const char* kVersion = SAM6D_TEXT(SAM6D_VERSION_MAJOR) "." SAM6D_TEXT(
    SAM6D_VERSION_MINOR) "." SAM6D_TEXT(SAM6D_VERSION_PATCH);

std::shared_ptr<const PoseEstimator::Backend> make_pose_backend(const NeuralPoseOptions& options,
                                                                const ProgressFn& progress) {
  warn_of_blas();
  return make_neural_pose_backend(options, progress);
}

std::shared_ptr<const Segmenter::Backend> make_segmenter_backend(
    const NeuralSegmenterOptions& options, const ProgressFn& progress) {
  warn_of_blas();
  return make_neural_segmenter_backend(options, progress);
}

ForwardResult forward(std::string_view model, const Weights& weights, const TensorViewMap& inputs,
                      const ForwardOptions& options, const ProgressFn& progress) {
  warn_of_blas();
  return with_torch_errors(
      model, [&] { return nets::run_forward(model, weights, inputs, options, progress); });
}

NeuralLibrary describe() {
  NeuralLibrary library;
  library.available = true;
  library.torch_version = SAM6D_TORCH_VERSION;
  const BlasUse blas = find_blas();
  library.blas = blas.used.string();
  library.blas_problem = blas_problem(blas);
  library.cuda_compiled = ops::cuda_is_compiled();
  library.gpus = ops::gpus();
  return library;
}

constexpr NeuralFactory kFactory{kVersion, &make_pose_backend, &make_segmenter_backend, &forward,
                                 &describe};

}  // namespace

// A name for linkers to want, which would leave this file of an archive out of a program.
extern SAM6D_API const bool neural_backends_registered;
const bool neural_backends_registered = [] {
  register_neural_factory(&kFactory);
  return true;
}();

}  // namespace sam6d

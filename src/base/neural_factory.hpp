#pragma once

#include <memory>
#include <string_view>

#include "sam6d/export.hpp"
#include "sam6d/forward.hpp"
#include "sam6d/neural_library.hpp"
#include "sam6d/pose_estimator.hpp"
#include "sam6d/segmenter.hpp"

/// How the core, which never links LibTorch, reaches the neural library.
namespace sam6d {

/// What the neural library registers when it is loaded; its functions translate the exceptions of
/// LibTorch.
struct NeuralFactory {
  /// Of the core that it was compiled with; another one's options may be laid out differently.
  const char* version;
  std::shared_ptr<const PoseEstimator::Backend> (*make_pose_backend)(const NeuralPoseOptions&,
                                                                     const ProgressFn&);
  std::shared_ptr<const Segmenter::Backend> (*make_segmenter_backend)(const NeuralSegmenterOptions&,
                                                                      const ProgressFn&);
  ForwardResult (*forward)(std::string_view, const Weights&, const TensorViewMap&,
                           const ForwardOptions&, const ProgressFn&);
  NeuralLibrary (*describe)();
};

/// `factory` must live as long as the process. The first one stays.
SAM6D_API void register_neural_factory(const NeuralFactory* factory) noexcept;

/// The registered one; when there is none, loads libsam6d_neural.so.N from the folder of the core
/// library. Throws Error(kNotBuilt) that says what to do.
[[nodiscard]] SAM6D_API const NeuralFactory& neural_factory();

}  // namespace sam6d

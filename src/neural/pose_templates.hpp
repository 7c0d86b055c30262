#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "checkpoint/tensor.hpp"
#include "nets/pem.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/progress.hpp"

/// What the pose network wants to know of an object.
namespace sam6d {

struct TemplateSettings {
  int views = 42;  ///< 0 = all that the object has
  int batch_size = 8;
  int threads = 0;
  std::uint64_t seed = 0;
  bool reference_quirks = false;
};

/// Under which key an object keeps them: another one for whatever changes them, but for the seed,
/// whose draws are as good as any others. network_hash: nets::pem_hash().
[[nodiscard]] std::string template_key(const std::string& network_hash, Precision precision,
                                       const TemplateSettings& settings);

/// Features of the object's views. Throws Error(kInvalidArgument) for an object without views that
/// show it.
[[nodiscard]] nets::PemTemplates compute_templates(const nets::Pem& network,
                                                   const ObjectModel& object,
                                                   const TemplateSettings& settings,
                                                   const ProgressFn& progress);

/// As tensors of a bundle: `points` and `features`. Back, nothing unless they are of the network's
/// sizes and finite.
[[nodiscard]] TensorMap to_tensors(const nets::PemTemplates& templates);
[[nodiscard]] std::optional<nets::PemTemplates> to_templates(const TensorMap& tensors,
                                                             const nets::PemConfig& config);

/// (m,3) float32 points spread over the surface, metres; m is 1024 where the object has as many.
[[nodiscard]] at::Tensor model_points(const ObjectModel& object);

}  // namespace sam6d

#pragma once

#include <optional>
#include <string>

#include "checkpoint/tensor.hpp"
#include "neural/descriptors.hpp"
#include "sam6d/object_model.hpp"

/// What the descriptor network says of an object's template views.
namespace sam6d {

struct ViewDescriptorSettings {
  int views = 42;  ///< evenly spread over those the object has; 0 = all
  DescriptorSettings pictures;
  bool reference_quirks = false;
};

/// Under which key an object keeps them: another one for whatever changes them.
[[nodiscard]] std::string view_descriptor_key(const nets::Dinov2& network,
                                              const ViewDescriptorSettings& settings);

/// Row i describes view chosen_views(object.template_view_count(), settings.views)[i]; a view that
/// shows nothing is a row of zeros. Patches are rounded to float16, as they are kept in bundles.
/// Throws Error(kInvalidArgument) for an object without views that show it, Error(kCancelled).
[[nodiscard]] Descriptors compute_view_descriptors(const nets::Dinov2& network,
                                                   const ObjectModel& object,
                                                   const ViewDescriptorSettings& settings,
                                                   const ProgressFn& progress = {});

/// As tensors of a bundle: `cls`, and `patches` in float16 of the valid ones alone with their
/// `places`. Back, nothing unless they are of the network's width and finite.
[[nodiscard]] TensorMap to_tensors(const Descriptors& descriptors);
[[nodiscard]] std::optional<Descriptors> to_descriptors(const TensorMap& tensors,
                                                        const nets::Dinov2& network);

/// What the object keeps; nothing when it was not prepared for this
/// network, or cannot be used, which is logged.
[[nodiscard]] std::optional<Descriptors> kept_view_descriptors(
    const nets::Dinov2& network, const ObjectModel& object, const ViewDescriptorSettings& settings);

/// A copy of the object that keeps them; the object itself if it does already.
[[nodiscard]] ObjectModel with_view_descriptors(const nets::Dinov2& network,
                                                const ObjectModel& object,
                                                const ViewDescriptorSettings& settings,
                                                const ProgressFn& progress = {});

}  // namespace sam6d

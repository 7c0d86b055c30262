#pragma once

#include <optional>
#include <vector>

#include "neural/network_crop.hpp"
#include "sam6d/template_views.hpp"

namespace sam6d {

/// Points that are sampled of each template view.
inline constexpr int kTemplatePoints = 5000;

/// Cuts the object out of a template view: pixels whose mask is 255, their points in the object's
/// frame. Nothing where the view shows less than a detection would have to.
[[nodiscard]] std::optional<MaskedCrop> crop_template(const TemplateView& view,
                                                      bool reference_quirks);

/// Numbers of `wanted` views out of `available`, evenly spread over the numbering; all for 0 or
/// where there are no more.
[[nodiscard]] std::vector<int> chosen_views(int available, int wanted);

}  // namespace sam6d

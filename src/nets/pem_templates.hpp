#pragma once

#include <cstdint>

#include "nets/pem_network.hpp"

namespace sam6d::nets {

/// See Pem::template_features.
[[nodiscard]] PemTemplates template_features(const PemNetwork& network, const PemViews& views,
                                             bool radius_of_all_points, std::int64_t batch,
                                             const ProgressFn& progress, const StageFn& stage);

/// Features of pictures' pixels in the network's type, with the stages featmap_`name`_sub and
/// cls_`name`. rgb_u8: (B,224,224,3); choose: (B,n) int64, both on the network's device.
[[nodiscard]] FeatureGrid picture_features(const PemNetwork& network, const at::Tensor& rgb_u8,
                                           const std::string& name, const StageFn& stage);

}  // namespace sam6d::nets

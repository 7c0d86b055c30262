#pragma once

#include <span>

#include "nets/pem_network.hpp"

namespace sam6d::nets {

/// See Pem::estimate.
[[nodiscard]] PemPoses estimate_poses(const PemNetwork& network, const PemDetections& detections,
                                      std::span<const PemObjectPtr> objects, const StageFn& stage);

}  // namespace sam6d::nets

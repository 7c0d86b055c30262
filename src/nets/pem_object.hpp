#pragma once

#include "nets/pem_network.hpp"

namespace sam6d::nets {

/// See Pem::prepare.
[[nodiscard]] PemObjectPtr prepare_object(const PemNetwork& network, const PemTemplates& templates,
                                          const at::Tensor& model_points);

}  // namespace sam6d::nets

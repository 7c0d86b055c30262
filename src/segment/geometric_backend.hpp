#pragma once

#include <memory>

#include "segment/backend.hpp"

namespace sam6d {

[[nodiscard]] std::shared_ptr<const Segmenter::Backend> make_geometric_segmenter(
    const GeometricSegmenterOptions& options);

}  // namespace sam6d

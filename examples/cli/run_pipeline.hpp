#pragma once

#include "sam6d/pipeline.hpp"

#include "search.hpp"

namespace sam6d::cli {

/// Finds the objects and their poses, and writes result.json, the two detection files and the
/// pictures.
[[nodiscard]] PipelineResult run_pipeline(Search& search);

}  // namespace sam6d::cli

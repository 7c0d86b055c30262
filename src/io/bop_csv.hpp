#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sam6d/bop_results.hpp"

namespace sam6d {

/// The estimates in the text of a results file.
[[nodiscard]] std::vector<EstimatedPose> parse_bop_results(std::string_view text,
                                                           const std::string& source,
                                                           LastLine last_line);

}  // namespace sam6d

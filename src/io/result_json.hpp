#pragma once

#include <vector>

#include "io/json_cursor.hpp"
#include "sam6d/result_io.hpp"

namespace sam6d {

/// What load_result() and load_any_poses() make of a document.
[[nodiscard]] ResultFile read_result(const JsonCursor& root);
[[nodiscard]] std::vector<ResultPose> read_any_poses(const JsonCursor& root);

}  // namespace sam6d

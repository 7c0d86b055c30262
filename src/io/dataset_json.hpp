#pragma once

#include <map>
#include <vector>

#include "io/json_cursor.hpp"
#include "sam6d/dataset.hpp"

namespace sam6d {

/// scene_gt.json: fills `scene.by_image`.
void read_truths(const JsonCursor& root, BopScene& scene);

/// scene_gt_info.json: adds to the instances that read_truths() found.
void read_infos(const JsonCursor& root, BopScene& scene);

/// test_targets_bop19.json.
[[nodiscard]] std::vector<Target> read_targets(const JsonCursor& root);

/// models_info.json.
[[nodiscard]] std::map<ObjectId, BopObjectInfo> read_models_info(const JsonCursor& root);

}  // namespace sam6d

#pragma once

#include <filesystem>

#include "generality/scene_kinds.hpp"

namespace sam6d::generality {

/// Takes the pictures and writes a BOP data set: models, models_eval, models_info.json,
/// camera.json, test/000001 (rgb, depth in 0.1 mm, mask, mask_visib, scene_camera, scene_gt,
/// scene_gt_info) and test_targets_bop19.json (instances of which 10 % are visible), besides
/// absent_queries.json: the objects that are not in a picture at all.
void write_bop(const DataSet& data, const std::filesystem::path& folder, int threads);

}  // namespace sam6d::generality

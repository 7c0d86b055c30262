#pragma once

#include <filesystem>
#include <map>
#include <set>

#include "sam6d/dataset.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/pipeline.hpp"

#include "console.hpp"

namespace sam6d::cli {

/// Onboards the wanted objects of a data set with the symmetries of models_info.json, ready for the
/// pipeline. With a folder for bundles, what is there is read, and what is not is written.
[[nodiscard]] std::map<ObjectId, ObjectModel> load_bop_objects(const BopDataset& dataset,
                                                               const std::set<ObjectId>& wanted,
                                                               const std::filesystem::path& bundles,
                                                               const OnboardOptions& onboard,
                                                               const Pipeline& pipeline,
                                                               Console& console);

}  // namespace sam6d::cli

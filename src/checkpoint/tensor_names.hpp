#pragma once

#include "checkpoint/pickle_value.hpp"

namespace sam6d {

/// Fills names and metadata of `index` from what a pickle's value holds: dictionaries by key, lists
/// by number, modules by their parameters, buffers and child modules, other objects by attribute,
/// parts joined by dots. Throws Error(kBadFile) when two tensors have the same name, values nest
/// too deep, or shared values would have to be walked too often.
void name_tensors(const PickleDocument& document, PickleId root, CheckpointIndex& index);

}  // namespace sam6d

#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "checkpoint/tensor.hpp"
#include "sam6d/export.hpp"
#include "sam6d/object_model.hpp"

/// What networks computed of an object: named tensors, kept under a key that says by which network
/// (the hash of its weights) and from what. They travel with the object's bundle; keys that nobody
/// here knows do, too.
namespace sam6d {

using DescriptorSets = std::map<std::string, std::shared_ptr<const TensorMap>, std::less<>>;

/// The tensors under a key; none = the object was not prepared for it.
[[nodiscard]] SAM6D_API std::shared_ptr<const TensorMap> find_descriptors(const ObjectModel& object,
                                                                          std::string_view key);

/// A copy of the object with these tensors under the key, which is not empty and has no dot.
[[nodiscard]] SAM6D_API ObjectModel with_descriptors(const ObjectModel& object,
                                                     const std::string& key, TensorMap tensors);

/// Tensors `descriptors.<key>.<name>` of a bundle. Reading throws Error(kBadFile), naming `source`,
/// for names that are not of this kind and more keys than anybody has weights. What the tensors
/// mean is for the network's backend to check.
void write_descriptors(const DescriptorSets& sets, TensorMap& tensors);
[[nodiscard]] DescriptorSets read_descriptors(const TensorViewMap& tensors,
                                              std::string_view source);

}  // namespace sam6d

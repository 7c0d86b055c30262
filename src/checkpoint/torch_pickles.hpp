#pragma once

#include <span>

#include "checkpoint/pickle_value.hpp"

/// PyTorch's part of a pickle: storages and the tensors that view them. Every size, stride and
/// offset is checked against the storage as the pickle declares it. All throw Error(kBadFile).
namespace sam6d {

/// ('storage', class, key, device, elements[, view of an older file]).
[[nodiscard]] PickleId storage_of_pickle(PickleDocument& document, std::span<const PickleId> items);

/// (storage, offset, size, stride, ...).
[[nodiscard]] PickleId rebuild_tensor(PickleDocument& document, PickleId function,
                                      std::span<const PickleId> arguments);
/// The same with a type behind the sixth argument.
[[nodiscard]] PickleId rebuild_typed_tensor(PickleDocument& document, PickleId function,
                                            std::span<const PickleId> arguments);
/// (tensor, ...): nn.Parameter.
[[nodiscard]] PickleId rebuild_parameter(PickleDocument& document, PickleId function,
                                         std::span<const PickleId> arguments);
/// (function, class, arguments, state): a subclass of Tensor, or one with attributes.
[[nodiscard]] PickleId rebuild_from_type(PickleDocument& document, PickleId function,
                                         std::span<const PickleId> arguments);

}  // namespace sam6d

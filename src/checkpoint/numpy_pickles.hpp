#pragma once

#include <span>

#include "checkpoint/pickle_value.hpp"

/// numpy's part of a pickle: arrays become tensors, scalars numbers. What has no type of ours
/// (texts, records, complex numbers) stays a PickleObject. All throw Error(kBadFile).
namespace sam6d {

/// dtype(name, align, copy); its byte order comes as a state.
[[nodiscard]] PickleId numpy_dtype(PickleDocument& document, PickleId function,
                                   std::span<const PickleId> arguments);
/// (dtype, bytes).
[[nodiscard]] PickleId numpy_scalar(PickleDocument& document, PickleId function,
                                    std::span<const PickleId> arguments);
/// (class, shape, type): an array whose content comes as a state.
[[nodiscard]] PickleId numpy_new_array(PickleDocument& document, PickleId function,
                                       std::span<const PickleId> arguments);
/// (bytes, dtype, shape, order).
[[nodiscard]] PickleId numpy_array_of_bytes(PickleDocument& document, PickleId function,
                                            std::span<const PickleId> arguments);

/// Makes a tensor of an object that numpy_new_array made, once its state is there: (version, shape,
/// dtype, is_fortran, bytes).
void finish_numpy_array(PickleDocument& document, PickleId object);

}  // namespace sam6d

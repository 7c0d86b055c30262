#pragma once

#include <string>

#include "checkpoint/pickle_value.hpp"

/// What the pickle machine does where Python would import and call. Nothing that a file names is
/// ever run: a few names stand for functions of this library that put data together.
namespace sam6d {

/// A name. Throws Error(kBadFile) for one of a module that no file of weights has a use for but one
/// that wants to run something (os, subprocess, builtins.eval, ...).
[[nodiscard]] PickleId checked_global(PickleDocument& document, std::string module,
                                      std::string name);

/// REDUCE: the result of a function that is known. Throws Error(kBadFile), naming it, for others.
[[nodiscard]] PickleId call_known(PickleDocument& document, PickleId function, PickleId arguments);

/// NEWOBJ: an object of a class, without looking at what the class is.
[[nodiscard]] PickleId make_object(PickleDocument& document, PickleId type, PickleId arguments);

/// BUILD: gives an object its attributes.
void set_state(PickleDocument& document, PickleId target, PickleId state);

/// BINPERSID: the storage, or the class, that torch.save describes by a tuple.
[[nodiscard]] PickleId resolve_persistent_id(PickleDocument& document, PickleId id);

}  // namespace sam6d

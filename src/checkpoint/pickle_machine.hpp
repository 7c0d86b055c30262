#pragma once

#include "checkpoint/pickle_input.hpp"
#include "checkpoint/pickle_value.hpp"

namespace sam6d {

/// Runs one pickle (protocols 2 to 5) off `input` and returns the number of its value in
/// `document`, where it leaves storages and tensors, too. It makes data: it imports nothing and
/// calls nothing but the functions of pickle_calls.hpp, which are its own. Classes that it does not
/// know become a PickleObject. Throws Error(kBadFile) that names what it refused.
[[nodiscard]] PickleId run_pickle(PickleInput& input, PickleDocument& document);

}  // namespace sam6d

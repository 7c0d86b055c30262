#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "base/random.hpp"

namespace sam6d {

/// `count` indices below `available` (> 0): without repetition where there are more than enough,
/// else drawn independently of each other, as the weights were trained with. Where there are just
/// enough the reference draws independently, too, and loses a third of them for nothing; here all
/// are taken unless `reference_quirks` asks for it.
[[nodiscard]] std::vector<std::int32_t> sample_pixels(int available, int count, Random& random,
                                                      bool reference_quirks);

/// A seed that depends on all of these numbers.
[[nodiscard]] std::uint64_t mix_seed(std::uint64_t seed,
                                     std::initializer_list<std::int64_t> numbers);

}  // namespace sam6d

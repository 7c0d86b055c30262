#include "neural/pixel_sampling.hpp"

#include <numeric>
#include <utility>

namespace sam6d {

std::vector<std::int32_t> sample_pixels(int available, int count, Random& random,
                                        bool reference_quirks) {
  std::vector<std::int32_t> indices(static_cast<std::size_t>(count));
  if (available < count || (available == count && reference_quirks)) {
    for (std::int32_t& index : indices) {
      index = static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(available)));
    }
    return indices;
  }
  // The first `count` of a random order.
  std::vector<std::int32_t> all(static_cast<std::size_t>(available));
  std::iota(all.begin(), all.end(), 0);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto left = static_cast<std::uint32_t>(all.size() - i);
    std::swap(all[i], all[i + random.below(left)]);
    indices[i] = all[i];
  }
  return indices;
}

std::uint64_t mix_seed(std::uint64_t seed, std::initializer_list<std::int64_t> numbers) {
  for (const std::int64_t number : numbers) {
    seed = Random(seed ^ static_cast<std::uint64_t>(number)).next();
  }
  return seed;
}

}  // namespace sam6d

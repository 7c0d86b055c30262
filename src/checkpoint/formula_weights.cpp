#include "checkpoint/formula_weights.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"

namespace sam6d {
namespace {

constexpr int kElementsATask = 1 << 18;

std::uint64_t fnv1a64(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

/// In [-1, 1), exactly representable.
float number(std::uint64_t name_hash, std::uint64_t i) {
  std::uint64_t z = name_hash + (i + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  z ^= z >> 31U;
  return static_cast<float>(z >> 40U) * 0x1p-23F - 1.0F;
}

/// value = offset + scale u.
struct Rule {
  float offset;
  float scale;
};

Rule rule_of(std::string_view name, std::span<const std::uint64_t> shape, std::size_t elements) {
  if (name.ends_with(".running_var")) return {1.0F, 0.25F};
  if (name.ends_with(".running_mean")) return {0.0F, 0.1F};
  if (name.ends_with(".weight") && shape.size() == 1) return {1.0F, 0.1F};
  if (name.ends_with(".gamma")) return {0.5F, 0.1F};
  if (shape.size() <= 1) return {0.0F, 0.05F};
  if (name.ends_with(".weight")) {
    const double fan_in = static_cast<double>(elements) / static_cast<double>(shape[0]);
    return {0.0F, static_cast<float>(std::sqrt(3.0 / fan_in))};
  }
  return {0.0F, 0.1F};
}

}  // namespace

void fill_by_formula(std::string_view name, std::span<const std::uint64_t> shape,
                     std::span<float> values) {
  const std::uint64_t hash = fnv1a64(name);
  const Rule rule = rule_of(name, shape, values.size());
  const auto tasks = static_cast<int>((values.size() + kElementsATask - 1) / kElementsATask);
  parallel_for(tasks, 0, [&](int task) {
    const std::size_t begin = static_cast<std::size_t>(task) * kElementsATask;
    const std::size_t end = std::min(values.size(), begin + kElementsATask);
    for (std::size_t i = begin; i < end; ++i) {
      const float u = number(hash, i);
      values[i] = rule.offset == 0.0F ? rule.scale * u : rule.offset + rule.scale * u;
    }
  });
}

}  // namespace sam6d

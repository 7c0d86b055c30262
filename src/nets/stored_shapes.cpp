#include "nets/stored_shapes.hpp"

#include <optional>

#include "base/fail.hpp"
#include "checkpoint/weights_data.hpp"

namespace sam6d::nets {
namespace {

/// What stands before `anchor` in the shortest name that ends with it.
std::optional<std::string> prefix_of(const TensorViewMap& tensors, std::string_view anchor) {
  std::optional<std::string> best;
  for (const auto& [name, unused] : tensors) {
    if (!name.ends_with(anchor)) continue;
    const std::string prefix = name.substr(0, name.size() - anchor.size());
    if (!prefix.empty() && !prefix.ends_with('.')) continue;
    if (!best || prefix.size() < best->size()) best = prefix;
  }
  return best;
}

}  // namespace

StoredShapes::StoredShapes(const Weights& weights, std::string_view anchor)
    : source_(weights.source()) {
  if (weights.is_synthetic()) return;
  for (const Checkpoint& file : weights.data().files) {
    const std::optional<std::string> prefix = prefix_of(file.tensors(), anchor);
    if (!prefix) continue;
    for (const auto& [name, tensor] : file.tensors()) {
      if (name.starts_with(*prefix)) {
        shapes_.insert_or_assign(name.substr(prefix->size()), tensor.shape);
      }
    }
  }
}

std::int64_t StoredShapes::side(const std::string& name, std::size_t i) const {
  const auto found = shapes_.find(name);
  if (found == shapes_.end() || found->second.size() <= i) {
    fail(ErrorCode::kBadWeights, "{}: expected a tensor {} of {} dimensions or more, found {}",
         source_, name, i + 1,
         found == shapes_.end() ? "none" : std::to_string(found->second.size()));
  }
  return static_cast<std::int64_t>(found->second[i]);
}

std::int64_t StoredShapes::count(const std::string& prefix, const std::string& suffix) const {
  const auto name = [&](std::int64_t i) { return prefix + std::to_string(i) + suffix; };
  std::int64_t count = 0;
  while (has(name(count))) ++count;
  return count;
}

}  // namespace sam6d::nets

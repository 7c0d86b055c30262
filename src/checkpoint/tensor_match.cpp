#include "checkpoint/tensor_match.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include <fmt/ranges.h>

#include "base/fail.hpp"
#include "checkpoint/checkpoint_data.hpp"

namespace sam6d {
namespace {

// Names of one kind in a message; a file of another model has hundreds.
constexpr std::size_t kMaxListed = 1000;

// Where training programs put the weights to be used, the best first.
constexpr std::array<std::string_view, 8> kUsualPrefixes = {
    "",        "model.",        "state_dict.",       "model_state_dict.",
    "module.", "model.module.", "state_dict.model.", "state_dict.module."};

using ExpectedByName = std::unordered_map<std::string_view, const ExpectedTensor*>;

std::size_t rank_of(std::string_view prefix) {
  return static_cast<std::size_t>(std::ranges::find(kUsualPrefixes, prefix) -
                                  kUsualPrefixes.begin());
}

/// The prefix under which most of the expected names are found; "" when none is.
std::string_view best_prefix(const TensorViewMap& tensors, const ExpectedByName& expected) {
  std::unordered_map<std::string_view, std::size_t> counts;
  for (const auto& [name, tensor] : tensors) {
    std::size_t begin = 0;
    while (true) {
      if (expected.contains(std::string_view(name).substr(begin))) {
        ++counts[std::string_view(name).substr(0, begin)];
      }
      const std::size_t dot = name.find('.', begin);
      if (dot == std::string::npos) break;
      begin = dot + 1;
    }
  }
  std::string_view best;
  std::size_t most = 0;
  for (const auto& [prefix, count] : counts) {
    const auto order = [](std::string_view p) { return std::tuple(rank_of(p), p.size(), p); };
    if (count > most || (count == most && order(prefix) < order(best))) {
      best = prefix;
      most = count;
    }
  }
  return best;
}

struct Problems {
  std::vector<std::string> missing;
  std::vector<std::string> surplus;
  std::vector<std::string> misshaped;
};

/// Adds what a file has of the model to `found`.
void match_file(const Checkpoint& file, const ExpectedByName& expected, TensorViewMap& found,
                std::unordered_map<std::string_view, std::string>& misshaped, Problems& problems) {
  const TensorViewMap& tensors = file.tensors();
  const std::string_view prefix = best_prefix(tensors, expected);
  std::unordered_set<std::uint32_t> groups;
  std::vector<std::string_view> others;
  for (auto tensor = tensors.lower_bound(prefix);
       tensor != tensors.end() && tensor->first.starts_with(prefix); ++tensor) {
    const std::string_view name = std::string_view(tensor->first).substr(prefix.size());
    const auto wanted = expected.find(name);
    if (wanted == expected.end()) {
      others.push_back(tensor->first);
      continue;
    }
    groups.insert(file.data().groups.find(tensor->first)->second);
    misshaped.erase(wanted->first);
    if (tensor->second.shape != wanted->second->shape) {
      misshaped[wanted->first] = fmt::format("{} (expected ({}), found ({}))", name,
                                             fmt::join(wanted->second->shape, ", "),
                                             fmt::join(tensor->second.shape, ", "));
    }
    found.insert_or_assign(std::string(name), tensor->second);
  }
  for (const std::string_view name : others) {
    if (groups.contains(file.data().groups.find(name)->second)) {
      problems.surplus.emplace_back(name);
    }
  }
}

std::string listed(std::string_view kind, std::span<const std::string> names) {
  if (names.empty()) return {};
  const std::size_t count = std::min(names.size(), kMaxListed);
  std::string text = fmt::format("; {}: {}", kind, fmt::join(names.first(count), ", "));
  if (count < names.size()) text += fmt::format(" and {} more", names.size() - count);
  return text;
}

}  // namespace

TensorViewMap match_tensors(std::span<const Checkpoint> files,
                            std::span<const ExpectedTensor> expected, std::string_view model) {
  ExpectedByName by_name;
  for (const ExpectedTensor& tensor : expected) by_name.emplace(tensor.name, &tensor);
  TensorViewMap found;
  std::unordered_map<std::string_view, std::string> misshaped;
  Problems problems;
  for (const Checkpoint& file : files) match_file(file, by_name, found, misshaped, problems);
  for (const ExpectedTensor& tensor : expected) {
    if (const auto wrong = misshaped.find(tensor.name); wrong != misshaped.end()) {
      problems.misshaped.push_back(wrong->second);
    } else if (tensor.required && !found.contains(tensor.name)) {
      problems.missing.push_back(tensor.name);
    }
  }
  if (problems.missing.empty() && problems.surplus.empty() && problems.misshaped.empty()) {
    return found;
  }
  std::vector<std::string_view> sources;
  for (const Checkpoint& file : files) sources.push_back(file.source());
  fail(ErrorCode::kBadWeights,
       "{}: expected the {} tensors of {}, found {} missing, {} surplus, {} of another shape{}{}{}",
       fmt::join(sources, ", "), expected.size(), model, problems.missing.size(),
       problems.surplus.size(), problems.misshaped.size(), listed("missing", problems.missing),
       listed("surplus", problems.surplus), listed("of another shape", problems.misshaped));
}

}  // namespace sam6d

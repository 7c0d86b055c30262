#include "object/descriptors.hpp"

#include <utility>

#include "base/fail.hpp"
#include "object/object_data.hpp"

namespace sam6d {
namespace {

constexpr std::string_view kPrefix = "descriptors.";
constexpr std::size_t kMaxKeys = 1000;

}  // namespace

std::shared_ptr<const TensorMap> find_descriptors(const ObjectModel& object, std::string_view key) {
  const DescriptorSets& sets = object.data().descriptors;
  const auto found = sets.find(key);
  return found == sets.end() ? nullptr : found->second;
}

ObjectModel with_descriptors(const ObjectModel& object, const std::string& key, TensorMap tensors) {
  if (key.empty() || key.find('.') != std::string::npos) {
    fail(ErrorCode::kInvalidArgument, "descriptors: expected a key without dots, found {:?}", key);
  }
  auto data = std::make_shared<ObjectData>(object.data());
  data->descriptors[key] = std::make_shared<const TensorMap>(std::move(tensors));
  return ObjectModel(std::move(data));
}

void write_descriptors(const DescriptorSets& sets, TensorMap& tensors) {
  for (const auto& [key, set] : sets) {
    for (const auto& [name, tensor] : *set) {
      tensors[fmt::format("{}{}.{}", kPrefix, key, name)] = tensor;
    }
  }
}

DescriptorSets read_descriptors(const TensorViewMap& tensors, std::string_view source) {
  std::map<std::string, TensorMap, std::less<>> sets;
  for (auto entry = tensors.lower_bound(kPrefix);
       entry != tensors.end() && entry->first.starts_with(kPrefix); ++entry) {
    const std::string_view rest = std::string_view(entry->first).substr(kPrefix.size());
    const std::size_t dot = rest.find('.');
    if (dot == 0 || dot == std::string_view::npos || dot + 1 == rest.size()) {
      fail(ErrorCode::kBadFile, "{}: expected a tensor descriptors.<key>.<name>, found {:?}",
           source, entry->first);
    }
    const TensorView& view = entry->second;
    sets[std::string(rest.substr(0, dot))][std::string(rest.substr(dot + 1))] =
        Tensor{view.dtype, view.shape, {view.bytes.begin(), view.bytes.end()}};
  }
  if (sets.size() > kMaxKeys) {
    fail(ErrorCode::kBadFile, "{}: expected descriptors of at most {} networks, found {}", source,
         kMaxKeys, sets.size());
  }
  DescriptorSets result;
  for (auto& [key, set] : sets) {
    result[key] = std::make_shared<const TensorMap>(std::move(set));
  }
  return result;
}

}  // namespace sam6d

// Covers: src/checkpoint/pickle_input.cpp src/checkpoint/pickle_machine.cpp
// Covers: src/checkpoint/pickle_calls.cpp src/checkpoint/pickle_text.cpp
// Covers: src/checkpoint/pickle_value.cpp src/checkpoint/torch_pickles.cpp
// Covers: src/checkpoint/numpy_pickles.cpp src/checkpoint/tensor_names.cpp
// Covers: src/checkpoint/tensor_match.cpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "checkpoint/checkpoint_data.hpp"
#include "checkpoint/pickle_machine.hpp"
#include "checkpoint/tensor_match.hpp"
#include "checkpoint/tensor_names.hpp"
#include "sam6d/error.hpp"

namespace {

constexpr std::uint64_t kMaxStorage = 4096;
constexpr std::uint64_t kFreeBytes = std::uint64_t{1} << 18U;

/// What a pickle comes to: its tensors, over storages that are as long as it says.
std::shared_ptr<const sam6d::CheckpointData> run(const sam6d::FileBytes& file) {
  sam6d::PickleInput input(file, 0, file.size());
  sam6d::PickleDocument document;
  document.source = file.source();
  const sam6d::PickleId root = sam6d::run_pickle(input, document);
  sam6d::CheckpointIndex index;
  sam6d::name_tensors(document, root, index);
  for (const sam6d::PickledStorage& record : document.storages) {
    if (record.size > kMaxStorage) return nullptr;
    sam6d::Storage storage;
    storage.size = record.size;
    storage.content = record.content;
    if (!storage.content) {
      std::string content(static_cast<std::size_t>(record.size), '\0');
      for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i);
      storage.content = std::make_shared<const std::string>(std::move(content));
    }
    index.storages.push_back(std::move(storage));
  }
  index.tensors = document.tensors;
  sam6d::LoadedTensors loaded = sam6d::load_tensors(file, index, {.threads = 1}, {}, kFreeBytes);
  auto data = std::make_shared<sam6d::CheckpointData>();
  data->owners = std::move(loaded.owners);
  for (const sam6d::NamedTensor& named : index.names) {
    data->tensors.emplace(named.name, loaded.views[named.tensor]);
    data->groups.emplace(named.name, named.group);
  }
  return data;
}

std::shared_ptr<const sam6d::CheckpointData> run_or_refuse(const sam6d::FileBytes& file) {
  try {
    return run(file);
  } catch (const sam6d::Error& error) {
    if (error.code() != sam6d::ErrorCode::kBadFile) __builtin_trap();
    return nullptr;
  }
}

/// Every other tensor, by the last part of its name, is taken for the model's.
void match(const std::shared_ptr<const sam6d::CheckpointData>& data) {
  std::vector<sam6d::ExpectedTensor> model;
  bool wanted = true;
  for (const auto& [name, tensor] : data->tensors) {
    if (wanted) model.push_back({name.substr(name.rfind('.') + 1), tensor.shape});
    wanted = !wanted;
  }
  const sam6d::Checkpoint file(data);
  try {
    (void)sam6d::match_tensors(std::span(&file, 1), model, "fuzz");
  } catch (const sam6d::Error& error) {
    if (error.code() != sam6d::ErrorCode::kBadWeights) __builtin_trap();
  }
}

}  // namespace

/// A pickle, in place and as if on a disk, which must come to the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> input(reinterpret_cast<const std::byte*>(data), size);
  const sam6d::FileBytes file = sam6d::FileBytes::in_memory(input, "fuzz");
  const auto first = run_or_refuse(file);
  const auto second = run_or_refuse(file.as_if_on_disk());
  if (!first || !second) {
    if (first || second) __builtin_trap();
    return 0;
  }
  const bool same =
      std::ranges::equal(first->tensors, second->tensors, [](const auto& a, const auto& b) {
        return a.first == b.first && std::ranges::equal(a.second.bytes, b.second.bytes);
      });
  if (!same) __builtin_trap();
  match(first);
  return 0;
}

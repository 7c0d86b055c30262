#include "checkpoint/torch_file.hpp"

#include <utility>

#include "checkpoint/tensor_names.hpp"

namespace sam6d {

Storage storage_in_pickle(const PickledStorage& record) {
  Storage storage;
  storage.name = record.key;
  storage.size = record.size;
  storage.content = record.content;
  return storage;
}

CheckpointIndex index_torch(TorchFile file, CheckpointFormat format) {
  CheckpointIndex index;
  index.format = format;
  name_tensors(file.document, file.root, index);
  index.storages = std::move(file.storages);
  index.tensors = std::move(file.document.tensors);
  return index;
}

}  // namespace sam6d

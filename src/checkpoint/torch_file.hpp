#pragma once

#include "checkpoint/checkpoint_index.hpp"
#include "checkpoint/file_bytes.hpp"
#include "checkpoint/pickle_value.hpp"

namespace sam6d {

/// The pickle of a PyTorch file and where its storages lie.
struct TorchFile {
  PickleDocument document;
  PickleId root = 0;
  std::vector<Storage> storages;  ///< one for each of document.storages
};

/// What torch.save writes since PyTorch 1.6: a zip archive of <name>/data.pkl and
/// <name>/data/<key>. Throws Error(kBadFile). Checksums of data.pkl are compared unless told
/// otherwise, those of the storages when they are read.
[[nodiscard]] TorchFile read_torch_zip(const FileBytes& file, bool verify_checksums = true);

/// What it wrote before: pickles of a magic number, a version, the writer's byte order, the object
/// and the storages' keys; then for each key the number of elements and the elements. Throws
/// Error(kBadFile).
[[nodiscard]] TorchFile read_torch_legacy(const FileBytes& file);

/// A storage whose bytes lie in the pickle, as numpy's do.
[[nodiscard]] Storage storage_in_pickle(const PickledStorage& record);

/// Names and places of the tensors of such a file.
[[nodiscard]] CheckpointIndex index_torch(TorchFile file, CheckpointFormat format);

}  // namespace sam6d

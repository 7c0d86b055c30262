#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sam6d/export.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/tensor.hpp"

/// Files of weights: safetensors, and what PyTorch's torch.save writes (.pth, .pt), without PyTorch
/// and without running what such a file says. See docs/formats.md.
namespace sam6d {

enum class CheckpointFormat { kSafetensors, kTorchZip, kTorchLegacy };

/// "safetensors", "PyTorch zip", "PyTorch legacy".
[[nodiscard]] SAM6D_API std::string_view to_string(CheckpointFormat format) noexcept;

struct TensorInfo {
  std::string name;
  DType dtype = DType::kUint8;
  std::vector<std::uint64_t> shape;
};

/// What a file of weights says of itself.
struct CheckpointContents {
  CheckpointFormat format = CheckpointFormat::kSafetensors;
  std::vector<TensorInfo> tensors;  ///< in the order of the file
  Metadata metadata;                ///< as Checkpoint::metadata()
};

/// Reads names, types and shapes and checks that the tensors' bytes are there, but does not read
/// them: milliseconds for gigabytes. Throws as Checkpoint::from_file does.
[[nodiscard]] SAM6D_API CheckpointContents list_checkpoint(const std::filesystem::path& path);

struct CheckpointOptions {
  /// Map the file instead of reading it: tensors are then pages of the file, and those that nobody
  /// touches cost nothing. A mapped file must not be changed while the checkpoint lives: whoever
  /// touches a tensor after the file was cut short gets SIGBUS, which ends the process, and one
  /// that is written over changes under the reader's hands. Replace files by renaming.
  bool memory_map = false;
  /// Compare the checksums of zip archives (CRC-32; the other formats have none). With memory_map
  /// this reads the whole file once.
  bool verify_checksums = true;
  int threads = 0;  ///< 0 = one a core; the result does not depend on it

  /// Throws Error(kInvalidArgument) that names the field.
  SAM6D_API void validate() const;
};

struct CheckpointData;

/// The tensors of a file of weights. An immutable value, cheap to copy, safe to share between
/// threads; the tensors' bytes live as long as one copy of it.
class SAM6D_API Checkpoint {
 public:
  /// Reads all tensors into one buffer; at its peak this takes little more memory than the tensors
  /// (tests hold it to 1.3 times). Throws Error(kFileNotFound), Error(kBadFile), naming the file,
  /// for what is damaged, cut short, no file of weights, or would have to run code to be read,
  /// Error(kOutOfMemory), and Error(kCancelled) when `progress` (stage "read weights", in MiB) says
  /// so.
  [[nodiscard]] static Checkpoint from_file(const std::filesystem::path& path,
                                            const CheckpointOptions& options = {},
                                            const ProgressFn& progress = {});
  /// A file that is in memory already; tensors are views of it where their layout allows that.
  /// `owner` keeps the bytes alive; without one the caller does. `source` names them in errors.
  [[nodiscard]] static Checkpoint from_memory(std::span<const std::byte> file,
                                              std::string_view source,
                                              std::shared_ptr<const void> owner = nullptr,
                                              const CheckpointOptions& options = {});

  [[nodiscard]] CheckpointFormat format() const;
  /// By their path in the file: "model.layer.weight" for {'model': {'layer.weight': ...}}, indices
  /// for elements of lists, attribute paths for modules that were pickled whole; a tensor that is
  /// the whole file is called "tensor". Bytes start at a multiple of the element's size. Tensors
  /// that share memory in the file do here.
  [[nodiscard]] const TensorViewMap& tensors() const;
  /// A safetensors file's own; of others the numbers and texts in (nested) dictionaries, by path.
  [[nodiscard]] const Metadata& metadata() const;
  /// The path or name that it was read from.
  [[nodiscard]] const std::string& source() const;

  /// For the library's own use.
  [[nodiscard]] const CheckpointData& data() const { return *data_; }
  explicit Checkpoint(std::shared_ptr<const CheckpointData> data) : data_(std::move(data)) {}

 private:
  std::shared_ptr<const CheckpointData> data_;
};

}  // namespace sam6d

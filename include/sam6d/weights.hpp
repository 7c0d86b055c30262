#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sam6d/checkpoint.hpp"
#include "sam6d/export.hpp"
#include "sam6d/progress.hpp"

namespace sam6d {

/// The networks of SAM-6D (Lin et al., CVPR 2024).
enum class Network { kPem, kDinov2, kSam, kFastSam };

/// "pem", "dinov2", "sam", "fastsam".
[[nodiscard]] SAM6D_API std::string_view to_string(Network network) noexcept;

struct WeightsData;

/// The weights of a network. An immutable value, cheap to copy, safe to share between threads.
class SAM6D_API Weights {
 public:
  /// Reads a .pth, .pt or .safetensors file; throws as Checkpoint::from_file does. Whether the
  /// tensors are those of a network shows when the network is made.
  [[nodiscard]] static Weights from_file(const std::filesystem::path& path,
                                         const CheckpointOptions& options = {},
                                         const ProgressFn& progress = {});
  /// As Checkpoint::from_memory.
  [[nodiscard]] static Weights from_memory(std::span<const std::byte> file, std::string_view source,
                                           std::shared_ptr<const void> owner = nullptr,
                                           const CheckpointOptions& options = {});
  /// Numbers that a formula makes of the tensors' names: for benchmarks and for proofs of parity,
  /// which then need no download. What such a network says about a picture means nothing.
  [[nodiscard]] static Weights synthetic(Network network);

  /// The same weights, but for the single tensors that `later` has. Throws Error(kInvalidArgument)
  /// when `later` is synthetic.
  [[nodiscard]] Weights overridden_by(const Weights& later) const;

  /// Whether a formula made them (single tensors may come from files all the same).
  [[nodiscard]] bool is_synthetic() const;
  /// 16 hexadecimal digits that differ when any name, shape, type or value does, whatever the
  /// format of the file. Computed once, at the speed of memory.
  [[nodiscard]] const std::string& hash() const;
  /// Where they come from, for messages.
  [[nodiscard]] const std::string& source() const;

  /// For the library's own use.
  [[nodiscard]] const WeightsData& data() const { return *data_; }

 private:
  explicit Weights(std::shared_ptr<const WeightsData> data);

  std::shared_ptr<const WeightsData> data_;
};

}  // namespace sam6d

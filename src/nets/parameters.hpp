#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "checkpoint/weights_data.hpp"

namespace sam6d::nets {

/// Names and shapes of a network's tensors, and then their values. A network is described once, by
/// a function that takes tensor after tensor from a Parameters; it runs twice, first to say what it
/// wants, which is matched with the weights strictly, then to get it.
class Parameters {
 public:
  /// On the device and of the type that load() was given; undefined while names are gathered. Where
  /// the weights have that type and the device is the CPU it is their own memory, so that a network
  /// of gigabytes is there once: nobody may write to it.
  at::Tensor take(const std::string& name, const std::vector<std::int64_t>& shape);
  /// A tensor that files may have and that is not used.
  void ignore(const std::string& name, const std::vector<std::int64_t>& shape);

  /// What `take` takes inside is float32, whatever the network's type.
  template <class Take>
  auto in_float32(const Take& take) {
    const at::ScalarType type = std::exchange(type_, at::kFloat);
    auto taken = take();
    type_ = type;
    return taken;
  }
  /// Of what `take` takes.
  [[nodiscard]] at::ScalarType type() const { return type_; }
  /// Bytes of what was taken.
  [[nodiscard]] std::int64_t bytes() const { return bytes_; }

  /// What `describe(Parameters&)` takes and ignores.
  template <class Describe>
  static std::vector<ExpectedTensor> expected(const Describe& describe) {
    Parameters names;
    static_cast<void>(describe(names));
    return std::move(names.expected_);
  }

  /// Runs `describe(Parameters&)`, which returns the network, twice; see model_tensors() for what
  /// it throws. Tensors that are not floating-point numbers are Error(kBadWeights).
  template <class Describe>
  static auto load(const Weights& weights, Network network, at::Device device, at::ScalarType type,
                   const Describe& describe) {
    Parameters values;
    values.device_ = device;
    values.type_ = type;
    values.fill(weights, network, expected(describe));
    return describe(values);
  }

 private:
  void fill(const Weights& weights, Network network, std::span<const ExpectedTensor> expected);

  std::vector<ExpectedTensor> expected_;  ///< while names are gathered
  bool filled_ = false;
  at::Device device_ = at::kCPU;
  at::ScalarType type_ = at::kFloat;
  std::int64_t bytes_ = 0;
  ModelTensors tensors_;
  std::shared_ptr<const void> owners_;  ///< of the tensors' bytes
};

}  // namespace sam6d::nets

#pragma once

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "checkpoint/tensor.hpp"
#include "sam6d/checkpoint.hpp"

namespace sam6d::test {

/// Tensors of a safetensors file as plain numbers.
class GoldenValues {
 public:
  explicit GoldenValues(const std::filesystem::path& path)
      : checkpoint_(Checkpoint::from_file(path)) {}

  [[nodiscard]] bool has(const std::string& name) const {
    return checkpoint_.tensors().contains(name);
  }

  template <class T>
  [[nodiscard]] std::vector<T> values(const std::string& name) const {
    CAPTURE(name);
    const auto found = checkpoint_.tensors().find(name);
    REQUIRE(found != checkpoint_.tensors().end());
    REQUIRE(found->second.dtype == dtype_of<T>());
    std::vector<T> result(found->second.bytes.size() / sizeof(T));
    std::memcpy(result.data(), found->second.bytes.data(), found->second.bytes.size());
    return result;
  }

  [[nodiscard]] const TensorView& tensor(const std::string& name) const {
    return checkpoint_.tensors().at(name);
  }

  [[nodiscard]] std::vector<std::uint64_t> shape(const std::string& name) const {
    return checkpoint_.tensors().at(name).shape;
  }

  /// What stands before `suffix` in the names that end in it.
  [[nodiscard]] std::vector<std::string> cases(const std::string& suffix) const {
    std::vector<std::string> result;
    for (const auto& [name, tensor] : checkpoint_.tensors()) {
      if (name.ends_with(suffix)) result.push_back(name.substr(0, name.size() - suffix.size()));
    }
    return result;
  }

 private:
  Checkpoint checkpoint_;
};

}  // namespace sam6d::test

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace sam6d::test {

/// The tensors of a safetensors file, by name.
class Golden {
 public:
  explicit Golden(const std::filesystem::path& path);

  [[nodiscard]] bool has(const std::string& name) const { return tensors_.contains(name); }
  [[nodiscard]] const at::Tensor& operator[](const std::string& name) const {
    return tensors_.at(name);
  }
  /// What stands before the last dot of the names that end in `suffix`.
  [[nodiscard]] std::vector<std::string> cases(const std::string& suffix) const;

 private:
  std::map<std::string, at::Tensor> tensors_;
};

[[nodiscard]] bool equal(const at::Tensor& a, const at::Tensor& b);
/// The largest absolute difference; infinite where shapes or types differ.
[[nodiscard]] double largest_difference(const at::Tensor& a, const at::Tensor& b);

/// Weights as the goldens' modules have them: a function of the tensor's name and element number.
[[nodiscard]] at::Tensor formula_tensor(const std::string& name,
                                        const std::vector<std::int64_t>& shape);

}  // namespace sam6d::test

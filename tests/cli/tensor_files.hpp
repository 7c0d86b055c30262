#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "sam6d/checkpoint.hpp"

namespace sam6d::test {

/// The numbers of a float32 tensor.
inline std::vector<float> floats(const Checkpoint& file, const std::string& name) {
  CAPTURE(name);
  const auto found = file.tensors().find(name);
  REQUIRE(found != file.tensors().end());
  REQUIRE(found->second.dtype == DType::kFloat32);
  std::vector<float> values(found->second.bytes.size() / sizeof(float));
  std::memcpy(values.data(), found->second.bytes.data(), found->second.bytes.size());
  return values;
}

/// The largest absolute difference of as many numbers; infinite where one of them is none.
inline double largest_gap(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double gap = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    largest = std::isnan(gap) ? HUGE_VAL : std::max(largest, gap);
  }
  return largest;
}

}  // namespace sam6d::test

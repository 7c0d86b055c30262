#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sam6d/export.hpp"

namespace sam6d {

struct GpuInfo {
  std::string name;
  std::int64_t bytes = 0;  ///< of memory, all of it
};

/// What is there to run networks with.
struct NeuralLibrary {
  bool available = false;
  std::string problem;        ///< why not
  std::string torch_version;  ///< of LibTorch
  /// The file whose BLAS LibTorch multiplies matrices with on the CPU; empty if that is unknown.
  std::string blas;
  /// Why that is a slow one, and what helps; else empty. Also logged when a network is made.
  std::string blas_problem;
  bool cuda_compiled = false;
  std::vector<GpuInfo> gpus;  ///< that CUDA can use
};

/// Loads libsam6d_neural where that has not happened yet (half a second: it brings LibTorch), as
/// the neural constructors do: what the program linked, or the file beside the core library. Never
/// throws because it is missing.
[[nodiscard]] SAM6D_API NeuralLibrary neural_library();

}  // namespace sam6d

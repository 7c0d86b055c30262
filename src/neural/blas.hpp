#pragma once

#include <filesystem>
#include <string>

/// LibTorch from its publisher brings a BLAS of its own inside of libtorch_cpu, under the names
/// that every BLAS has. Where another one was in the process first (Debian's OpenCV brings one),
/// the loader binds LibTorch's calls to that, which can make networks several times slower.
namespace sam6d {

/// What LibTorch multiplies matrices with.
struct BlasUse {
  std::filesystem::path used;  ///< the file whose sgemm_ is called; empty where that is unknown
  std::filesystem::path own;   ///< libtorch_cpu, where it has an sgemm_ itself; else empty
};

/// Of this process.
[[nodiscard]] BlasUse find_blas();

/// What is wrong with it and what helps; empty if nothing is.
[[nodiscard]] std::string blas_problem(const BlasUse& use);

/// Logs the problem as a warning, once a process.
void warn_of_blas();

}  // namespace sam6d

#include "neural/blas.hpp"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "sam6d/neural_library.hpp"

namespace sam6d {
namespace {

constexpr const char* kTorch = "/opt/torch/lib/libtorch_cpu.so";
constexpr const char* kOther = "/usr/lib/libblas.so.3";

TEST_CASE("a BLAS that stands in for LibTorch's own is a problem with a remedy") {
  const std::string problem = blas_problem({kOther, kTorch});
  CHECK(problem.find(kOther) != std::string::npos);
  CHECK(problem.find(std::string("LD_PRELOAD=") + kTorch) != std::string::npos);
}

TEST_CASE("LibTorch's own BLAS, or any where it has none, is no problem") {
  CHECK(blas_problem({kTorch, kTorch}).empty());
  CHECK(blas_problem({kOther, {}}).empty());
  CHECK(blas_problem({{}, kTorch}).empty());
}

TEST_CASE("the BLAS of this process is a file, and the library names it") {
  const BlasUse use = find_blas();
  CHECK(std::filesystem::exists(use.used));
  const NeuralLibrary library = neural_library();
  CHECK(library.blas == use.used.string());
  CHECK(library.blas_problem == blas_problem(use));
}

}  // namespace
}  // namespace sam6d

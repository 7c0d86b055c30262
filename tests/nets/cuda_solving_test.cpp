#include <filesystem>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include "nets/pose_solving.hpp"
#include "support/cuda_device.hpp"
#include "support/golden.hpp"

// The pose solvers on a CUDA device against the reference's values.
namespace sam6d::test {
namespace {

const std::filesystem::path kGoldens =
    std::filesystem::path(SAM6D_TEST_DATA) / "pem" / "matching.safetensors";

/// As the CPU's, and what sums in the device's order add: in units of the object's radius.
constexpr double kPoses = 1e-4;

TEST_CASE("the solvers on the device give the reference's poses") {
  const auto device = cuda_device();
  if (!device) return;
  const Golden golden(kGoldens);
  const auto on = [&](const char* name) { return golden[name].to(*device); };
  const auto similarity = [&](const char* name) {
    return on(name).to(at::kFloat).mul(20.0F / 255.0F).sub(10);
  };
  const nets::SolvedPoses coarse =
      nets::solve_coarse(similarity("coarse_atten_u8"), on("pts1_sparse"), on("pts2_sparse"),
                         on("model"), on("rand"), {200, 20});
  CHECK(largest_difference(coarse.R.cpu(), golden["coarse_R"]) <= kPoses);
  CHECK(largest_difference(coarse.t.cpu(), golden["coarse_t"]) <= kPoses);
  const nets::SolvedPoses fine = nets::solve_fine(similarity("fine_atten_u8"), on("pts1_dense"),
                                                  on("pts2_dense"), on("model"));
  CHECK(largest_difference(fine.R.cpu(), golden["fine_R"]) <= kPoses);
  CHECK(largest_difference(fine.t.cpu(), golden["fine_t"]) <= kPoses);
  CHECK(largest_difference(fine.score.cpu(), golden["fine_pose_score"]) <= kPoses);
}

}  // namespace
}  // namespace sam6d::test

#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "nets/stage.hpp"
#include "sam6d/export.hpp"

/// From similarities of points to poses: the two solvers of SAM-6D's pose estimation model (Lin et
/// al. 2024, equations 6 to 9), with the quirks that its weights were trained with. All tensors
/// float32, points divided by the object's radius; token 0 of either side is the background.
namespace sam6d::nets {

/// Poses of a batch, object to camera.
struct SolvedPoses {
  at::Tensor R;      ///< (B,3,3)
  at::Tensor t;      ///< (B,3)
  at::Tensor score;  ///< (B): 0..1; undefined for coarse poses
};

struct CoarseSolving {
  std::int64_t hypotheses = 6000;
  std::int64_t kept = 300;
};

/// similarity: (B,n+1,m+1); observed: (B,n,3); object: (B,m,3); model: (B,k,3); draws:
/// (B,3*hypotheses) in 0..1. `stage` gets coarse_weights1, coarse_weights2, cumsum, idx1, idx2,
/// prop_R_all, prop_t_all, prop_dis, prop_cond_all, topk_idx, topk_R, topk_t, topk_dis, topk_cond,
/// select_score.
[[nodiscard]] SAM6D_API SolvedPoses solve_coarse(const at::Tensor& similarity,
                                                 const at::Tensor& observed,
                                                 const at::Tensor& object, const at::Tensor& model,
                                                 const at::Tensor& draws,
                                                 const CoarseSolving& settings,
                                                 const StageFn& stage = {});

/// similarity: (B,n+1,m+1); observed: (B,n,3); object: (B,m,3); model: (B,k,3). `stage` gets
/// fine_label1, fine_label2, fine_weights, fine_pred_pts.
[[nodiscard]] SAM6D_API SolvedPoses solve_fine(const at::Tensor& similarity,
                                               const at::Tensor& observed, const at::Tensor& object,
                                               const at::Tensor& model, const StageFn& stage = {});

}  // namespace sam6d::nets

#include "nets/pose_solving.hpp"

#include <limits>

#include <ATen/ops/argmax.h>
#include <ATen/ops/cumsum.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/searchsorted.h>
#include <ATen/ops/sort.h>

#include "base/fail.hpp"
#include "nets/assignment.hpp"
#include "nets/rigid_fit.hpp"
#include "ops/checks.hpp"
#include "ops/nearest.hpp"
#include "ops/rigid_fits.hpp"

namespace sam6d::nets {
namespace {

/// What keeps a quotient of sums from being 0 / 0.
constexpr double kEpsilon = 1e-8;

void expect_clouds(const char* op, const at::Tensor& similarity, const at::Tensor& observed,
                   const at::Tensor& object, const at::Tensor& model) {
  ops::expect_tensor(op, "observed", observed, at::kFloat, {ops::kAny, ops::kAny, 3});
  ops::expect_points(op, "observed", observed);
  const std::int64_t batch = observed.size(0);
  ops::expect_tensor(op, "object", object, at::kFloat, {batch, ops::kAny, 3});
  ops::expect_points(op, "object", object);
  ops::expect_tensor(op, "model", model, at::kFloat, {batch, ops::kAny, 3});
  ops::expect_points(op, "model", model);
  ops::expect_tensor(op, "similarity", similarity, at::kFloat,
                     {batch, observed.size(1) + 1, object.size(1) + 1});
  ops::expect_same_device(op, "object", object, observed);
  ops::expect_same_device(op, "model", model, observed);
  ops::expect_same_device(op, "similarity", similarity, observed);
}

void report(const StageFn& stage, const char* name, const at::Tensor& value) {
  if (stage) stage(name, value);
}

/// 1 for points that are not the background's.
at::Tensor foreground(const at::Tensor& labels) { return labels.gt(0).to(at::kFloat); }

/// values[b, idx[b,k]]: (B,P,...) and (B,K) int64 give (B,K,...).
at::Tensor picked(const at::Tensor& values, const at::Tensor& idx) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(values.dim()), 1);
  shape[0] = idx.size(0);
  shape[1] = idx.size(1);
  const at::Tensor column = idx.reshape(shape);
  shape.assign(values.sizes().begin(), values.sizes().end());
  shape[1] = idx.size(1);
  return values.gather(1, column.expand(shape));
}

struct DrawnPairs {
  at::Tensor observed, object;  ///< (B,3P) int32 indices
};

/// Pairs, each as likely as its score to the power of 1.5. Draws beyond the last step are of the
/// last observed point and the object's first, as the weights were trained with.
DrawnPairs draw_pairs(const at::Tensor& scores, const at::Tensor& draws, const StageFn& stage) {
  constexpr double kPower = 1.5;
  at::Tensor steps = at::cumsum(scores.flatten(1).pow(kPower), 1, at::kDouble).to(at::kFloat);
  const at::Tensor last = steps.narrow(1, steps.size(1) - 1, 1).add(kEpsilon);
  steps = steps.div(last);
  report(stage, "cumsum", steps);
  const at::Tensor pairs = at::searchsorted(steps, draws.contiguous());
  const std::int64_t columns = scores.size(2);
  DrawnPairs drawn{pairs.div(columns, "floor").clamp_max(scores.size(1) - 1).to(at::kInt),
                   pairs.remainder(columns).to(at::kInt)};
  report(stage, "idx1", drawn.observed);
  report(stage, "idx2", drawn.object);
  return drawn;
}

/// How well each triple of pairs fixes a rotation: the second singular value of its covariance
/// divided by the first. points (B,n,3) and (B,m,3), indices (B,3P) give (B,P) float32.
at::Tensor conditions(const at::Tensor& object, const at::Tensor& observed,
                      const DrawnPairs& drawn) {
  const auto centred_triples = [](const at::Tensor& points, const at::Tensor& idx) {
    const at::Tensor triples =
        picked(points, idx.to(at::kLong)).to(at::kDouble).reshape({points.size(0), -1, 3, 3});
    return triples.sub(triples.mean({2}, /*keepdim=*/true));
  };
  const at::Tensor covariance = at::matmul(centred_triples(object, drawn.object).transpose(2, 3),
                                           centred_triples(observed, drawn.observed));
  const at::Tensor values = at::linalg_svdvals(covariance);
  const at::Tensor largest = values.select(2, 0).clamp_min(std::numeric_limits<double>::min());
  return values.select(2, 1).div(largest).to(at::kFloat);
}

}  // namespace

SolvedPoses solve_coarse(const at::Tensor& similarity, const at::Tensor& observed,
                         const at::Tensor& object, const at::Tensor& model, const at::Tensor& draws,
                         const CoarseSolving& settings, const StageFn& stage) {
  const char* const op = "solve_coarse";
  expect_clouds(op, similarity, observed, object, model);
  if (settings.kept < 1 || settings.hypotheses < settings.kept) {
    fail(ErrorCode::kInvalidArgument,
         "{}: settings: expected 1 <= kept <= hypotheses, found kept {} of {}", op, settings.kept,
         settings.hypotheses);
  }
  ops::expect_tensor(op, "draws", draws, at::kFloat, {observed.size(0), 3 * settings.hypotheses});
  ops::expect_same_device(op, "draws", draws, observed);

  const PairScores pairs = pair_scores(similarity);
  const at::Tensor matched = foreground(pairs.labels.observed);
  report(stage, "coarse_weights1", matched);
  report(stage, "coarse_weights2", foreground(pairs.labels.object));
  const DrawnPairs drawn = draw_pairs(pairs.scores, draws, stage);
  const ops::TripleFits fits = ops::fit_triples(object, observed, drawn.object, drawn.observed);
  report(stage, "prop_R_all", fits.R);
  report(stage, "prop_t_all", fits.t);
  report(stage, "prop_dis", fits.residual);

  const auto [residuals, order] = at::sort(fits.residual, /*stable=*/true, 1, /*descending=*/false);
  const at::Tensor kept = order.narrow(1, 0, settings.kept);
  const at::Tensor R = picked(fits.R, kept);
  const at::Tensor t = picked(fits.t, kept);
  report(stage, "topk_idx", kept.to(at::kInt));
  report(stage, "topk_R", R);
  report(stage, "topk_t", t);
  report(stage, "topk_dis", residuals.narrow(1, 0, settings.kept));
  if (stage) {
    const at::Tensor condition = conditions(object, observed, drawn);
    stage("prop_cond_all", condition);
    stage("topk_cond", picked(condition, kept));
  }

  const at::Tensor distance = ops::nearest_distances(observed, R, t, model);
  const at::Tensor score =
      matched.sum(1, true).div(distance.mul(matched.unsqueeze(1)).sum(2).add_(kEpsilon));
  report(stage, "select_score", score);
  const at::Tensor best = at::argmax(score, 1, /*keepdim=*/true);
  return {picked(R, best).squeeze(1), picked(t, best).squeeze(1), {}};
}

SolvedPoses solve_fine(const at::Tensor& similarity, const at::Tensor& observed,
                       const at::Tensor& object, const at::Tensor& model, const StageFn& stage) {
  constexpr double kNear = 0.15;  // of the object's radius
  expect_clouds("solve_fine", similarity, observed, object, model);
  const Counterparts match = counterparts(similarity, object);
  report(stage, "fine_label1", match.labels.observed);
  report(stage, "fine_label2", match.labels.object);
  report(stage, "fine_weights", match.weights);
  report(stage, "fine_pred_pts", match.points);
  const RigidFits fit = fit_rigid(match.points, observed, match.weights);
  const at::Tensor distance =
      ops::nearest_distances(observed, fit.R.unsqueeze(1), fit.t.unsqueeze(1), model).squeeze(1);
  const at::Tensor matched = foreground(match.labels.observed);
  const at::Tensor near_share =
      distance.lt(kNear).to(at::kFloat).mul_(matched).sum(1).div_(matched.sum(1).add_(kEpsilon));
  return {fit.R, fit.t, near_share.mul(matched.mean(1))};
}

}  // namespace sam6d::nets

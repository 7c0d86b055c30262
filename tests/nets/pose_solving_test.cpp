#include "nets/pose_solving.hpp"

#include <filesystem>
#include <limits>
#include <map>
#include <set>
#include <string>

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include "support/errors.hpp"
#include "support/golden.hpp"

namespace sam6d::test {
namespace {

const std::filesystem::path kGoldens =
    std::filesystem::path(SAM6D_TEST_DATA) / "pem" / "matching.safetensors";

// What the goldens' description states, in units of the object's radius.
constexpr double kRunningSum = 1e-4;
constexpr double kHypotheses = 1e-4;  ///< rotations and translations, residuals of all
constexpr double kKeptResiduals = 1e-5;
constexpr double kConditions = 1e-5;  ///< quotients of singular values
constexpr double kPoses = 1e-5;
constexpr double kCounterparts = 1e-3;
constexpr double kWeights = 1e-5;
/// Below it the singular values leave a rotation open.
constexpr float kConditioned = 1e-2F;
/// Relative, of scores of kept hypotheses: the reference's distances are of expanded squares,
/// which are off by 1e-4 near 0.
constexpr double kScores = 1e-3;

at::Tensor similarity_of(const at::Tensor& bytes) {
  return bytes.to(at::kFloat).mul(20.0F / 255.0F).sub(10);
}

using Stages = std::map<std::string, at::Tensor, std::less<>>;

nets::StageFn into(Stages& stages) {
  return [&](std::string_view name, const at::Tensor& value) { stages.emplace(name, value); };
}

struct CoarseGolden {
  Golden golden{kGoldens};
  Stages stages;
  nets::SolvedPoses poses = nets::solve_coarse(
      similarity_of(golden["coarse_atten_u8"]), golden["pts1_sparse"], golden["pts2_sparse"],
      golden["model"], golden["rand"], {200, 20}, into(stages));
};

/// Zero where a rotation is left open.
at::Tensor conditioned(const at::Tensor& values, const at::Tensor& condition) {
  at::Tensor mask = condition.gt(kConditioned).to(at::kFloat);
  while (mask.dim() < values.dim()) mask = mask.unsqueeze(-1);
  return values.mul(mask);
}

TEST_CASE("coarse solving draws the reference's pairs") {
  const CoarseGolden of;
  CHECK(equal(of.stages.at("coarse_weights1"), of.golden["coarse_weights1"]));
  CHECK(equal(of.stages.at("coarse_weights2"), of.golden["coarse_weights2"]));
  CHECK(largest_difference(of.stages.at("cumsum"), of.golden["cumsum"]) <= kRunningSum);
  CHECK(equal(of.stages.at("idx1"), of.golden["idx1"]));
  CHECK(equal(of.stages.at("idx2"), of.golden["idx2"]));
}

TEST_CASE("coarse solving makes the reference's hypotheses and keeps the same") {
  const CoarseGolden of;
  const at::Tensor& condition = of.golden["prop_cond_all"];
  for (const char* name : {"prop_R_all", "prop_t_all"}) {
    CHECK(largest_difference(conditioned(of.stages.at(name), condition),
                             conditioned(of.golden[name], condition)) <= kHypotheses);
  }
  CHECK(largest_difference(of.stages.at("prop_dis"), of.golden["prop_dis"]) <= kHypotheses);
  CHECK(largest_difference(of.stages.at("prop_cond_all"), condition) <= kConditions);
  CHECK(largest_difference(of.stages.at("topk_dis"), of.golden["topk_dis"]) <= kKeptResiduals);
  for (std::int64_t item = 0; item < 2; ++item) {
    const auto kept = [&](const at::Tensor& idx) {
      const std::int32_t* const first = idx.data_ptr<std::int32_t>() + 20 * item;
      return std::set<std::int32_t>(first, first + 20);
    };
    CHECK(kept(of.stages.at("topk_idx").contiguous()) == kept(of.golden["topk_idx"]));
  }
}

TEST_CASE("coarse solving scores and chooses as the reference") {
  const CoarseGolden of;
  const at::Tensor& idx = of.golden["topk_idx"];
  const at::Tensor order = of.stages.at("topk_idx");
  const at::Tensor score = of.stages.at("select_score");
  for (std::int64_t item = 0; item < 2; ++item) {
    for (std::int64_t k = 0; k < 20; ++k) {
      const int hypothesis = idx[item][k].item<int>();
      if (of.golden["prop_cond_all"][item][hypothesis].item<float>() <= kConditioned) continue;
      const std::int64_t ours = order[item].eq(hypothesis).nonzero().item<std::int64_t>();
      CHECK(score[item][ours].item<float>() ==
            doctest::Approx(of.golden["select_score"][item][k].item<float>()).epsilon(kScores));
    }
  }
  CHECK(largest_difference(of.poses.R, of.golden["coarse_R"]) <= kPoses);
  CHECK(largest_difference(of.poses.t, of.golden["coarse_t"]) <= kPoses);
  CHECK(!of.poses.score.defined());
}

TEST_CASE("fine solving returns the reference's labels, weights, pose and score") {
  const Golden golden(kGoldens);
  Stages stages;
  const nets::SolvedPoses poses =
      nets::solve_fine(similarity_of(golden["fine_atten_u8"]), golden["pts1_dense"],
                       golden["pts2_dense"], golden["model"], into(stages));
  CHECK(equal(stages.at("fine_label1"), golden["fine_label1"]));
  CHECK(equal(stages.at("fine_label2"), golden["fine_label2"]));
  CHECK(largest_difference(stages.at("fine_weights"), golden["fine_weights"]) <= kWeights);
  CHECK(largest_difference(stages.at("fine_pred_pts"), golden["fine_pred_pts"]) <= kCounterparts);
  CHECK(largest_difference(poses.R, golden["fine_R"]) <= kPoses);
  CHECK(largest_difference(poses.t, golden["fine_t"]) <= kPoses);
  CHECK(equal(poses.score, golden["fine_pose_score"]));
}

struct SmallCase {
  std::int64_t n = 5;
  std::int64_t m = 7;
  at::Tensor observed = formula_tensor("observed", {1, n, 3}).mul(10);
  at::Tensor object = formula_tensor("object", {1, m, 3}).mul(10);
  at::Tensor model = formula_tensor("model", {1, 30, 3}).mul(10);
  at::Tensor similarity = formula_tensor("similarity", {1, n + 1, m + 1}).mul(50);
  at::Tensor draws = formula_tensor("draws", {1, 60}).mul(5).add(0.5);
  nets::CoarseSolving settings{20, 6};
  Stages stages;

  nets::SolvedPoses coarse() {
    return nets::solve_coarse(similarity, observed, object, model, draws, settings, into(stages));
  }
  [[nodiscard]] nets::SolvedPoses fine() const {
    return nets::solve_fine(similarity, observed, object, model);
  }
};

void check_finite(const nets::SolvedPoses& poses) {
  CHECK(poses.R.isfinite().all().item<bool>());
  CHECK(poses.t.isfinite().all().item<bool>());
}

TEST_CASE("where all is background, pairs are the clamped ones and the fine score is 0") {
  SmallCase of;
  of.similarity.select(1, 0).fill_(60);
  of.similarity.select(2, 0).fill_(60);
  check_finite(of.coarse());
  CHECK(of.stages.at("idx1").eq(of.n - 1).all().item<bool>());
  CHECK(of.stages.at("idx2").eq(0).all().item<bool>());
  CHECK(of.stages.at("select_score").eq(0).all().item<bool>());
  const nets::SolvedPoses fine = of.fine();
  check_finite(fine);
  CHECK(fine.score.item<float>() == 0);
  CHECK(fine.R[0].diagonal().eq(1).all().item<bool>());
}

TEST_CASE("similarities that are not numbers give some pose, not a crash") {
  SmallCase of;
  of.similarity.fill_(std::numeric_limits<float>::quiet_NaN());
  check_finite(of.coarse());
  check_finite(of.fine());
}

TEST_CASE("one point on either side moves it") {
  SmallCase of;
  of.observed = of.observed.narrow(1, 0, 1);
  of.object = of.object.narrow(1, 0, 1);
  of.similarity = at::zeros({1, 2, 2}, of.object.options());
  of.similarity[0][1][1].fill_(8);
  const nets::SolvedPoses coarse = of.coarse();
  const at::Tensor moved = of.object.matmul(coarse.R.transpose(1, 2)).add(coarse.t.unsqueeze(1));
  CHECK(largest_difference(moved, of.observed) <= kHypotheses);
  check_finite(of.fine());
}

TEST_CASE("points that are all the same give a finite pose") {
  SmallCase of;
  of.observed.fill_(0.5F);
  of.object.fill_(-0.25F);
  of.model.fill_(-0.25F);
  check_finite(of.coarse());
  check_finite(of.fine());
}

TEST_CASE("of hypotheses with equal residuals the first are kept") {
  SmallCase of;
  of.draws.fill_(0.5F);
  (void)of.coarse();
  for (std::int64_t k = 0; k < of.settings.kept; ++k) {
    CHECK(of.stages.at("topk_idx")[0][k].item<int>() == k);
  }
}

TEST_CASE("the solvers refuse tensors that do not belong together") {
  SmallCase of;
  of.settings.kept = 21;
  CHECK(mentions(error_of([&] { (void)of.coarse(); }), "kept"));
  of.settings = {21, 3};
  CHECK(mentions(error_of([&] { (void)of.coarse(); }), "draws"));
  of.similarity = of.similarity.narrow(1, 0, 4);
  CHECK(mentions(error_of([&] { (void)of.fine(); }), "similarity"));
  of.model = of.model.narrow(1, 0, 0);
  CHECK(mentions(error_of([&] { (void)of.fine(); }), "model"));
}

}  // namespace
}  // namespace sam6d::test

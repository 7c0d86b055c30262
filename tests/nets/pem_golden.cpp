#include "nets/pem_golden.hpp"

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <doctest/doctest.h>

#include "nets/pem.hpp"
#include "support/golden.hpp"
#include "support/tiny_pem.hpp"

namespace sam6d::test {
namespace {

/// Absolute tolerances by stage, as the golden's README suggests them: the spread of the reference
/// between float32 and float64, which in places (geo_*, what follows from it) is the rounding of
/// its distances.
const std::map<std::string, double>& tolerances() {
  static const std::map<std::string, double> values = {{"radius", 1e-7},
                                                       {"dense_pm", 1e-5},
                                                       {"dense_po", 1e-6},
                                                       {"dense_fm", 1e-5},
                                                       {"dense_fo", 1e-5},
                                                       {"geo_points_m", 1e-5},
                                                       {"geo_points_o", 1e-6},
                                                       {"geo_m", 1e-1},
                                                       {"geo_o", 1e-2},
                                                       {"featmap_obs_sub", 1e-4},
                                                       {"cls_obs", 1e-5},
                                                       {"featmap_tem1_sub", 1e-4},
                                                       {"cls_tem1", 1e-5},
                                                       {"featmap_tem2_sub", 1e-4},
                                                       {"cls_tem2", 1e-5},
                                                       {"feat_tem1", 1e-4},
                                                       {"feat_tem2", 1e-4},
                                                       {"coarse_block0_f1", 1e-2},
                                                       {"coarse_block0_f2", 1e-4},
                                                       {"coarse_block1_f1", 1e-3},
                                                       {"coarse_block1_f2", 1e-4},
                                                       {"coarse_atten", 1e-2},
                                                       {"cumsum", 1e-4},
                                                       {"coarse_weights1", 0},
                                                       {"coarse_weights2", 0},
                                                       {"idx1", 0},
                                                       {"idx2", 0},
                                                       {"fps_idx_template", 0},
                                                       {"fps_idx_m", 0},
                                                       {"fps_idx_o", 0},
                                                       {"prop_dis", 1e-4},
                                                       {"prop_cond_all", 1e-5},
                                                       {"topk_dis", 1e-5},
                                                       {"fine_block0_f1", 1e-2},
                                                       {"fine_block0_f2", 1e-3},
                                                       {"fine_block1_f1", 1e-2},
                                                       {"fine_block1_f2", 1e-3},
                                                       {"fine_atten", 1e-2},
                                                       {"fine_atten_row_lse", 1e-2},
                                                       {"fine_atten_col_lse", 1e-2},
                                                       {"fine_pred_pts", 1e-3},
                                                       {"fine_weights", 1e-5},
                                                       {"fine_t_normalised", 1e-4},
                                                       {"fine_label1", 0},
                                                       {"fine_label2", 0},
                                                       {"pe_in_m", 1e-5},
                                                       {"pe_m", 1e-5},
                                                       {"pe_o", 1e-6},
                                                       {"init_R", 1e-5},
                                                       {"init_t", 1e-5},
                                                       {"pred_R", 1e-4},
                                                       {"pred_t", 1e-5},
                                                       {"pred_pose_score", 0}};
  return values;
}

/// Sums over the 257 similarities of a row, each within 1e-2 but noise around 1e-5 for most.
constexpr double kSums = 1e-1;

}  // namespace

void check_tiny_network(const std::filesystem::path& inputs, const std::filesystem::path& outputs) {
  const Golden in(inputs);
  const Golden out(outputs);
  const nets::PemConfig config = tiny_config();
  const nets::Pem pem(Weights::synthetic(Network::kPem), config);

  std::map<std::string, std::vector<at::Tensor>> by_item;
  std::vector<nets::PemObjectPtr> objects;
  const std::int64_t batch = in["pts"].size(0);
  for (std::int64_t b = 0; b < batch; ++b) {
    const auto both = [&](const std::string& what) {
      return at::stack({in["tem1_" + what][b], in["tem2_" + what][b]});
    };
    const nets::PemTemplates templates = pem.template_features(
        {both("rgb_u8"), both("choose"), both("pts")}, true, 2, {},
        [&](std::string_view name, const at::Tensor& value) {
          by_item[std::string(name)].push_back(value.dim() > 0 && value.size(0) == 1 &&
                                                       name.substr(0, 4) != "feat_"
                                                   ? value.squeeze(0)
                                                   : value);
        });
    objects.push_back(pem.prepare(templates, in["model"][b]));
  }
  std::map<std::string, at::Tensor> stages;
  for (const auto& [name, values] : by_item) stages[name] = at::stack(values);
  const nets::PemPoses poses = pem.estimate(
      {in["rgb_u8"], in["rgb_choose"], in["pts"], in["rand"]}, objects,
      [&](std::string_view name, const at::Tensor& value) { stages[std::string(name)] = value; });
  stages["init_R"] = poses.init_R;
  stages["init_t"] = poses.init_t;
  stages["pred_R"] = poses.R;
  stages["pred_t"] = poses.t;
  stages["pred_pose_score"] = poses.score;

  std::size_t compared = 0;
  for (const auto& [name, tolerance] : tolerances()) {
    if (!out.has(name)) continue;
    INFO(name);
    const auto stage = stages.find(name);
    REQUIRE(stage != stages.end());
    CHECK(largest_difference(stage->second.to(at::kFloat), out[name].to(at::kFloat)) <= tolerance);
    ++compared;
  }
  CHECK(compared >= 25);
  for (const std::string name : {"fine_atten_row_sum", "fine_atten_col_sum"}) {
    if (out.has(name)) CHECK(largest_difference(stages.at(name), out[name]) <= kSums);
  }

  // Hypotheses of three points that lie well, and the kept ones as a set.
  if (!out.has("prop_R_all")) return;
  const at::Tensor well = out["prop_cond_all"].gt(1e-2);
  const auto where_well = [&](const char* name, const at::Tensor& mask) {
    const at::Tensor gap = stages.at(name).sub(out[name]).abs().flatten(2).amax(2);
    return gap.mul(mask.to(at::kFloat)).max().item<double>();
  };
  CHECK(where_well("prop_R_all", well) <= 1e-4);
  CHECK(where_well("prop_t_all", well) <= 1e-3);
  for (std::int64_t b = 0; b < batch; ++b) {
    const at::Tensor kept = stages.at("topk_idx")[b].to(at::kLong);
    const at::Tensor expected = out["topk_idx"][b].to(at::kLong);
    const auto as_set = [](const at::Tensor& idx) {
      return std::set<std::int64_t>(idx.data_ptr<std::int64_t>(),
                                    idx.data_ptr<std::int64_t>() + idx.numel());
    };
    CHECK(as_set(kept) == as_set(expected));
    const auto sorted = [b](const at::Tensor& of_kept) { return std::get<0>(of_kept[b].sort()); };
    CHECK(largest_difference(sorted(stages.at("topk_cond")), sorted(out["topk_cond"])) <=
          tolerances().at("prop_cond_all"));
  }
}

}  // namespace sam6d::test

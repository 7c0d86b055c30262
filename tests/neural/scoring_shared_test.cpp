#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include "neural/appearance_scores.hpp"
#include "neural/final_scores.hpp"
#include "neural/geometric_scores.hpp"
#include "sam6d/template_views.hpp"
#include "scoring_golden.hpp"
#include "support/shared_data.hpp"

namespace sam6d::test {
namespace {

TEST_CASE("all scores of all proposals are the reference's") {
  const auto file = shared_data("goldens/ism/scoring.safetensors");
  if (!file) return;
  const Golden golden(*file);
  const at::Tensor& selected = golden["sem.avg_5_0.2.selected"];
  std::vector<std::int64_t> rows(static_cast<std::size_t>(selected.numel()));
  std::iota(rows.begin(), rows.end(), 0);
  check_semantic_scores(golden);
  check_appearance_scores(golden, rows,
                          golden["appe.query_f16"].index_select(0, selected).to(at::kFloat),
                          golden["appe.reference_f16"].to(at::kFloat));
  check_geometric_scores(
      golden, rows, golden["geo.masks_x256_i16"].index_select(0, selected).to(at::kFloat).div(256),
      golden["geo.poses"].narrow(1, 0, 3).narrow(2, 0, 3),
      golden["geo.boxes"].index_select(0, selected));
  check_final_scores(golden);
}

Box box_in(const at::Tensor& rows, std::int64_t i) {
  const at::Tensor row = rows[i].to(at::kInt).contiguous();
  const int* const b = row.data_ptr<int>();
  return {b[0], b[1], b[2], b[3]};
}

TEST_CASE("patches that count are as many as in the reference") {
  const auto file = shared_data("goldens/ism/scoring.safetensors");
  if (!file) return;
  const Golden golden(*file);
  const at::Tensor queries =
      golden["appe.query_f16"].index_select(0, golden["sem.avg_5_0.2.selected"]).to(at::kFloat);
  const at::Tensor references = golden["appe.reference_f16"].to(at::kFloat);
  for (std::int64_t i = 0; i < queries.size(0); ++i) {
    CAPTURE(i);
    CHECK(only_valid(queries[i]).rows.size(0) ==
          golden["appe.valid_query_patches"][i].item<std::int64_t>());
    CHECK(only_valid(references[i]).rows.size(0) ==
          golden["appe.valid_reference_patches"][i].item<std::int64_t>());
  }
}

TEST_CASE("points are projected to the pixels of the reference") {
  const auto file = shared_data("goldens/ism/scoring.safetensors");
  if (!file) return;
  const Golden golden(*file);
  const at::Tensor k = golden["geo.K"].to(at::kDouble).contiguous();
  const double* const v = k.data_ptr<double>();
  const CameraIntrinsics camera{v[0],
                                v[4],
                                v[2],
                                v[5],
                                static_cast<int>(golden["geo.depth"].size(1)),
                                static_cast<int>(golden["geo.depth"].size(0))};
  const at::Tensor& sure = golden["geo.image_uv_f64"];  // of every eighth point
  constexpr double kUnsurePx = 1e-4;
  int compared = 0;
  for (std::int64_t row = 0; row < sure.size(0); ++row) {
    CAPTURE(row);
    const auto object = golden["appe.template_pairs"][row][0].item<std::int64_t>();
    const auto view = golden["appe.template_pairs"][row][1].item<std::int64_t>();
    Eigen::Matrix3d rotation;
    for (int i = 0; i < 9; ++i) {
      rotation(i / 3, i % 3) = golden["geo.poses"][view][i / 3][i % 3].item<double>();
    }
    const at::Tensor place = golden["geo.translation"][row].to(at::kDouble).contiguous();
    const Eigen::Vector3d at_m(place.data_ptr<double>());
    const at::Tensor points = golden["geo.pointcloud"][object].contiguous();
    for (std::int64_t p = 0; p < sure.size(1); ++p) {
      const at::Tensor exact = sure[row][p];
      if (exact.sub(exact.round()).abs().min().item<double>() < kUnsurePx) continue;
      CAPTURE(p);
      const Eigen::Vector3f point(points.data_ptr<float>() + 3 * 8 * p);
      const Box box = projected_box({&point, 1}, rotation, at_m, camera, true);
      const at::Tensor uv = golden["geo.image_uv"][row][8 * p];
      CHECK(box.x0 == uv[0].item<int>());
      CHECK(box.y0 == uv[1].item<int>());
      ++compared;
    }
  }
  CHECK(compared > 600);
}

TEST_CASE("overlaps and final scores of proposals that all meet their projections are the same") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "scoring.safetensors");
  REQUIRE_FALSE(golden["geo.iou_all_rows_is_scalar"].item<bool>());
  const at::Tensor seen = golden["geo.boxes"].index_select(0, golden["sem.avg_5_0.2.selected"]);
  const std::vector<std::int64_t> rows = to_rows(golden["final.subset_rows"]);
  std::vector<Box> boxes;
  std::vector<Box> projected;
  for (const std::int64_t row : rows) {
    boxes.push_back(box_in(seen, row));
    projected.push_back(box_in(golden["geo.xyxy"], row));
  }
  const std::vector<float> iou = paired_iou(projected, boxes, true);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    const auto near = [&](float value, const char* name, std::int64_t at) {
      return std::abs(value - golden[name].data_ptr<float>()[at]) <= kScoreTolerance;
    };
    const auto at = static_cast<std::int64_t>(i);
    CHECK(near(iou[i], "final.subset_iou", at));
    CHECK(near(iou[i], "geo.iou_all_rows", rows[i]));
    const AppearanceScore appearance{golden["appe.score"].data_ptr<float>()[rows[i]],
                                     golden["final.subset_visible"].data_ptr<float>()[at]};
    const float semantic = golden["sem.avg_5_0.2.score"].data_ptr<float>()[rows[i]];
    CHECK(near(final_score(semantic, appearance, iou[i]), "final.subset_score", at));
    CHECK(near(final_score(semantic, appearance, iou[i]), "final.score_if_iou_per_row", rows[i]));
  }
  const Golden missed(*folder / "box_iou.safetensors");
  CHECK(missed["iou_all_rows_is_scalar_zero"].item<bool>());
}

TEST_CASE("proposals are compared in the poses of the reference's views") {
  const auto file = shared_data("goldens/ism/scoring.safetensors");
  if (!file) return;
  const Golden golden(*file);
  constexpr double kRotation = 3e-7;  // the reference's are in single precision
  const std::vector<RigidTransform> coarse = icosphere_views(42, 1);
  const std::vector<RigidTransform> fine = icosphere_views(642, 1);
  const auto among_fine = to_rows(golden["geo.template_index_in_level2"]);
  for (std::size_t i = 0; i < coarse.size(); ++i) {
    CAPTURE(i);
    const Eigen::Matrix3d cam_from_obj = coarse[i].linear().transpose();
    double largest = 0;
    for (int k = 0; k < 9; ++k) {
      const double expected =
          golden["geo.poses"][static_cast<std::int64_t>(i)][k / 3][k % 3].item<double>();
      largest = std::max(largest, std::abs(cam_from_obj(k / 3, k % 3) - expected));
    }
    CHECK(largest <= kRotation);
    const RigidTransform& same = fine[static_cast<std::size_t>(among_fine[i])];
    CHECK((same.linear().transpose() - cam_from_obj).cwiseAbs().maxCoeff() <= kRotation);
  }
}

}  // namespace
}  // namespace sam6d::test

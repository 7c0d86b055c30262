#include "scoring_golden.hpp"

#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "neural/appearance_scores.hpp"
#include "neural/final_scores.hpp"
#include "neural/geometric_scores.hpp"

namespace sam6d::test {
namespace {

float at_row(const at::Tensor& values, std::int64_t row) { return values.data_ptr<float>()[row]; }

struct Aggregated {
  const char* name;
  ViewAggregation aggregation;
  float threshold;
};

Box to_box(const at::Tensor& rows, std::int64_t i) {
  const at::Tensor values = rows.to(at::kInt).contiguous();
  const int* const b = values.data_ptr<int>() + 4 * i;
  return {b[0], b[1], b[2], b[3]};
}

/// A picture of depth alone.
struct DepthPicture {
  Image<float> depth_m;
  Image<Rgb8> rgb;
  CameraIntrinsics camera;

  DepthPicture(const Golden& golden, float mm_per_unit) {
    const at::Tensor& depth = golden["geo.depth"];
    const auto width = static_cast<int>(depth.size(1));
    const auto height = static_cast<int>(depth.size(0));
    depth_m = Image<float>(width, height);
    rgb = Image<Rgb8>(width, height);
    const at::Tensor metres = depth.to(at::kFloat).mul(mm_per_unit * 0.001).contiguous();
    std::copy_n(metres.data_ptr<float>(), depth_m.size(), depth_m.data());
    const at::Tensor k = golden["geo.K"].to(at::kDouble).contiguous();
    const double* const v = k.data_ptr<double>();
    camera = {v[0], v[4], v[2], v[5], width, height};
  }
  [[nodiscard]] Frame frame() const { return {rgb.view(), depth_m.view(), camera, {}}; }
};

std::vector<Eigen::Vector3f> to_points(const at::Tensor& points) {
  const at::Tensor values = points.contiguous();
  std::vector<Eigen::Vector3f> result;
  for (std::int64_t i = 0; i < values.size(0); ++i) {
    result.emplace_back(values.data_ptr<float>() + 3 * i);
  }
  return result;
}

Eigen::Matrix3d to_rotation(const at::Tensor& matrix) {
  Eigen::Matrix3d rotation;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      rotation(row, column) = static_cast<double>(matrix[row][column].item<float>());
    }
  }
  return rotation;
}

}  // namespace

std::vector<std::int64_t> to_rows(const at::Tensor& tensor) {
  const auto* const values = tensor.data_ptr<std::int64_t>();
  return {values, values + tensor.numel()};
}

void check_semantic_scores(const Golden& golden) {
  const at::Tensor& reference = golden["sem.reference"];
  std::vector<at::Tensor> objects;
  for (std::int64_t i = 0; i < reference.size(0); ++i) objects.push_back(reference[i]);
  const at::Tensor& query = golden["sem.query"];
  for (std::size_t i = 0; i < objects.size(); ++i) {
    CAPTURE(i);
    const at::Tensor cosines = clamped_cosines(query, objects[i], 1);
    CHECK(largest_difference(cosines, golden["sem.scores"].select(
                                          1, static_cast<std::int64_t>(i))) <= kScoreTolerance);
  }
  for (const Aggregated& one : {Aggregated{"avg_5_0.2", ViewAggregation::kMeanOfBest, 0.2F},
                                {"avg_5_0.45", ViewAggregation::kMeanOfBest, 0.45F},
                                {"avg_5_1.01", ViewAggregation::kMeanOfBest, 1.01F},
                                {"max_0.2", ViewAggregation::kMax, 0.2F},
                                {"mean_0.2", ViewAggregation::kMean, 0.2F},
                                {"median_0.2", ViewAggregation::kMedian, 0.2F}}) {
    CAPTURE(std::string(one.name));
    const auto matches = match_semantically(query, objects, {one.aggregation, 5, one.threshold, 1});
    const std::string name = std::string("sem.") + one.name + ".";
    const auto selected = to_rows(golden[name + "selected"]);
    const auto object = to_rows(golden[name + "object"]);
    const auto view = to_rows(golden[name + "template"]);
    REQUIRE(matches.size() == selected.size());
    for (std::size_t i = 0; i < matches.size(); ++i) {
      CAPTURE(i);
      CHECK(matches[i].proposal == selected[i]);
      CHECK(matches[i].object == object[i]);
      CHECK(matches[i].view == view[i]);
      CHECK(std::abs(matches[i].score -
                     at_row(golden[name + "score"], static_cast<std::int64_t>(i))) <=
            static_cast<float>(kScoreTolerance));
    }
  }
}

void check_appearance_scores(const Golden& golden, const std::vector<std::int64_t>& rows,
                             const at::Tensor& queries, const at::Tensor& references) {
  for (const auto& [name, threshold] : {std::pair{"appe.visible_ratio_0.3", 0.3F},
                                        {"appe.visible_ratio_0.5", 0.5F},
                                        {"appe.visible_ratio_0.8", 0.8F}}) {
    CAPTURE(std::string(name));
    std::vector<SemanticMatch> matches;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      matches.push_back({static_cast<int>(i), 0, static_cast<int>(i), 0});
    }
    const std::vector<at::Tensor> objects{references};
    const auto scores = score_appearances(queries, objects, matches, {threshold, true, 2});
    REQUIRE(scores.size() == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CAPTURE(rows[i]);
      CHECK(std::abs(scores[i].appearance - at_row(golden["appe.score"], rows[i])) <=
            static_cast<float>(kScoreTolerance));
      CHECK(std::abs(scores[i].visible - at_row(golden[name], rows[i])) <=
            static_cast<float>(kScoreTolerance));
    }
  }
}

void check_geometric_scores(const Golden& golden, const std::vector<std::int64_t>& rows,
                            const at::Tensor& masks, const at::Tensor& rotations,
                            const at::Tensor& boxes) {
  const DepthPicture picture(golden, 1.0F);
  const std::string scaled = golden.has("geo.translation_scale_0.1_f64")
                                 ? "geo.translation_scale_0.1_f64"
                                 : "geo.translation_scale_0.1";
  const DepthPicture nearer(golden, 0.1F);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int64_t row = rows[i];
    CAPTURE(row);
    const at::Tensor mask = masks[static_cast<std::int64_t>(i)].contiguous();
    Proposal proposal;
    proposal.extent_px = {0, 0, picture.camera.width, picture.camera.height};
    proposal.weights = Image<float>(picture.camera.width, picture.camera.height);
    std::copy_n(mask.data_ptr<float>(), proposal.weights.size(), proposal.weights.data());
    proposal.box_px = to_box(boxes, row);

    const auto mean = mean_point_m(proposal, picture.frame(), true);
    const Eigen::Vector3d point = mean.value_or(Eigen::Vector3d::Zero());
    const auto small = mean_point_m(proposal, nearer.frame(), true);
    for (int c = 0; c < 3; ++c) {
      CHECK(std::abs(point[c] - golden["geo.translation"][row][c].item<double>()) <=
            kScoreTolerance);
      CHECK(std::abs(small.value_or(Eigen::Vector3d::Zero())[c] -
                     golden[scaled][row][c].item<double>()) <= kScoreTolerance);
    }
    const auto object = golden["appe.template_pairs"][row][0].item<std::int64_t>();
    const auto view = golden["appe.template_pairs"][row][1].item<std::int64_t>();
    const auto points = to_points(golden["geo.pointcloud"][object]);
    const Eigen::Matrix3d rotation = to_rotation(rotations[view]);
    CHECK(projected_box(points, rotation, point, picture.camera, true) ==
          to_box(golden["geo.xyxy"], row));
    const GeometricQuery query{&proposal, points, rotation};
    const auto scores = score_geometry({&query, 1}, picture.frame(), {true, 1});
    REQUIRE(scores[0]);
    CHECK(std::abs(*scores[0] - at_row(golden["geo.iou_each_row"], row)) <=
          static_cast<float>(kScoreTolerance));
  }
}

void check_final_scores(const Golden& golden) {
  std::vector<Box> projected;
  std::vector<Box> seen;
  const at::Tensor& boxes = golden["final2.boxes"];
  for (std::int64_t i = 0; i < boxes.size(0); ++i) {
    projected.push_back(to_box(golden["geo.xyxy"], i));
    seen.push_back(to_box(boxes, i));
  }
  const std::vector<float> each = paired_iou(projected, seen, false);
  const std::vector<float> all = paired_iou(projected, seen, true);
  for (std::size_t i = 0; i < each.size(); ++i) {
    CAPTURE(i);
    const auto row = static_cast<std::int64_t>(i);
    const auto near = [&](float value, const char* name) {
      return std::abs(value - at_row(golden[name], row)) <= static_cast<float>(kScoreTolerance);
    };
    CHECK(near(each[i], "final2.iou_each_row"));
    CHECK(all[i] == 0);
    const float semantic = at_row(golden["sem.avg_5_0.2.score"], row);
    const AppearanceScore appearance{at_row(golden["appe.score"], row),
                                     at_row(golden["appe.visible_ratio_0.5"], row)};
    CHECK(near(final_score(semantic, appearance, each[i]), "final2.score_if_iou_per_row"));
    CHECK(near(final_score(semantic, appearance, all[i]), "final2.score_reference"));
    CHECK(near(final_score(semantic, appearance, at_row(golden["geo.iou_each_row"], row)),
               "final.score"));
  }
}

}  // namespace sam6d::test

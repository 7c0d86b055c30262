#include "nets/pem_templates.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/tensor.h>

#include "base/progress.hpp"
#include "nets/tensor_checks.hpp"
#include "ops/sampling.hpp"

namespace sam6d::nets {
namespace {

/// Part of the feature map that a stage shows: rows 3, 3 + step, ...; columns 5, 5 + step, ...
constexpr std::int64_t kFirstRow = 3;
constexpr std::int64_t kFirstColumn = 5;

at::Tensor feature_map_part(const PemNetwork& network, const FeatureGrid& grid) {
  const std::int64_t step = network.config.vit.out_channels <= 32 ? 8 : 32;
  const at::TensorOptions index = grid.cells.options().dtype(at::kLong);
  const at::Tensor rows = at::arange(kFirstRow, kPemImageSize, step, index);
  const at::Tensor columns = at::arange(kFirstColumn, kPemImageSize, step, index);
  const at::Tensor pixels = rows.unsqueeze(1).mul(kPemImageSize).add(columns);
  return features_at(grid, pixels.flatten().unsqueeze(0).expand({grid.cells.size(0), -1}))
      .transpose(1, 2)
      .unflatten(2, {rows.size(0), columns.size(0)});
}

}  // namespace

FeatureGrid picture_features(const PemNetwork& network, const at::Tensor& rgb_u8,
                             const std::string& name, const StageFn& stage) {
  FeatureGrid grid = feature_grid(network.features, normalised_images(rgb_u8).to(network.type));
  if (stage) {
    stage("featmap_" + name + "_sub", feature_map_part(network, grid));
    stage("cls_" + name, grid.class_token);
  }
  return grid;
}

PemTemplates template_features(const PemNetwork& network, const PemViews& views,
                               bool radius_of_all_points, std::int64_t batch,
                               const ProgressFn& progress, const StageFn& stage) {
  const std::int64_t count = views.points.defined() ? views.points.size(0) : 0;
  check_pictures("pem templates", "rgb_u8", views.rgb_u8, count);
  check_points("pem templates", "points", views.points, count);
  const std::int64_t per_view = views.points.size(1);
  check_pixels("pem templates", "choose", views.choose, count, per_view);

  const at::Tensor points = views.points.to(network.device).flatten(0, 1);
  PemTemplates templates;
  at::Tensor sampled = points;
  if (radius_of_all_points) {
    templates.radius = at::linalg_vector_norm(points, 2, {1}).amax(0, true);
    sampled = points.div(templates.radius.add(1e-6));
  }
  const at::Tensor kept =
      ops::furthest_point_sampling(sampled.unsqueeze(0), network.config.fine_points)[0].to(
          at::kLong);
  templates.points = points.index_select(0, kept);
  if (stage) stage("fps_idx_template", kept.to(at::kInt));

  // Only what is kept needs a feature. Which view it is of decides in which batch it gets one.
  const at::Tensor kept_on_cpu = kept.cpu();
  std::vector<std::vector<std::int64_t>> kept_of_view(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < kept_on_cpu.size(0); ++i) {
    const std::int64_t point = kept_on_cpu.data_ptr<std::int64_t>()[i];
    kept_of_view[static_cast<std::size_t>(point / per_view)].push_back(i);
  }
  templates.features = at::empty({kept.size(0), network.config.vit.out_channels},
                                 points.options().dtype(at::kFloat));
  const at::Tensor choose = views.choose.to(network.device, at::kLong);
  if (stage) batch = 1;  // stages are named by view
  for (std::int64_t begin = 0; begin < count; begin += batch) {
    report(progress, "template features", static_cast<int>(begin), static_cast<int>(count));
    const std::int64_t size = std::min(batch, count - begin);
    const FeatureGrid grid =
        picture_features(network, views.rgb_u8.narrow(0, begin, size).to(network.device),
                         "tem" + std::to_string(begin + 1), stage);
    for (std::int64_t view = begin; view < begin + size; ++view) {
      const FeatureGrid one{grid.cells.narrow(0, view - begin, 1), {}, grid.by_patch};
      if (stage) {
        stage("feat_tem" + std::to_string(view + 1),
              features_at(one, choose.narrow(0, view, 1)).squeeze(0));
      }
      const std::vector<std::int64_t>& rows = kept_of_view[static_cast<std::size_t>(view)];
      if (rows.empty()) continue;
      const at::Tensor row = at::tensor(rows, at::kLong).to(network.device);
      const at::Tensor pixel =
          choose[view].index_select(0, kept.index_select(0, row).sub(view * per_view));
      templates.features.index_copy_(
          0, row, features_at(one, pixel.unsqueeze(0)).squeeze(0).to(at::kFloat));
    }
  }
  report(progress, "template features", static_cast<int>(count), static_cast<int>(count));
  return templates;
}

}  // namespace sam6d::nets

#include "nets/pem_object.hpp"

#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_vector_norm.h>

#include "nets/tensor_checks.hpp"
#include "ops/sampling.hpp"

namespace sam6d::nets {

PemObjectPtr prepare_object(const PemNetwork& network, const PemTemplates& templates,
                            const at::Tensor& model_points) {
  const PemConfig& config = network.config;
  const char* const who = "pem object";
  check_shape(who, "points", templates.points, at::kFloat, {config.fine_points, 3});
  check_shape(who, "features", templates.features, at::kFloat,
              {config.fine_points, config.vit.out_channels});
  if (templates.radius.defined()) check_shape(who, "radius", templates.radius, at::kFloat, {1});
  check_shape(who, "model_points", model_points, at::kFloat,
              {model_points.defined() ? model_points.size(0) : 0, 3});

  auto object = std::make_shared<PemObject>();
  const at::Tensor points = templates.points.to(network.device);
  const at::Tensor radius = templates.radius.defined()
                                ? templates.radius.to(network.device).squeeze(0)
                                : at::linalg_vector_norm(points, 2, {1}).amax(0);
  object->radius = radius.add(1e-6);
  object->points = points.div(object->radius).contiguous();
  object->features = templates.features.to(network.device, network.type);
  object->model = model_points.to(network.device).div(object->radius).contiguous();

  const at::Tensor cloud = object->points.unsqueeze(0);
  const at::Tensor idx = ops::furthest_point_sampling(cloud, config.coarse_points);
  object->sparse_index = idx[0];
  object->places = embed_pairs(network.embedding, with_background_point(rows_at(cloud, idx)))[0].to(
      network.type);
  const Places places = {object->places};

  const at::Tensor features = object->features.unsqueeze(0);
  const at::Tensor coarse =
      at::cat({network.coarse.background, apply(network.coarse.input, rows_at(features, idx))}, 1);
  object->coarse_tokens =
      apply(network.coarse.blocks.front().self, coarse, places, config.heads)[0];
  const at::Tensor fine =
      apply(network.fine.input, features).add_(encode_points(network.fine.encoding, cloud));
  object->fine_tokens = fine[0];
  object->fine_sparse =
      apply(network.fine.blocks.front().sparse.self,
            sparse_tokens(fine, network.fine.background, idx), places, config.heads)[0];
  return object;
}

}  // namespace sam6d::nets

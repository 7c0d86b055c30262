#include "nets/pem_estimate.hpp"

#include <string>
#include <vector>

#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/stack.h>

#include "base/fail.hpp"
#include "nets/pem_templates.hpp"
#include "nets/pose_solving.hpp"
#include "nets/similarity.hpp"
#include "nets/tensor_checks.hpp"
#include "ops/sampling.hpp"

namespace sam6d::nets {
namespace {

/// A tensor of every object, one below the other.
at::Tensor stacked(std::span<const PemObjectPtr> objects, at::Tensor PemObject::*member) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(objects.size());
  for (const PemObjectPtr& object : objects) tensors.push_back((*object).*member);
  return at::stack(tensors);
}

/// Both sides of a batch of detections. Tokens of the two sides lie one below the other, detections
/// first, wherever the same layer goes over both.
struct Batch {
  std::int64_t size = 0;
  at::Tensor radius;        ///< (B,1,1)
  at::Tensor observed;      ///< (B,fine,3), divided by the radius
  at::Tensor object;        ///< (B,fine,3), divided by the radius
  at::Tensor model;         ///< (B,m,3), divided by the radius
  at::Tensor features;      ///< (B,fine,c) of the detections
  at::Tensor sparse_index;  ///< (2B,coarse) int32
  Places observed_places;
  Places places;  ///< of both sides
};

TokenPair split(const at::Tensor& tokens, std::int64_t batch) {
  return {tokens.narrow(0, 0, batch), tokens.narrow(0, batch, tokens.size(0) - batch)};
}

at::Tensor joined(const TokenPair& tokens) { return at::cat({tokens.observed, tokens.object}); }

/// Every step-th token of the published sizes, all tokens of smaller ones: stages are to be kept.
void show_tokens(const StageFn& stage, const std::string& name, const TokenPair& tokens,
                 const PemConfig& config, std::int64_t step) {
  if (!stage) return;
  const auto shown = [&](const at::Tensor& x) {
    return config.channels > 64 ? x.slice(1, 0, x.size(1), step) : x;
  };
  stage(name + "_f1", shown(tokens.observed));
  stage(name + "_f2", shown(tokens.object));
}

Batch gather(const PemNetwork& network, const PemDetections& detections,
             std::span<const PemObjectPtr> objects, const StageFn& stage) {
  const PemConfig& config = network.config;
  Batch batch;
  batch.size = detections.points.size(0);
  batch.radius = stacked(objects, &PemObject::radius).reshape({-1, 1, 1});
  batch.observed = detections.points.to(network.device).div(batch.radius);
  batch.object = stacked(objects, &PemObject::points);
  batch.model = stacked(objects, &PemObject::model);
  const FeatureGrid grid =
      picture_features(network, detections.rgb_u8.to(network.device), "obs", stage);
  batch.features = features_at(grid, detections.choose.to(network.device, at::kLong));

  const at::Tensor idx = ops::furthest_point_sampling(batch.observed, config.coarse_points);
  const at::Tensor cloud = with_background_point(rows_at(batch.observed, idx));
  const at::Tensor places = embed_pairs(network.embedding, cloud).to(network.type);
  batch.sparse_index = at::cat({idx, stacked(objects, &PemObject::sparse_index)});
  for (std::int64_t b = 0; b < batch.size; ++b) batch.observed_places.push_back(places[b]);
  batch.places = batch.observed_places;
  for (const PemObjectPtr& object : objects) batch.places.push_back(object->places);
  if (stage) {
    const at::Tensor object_idx = stacked(objects, &PemObject::sparse_index);
    stage("radius", batch.radius.flatten().sub(1e-6));
    stage("dense_pm", batch.observed);
    stage("dense_po", batch.object);
    stage("dense_fm", batch.features);
    stage("dense_fo", stacked(objects, &PemObject::features));
    stage("fps_idx_m", idx);
    stage("fps_idx_o", object_idx);
    stage("geo_points_m", cloud);
    stage("geo_points_o", with_background_point(rows_at(batch.object, object_idx)));
    stage("geo_m", places);
    stage("geo_o", stacked(objects, &PemObject::places));
  }
  return batch;
}

/// One block over both sides. The objects' first self-attention is known from onboarding:
/// `object_after_self`, undefined for later blocks.
TokenPair apply_block(const GeometricBlock& block, const TokenPair& tokens,
                      const at::Tensor& object_after_self, const Batch& batch, std::int64_t heads) {
  const TokenPair attended =
      object_after_self.defined()
          ? TokenPair{apply(block.self, tokens.observed, batch.observed_places, heads),
                      object_after_self}
          : split(apply(block.self, joined(tokens), batch.places, heads), batch.size);
  return apply_cross(block.cross, attended, heads);
}

SolvedPoses estimate_coarsely(const PemNetwork& network, const Batch& batch,
                              std::span<const PemObjectPtr> objects, const at::Tensor& draws,
                              const StageFn& stage) {
  const PemConfig& config = network.config;
  const CoarseMatching& matching = network.coarse;
  const TokenPair idx = split(batch.sparse_index, batch.size);
  TokenPair tokens;
  tokens.observed = at::cat({matching.background.expand({batch.size, 1, -1}),
                             apply(matching.input, rows_at(batch.features, idx.observed))},
                            1);
  at::Tensor object_after_self = stacked(objects, &PemObject::coarse_tokens);
  for (std::size_t i = 0; i < matching.blocks.size(); ++i) {
    tokens = apply_block(matching.blocks[i], tokens, object_after_self, batch, config.heads);
    object_after_self = at::Tensor();
    show_tokens(stage, "coarse_block" + std::to_string(i), tokens, config, 4);
  }
  const TokenPair out = split(apply(matching.output, joined(tokens)), batch.size);
  const at::Tensor similarities =
      similarity(out.observed, out.object, config.similarity, config.temperature);
  if (stage) stage("coarse_atten", similarities);
  return solve_coarse(similarities, rows_at(batch.observed, idx.observed),
                      rows_at(batch.object, idx.object), batch.model, draws,
                      {config.hypotheses, config.kept_hypotheses}, stage);
}

SolvedPoses estimate_finely(const PemNetwork& network, const Batch& batch,
                            std::span<const PemObjectPtr> objects, const SolvedPoses& initial,
                            const StageFn& stage) {
  const PemConfig& config = network.config;
  const FineMatching& matching = network.fine;
  const at::Tensor moved =
      at::matmul(batch.observed.sub(initial.t.unsqueeze(1)), initial.R).contiguous();
  const at::Tensor encoding = encode_points(matching.encoding, moved);
  if (stage) {
    stage("pe_in_m", moved);
    stage("pe_m", encoding);
    stage("pe_o", encode_points(matching.encoding, batch.object));
  }
  at::Tensor dense = at::cat({apply(matching.input, batch.features).add_(encoding),
                              stacked(objects, &PemObject::fine_tokens)});
  at::Tensor background = matching.background.expand({2 * batch.size, 1, -1});
  at::Tensor object_after_self = stacked(objects, &PemObject::fine_sparse);
  for (std::size_t i = 0; i < matching.blocks.size(); ++i) {
    const SparseToDenseBlock& block = matching.blocks[i];
    TokenPair sparse;
    if (object_after_self.defined()) {
      sparse.observed =
          sparse_tokens(dense.narrow(0, 0, batch.size), background.narrow(0, 0, batch.size),
                        batch.sparse_index.narrow(0, 0, batch.size));
    } else {
      sparse = split(sparse_tokens(dense, background, batch.sparse_index), batch.size);
    }
    const at::Tensor among =
        joined(apply_block(block.sparse, sparse, object_after_self, batch, config.heads));
    object_after_self = at::Tensor();
    background = among.narrow(1, 0, 1);
    dense = apply(block.dense, dense, among.narrow(1, 1, config.coarse_points), config.heads,
                  config.focusing_factor);
    if (stage) {
      show_tokens(stage, "fine_block" + std::to_string(i),
                  split(at::cat({background, dense}, 1), batch.size), config, 32);
    }
  }
  const TokenPair out = split(apply(matching.output, at::cat({background, dense}, 1)), batch.size);
  const at::Tensor similarities =
      similarity(out.observed, out.object, config.similarity, config.temperature);
  if (stage) {
    stage("fine_atten", similarities);
    stage("fine_atten_row_sum", similarities.sum(2));
    stage("fine_atten_col_sum", similarities.sum(1));
    stage("fine_atten_row_lse", similarities.logsumexp(2));
    stage("fine_atten_col_lse", similarities.logsumexp(1));
  }
  return solve_fine(similarities, batch.observed, batch.object, batch.model, stage);
}

}  // namespace

PemPoses estimate_poses(const PemNetwork& network, const PemDetections& detections,
                        std::span<const PemObjectPtr> objects, const StageFn& stage) {
  const PemConfig& config = network.config;
  const char* const who = "pem";
  const auto count = static_cast<std::int64_t>(objects.size());
  if (count == 0) fail(ErrorCode::kInvalidArgument, "pem: expected at least one object");
  for (const PemObjectPtr& object : objects) {
    if (object == nullptr) fail(ErrorCode::kInvalidArgument, "pem: an object is missing");
    if (object->model.size(0) != objects.front()->model.size(0)) {
      fail(ErrorCode::kInvalidArgument,
           "pem: objects of a batch must have as many model points each, found {} and {}",
           objects.front()->model.size(0), object->model.size(0));
    }
  }
  check_shape(who, "pts", detections.points, at::kFloat, {count, config.fine_points, 3});
  check_pictures(who, "rgb_u8", detections.rgb_u8, count);
  check_pixels(who, "rgb_choose", detections.choose, count, config.fine_points);
  check_shape(who, "rand", detections.draws, at::kFloat, {count, 3 * config.hypotheses});

  const Batch batch = gather(network, detections, objects, stage);
  const SolvedPoses coarse =
      estimate_coarsely(network, batch, objects, detections.draws.to(network.device), stage);
  const SolvedPoses fine = estimate_finely(network, batch, objects, coarse, stage);
  if (stage) stage("fine_t_normalised", fine.t);
  return {coarse.R, coarse.t, fine.R, fine.t.mul(batch.radius.squeeze(2)), fine.score};
}

}  // namespace sam6d::nets

#include "nets/sam_decoder.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

namespace sam6d::nets {
namespace {

constexpr double kNorm2dEpsilon = 1e-6;

SamAttention take_attention(Parameters& parameters, const std::string& name, std::int64_t channels,
                            std::int64_t inner) {
  return {take_linear(parameters, name + ".q_proj", channels, inner),
          take_linear(parameters, name + ".k_proj", channels, inner),
          take_linear(parameters, name + ".v_proj", channels, inner),
          take_linear(parameters, name + ".out_proj", inner, channels)};
}

SamMlp take_mlp(Parameters& parameters, const std::string& name, std::int64_t in,
                std::int64_t hidden, std::int64_t out) {
  return {take_linear(parameters, name + ".layers.0", in, hidden),
          take_linear(parameters, name + ".layers.1", hidden, hidden),
          take_linear(parameters, name + ".layers.2", hidden, out)};
}

/// A transposed convolution of 2 x 2 pixels in steps of two makes four places of each, which none
/// else touches: a linear layer, whose outputs lie in the order row, column, channel.
Linear take_doubling(Parameters& parameters, const std::string& name, std::int64_t in,
                     std::int64_t out) {
  Linear layer{parameters.take(name + ".weight", {in, out, 2, 2}),
               parameters.take(name + ".bias", {out})};
  if (layer.weight.defined()) {
    layer.weight = layer.weight.permute({2, 3, 1, 0}).reshape({4 * out, in}).contiguous();
    layer.bias = layer.bias.repeat({4});
  }
  return layer;
}

SamDecoderLayer take_layer(Parameters& parameters, const std::string& name,
                           const SamConfig& config) {
  const std::int64_t channels = config.channels;
  SamDecoderLayer layer;
  layer.self = take_attention(parameters, name + ".self_attn", channels, channels);
  layer.norm1 = take_layer_norm(parameters, name + ".norm1", channels);
  layer.to_image =
      take_attention(parameters, name + ".cross_attn_token_to_image", channels, channels / 2);
  layer.norm2 = take_layer_norm(parameters, name + ".norm2", channels);
  layer.expand = take_linear(parameters, name + ".mlp.lin1", channels, config.decoder_mlp);
  layer.squeeze = take_linear(parameters, name + ".mlp.lin2", config.decoder_mlp, channels);
  layer.norm3 = take_layer_norm(parameters, name + ".norm3", channels);
  layer.norm4 = take_layer_norm(parameters, name + ".norm4", channels);
  layer.to_tokens =
      take_attention(parameters, name + ".cross_attn_image_to_token", channels, channels / 2);
  return layer;
}

at::Tensor apply(const SamMlp& mlp, const at::Tensor& x) {
  return apply(mlp.third, at::relu(apply(mlp.second, at::relu(apply(mlp.first, x)))));
}

/// (P,n,heads*c) as (P,heads*n,heads*c) with each head's channels in rows of its own and zeros
/// around them, so that one product serves all heads.
at::Tensor by_head(const at::Tensor& x, std::int64_t heads) {
  const std::int64_t inner = x.size(2);
  at::Tensor rows = at::zeros({x.size(0), heads, x.size(1), inner}, x.options());
  for (std::int64_t h = 0; h < heads; ++h) {
    const std::int64_t first = h * (inner / heads);
    rows.select(1, h).narrow(2, first, inner / heads).copy_(x.narrow(2, first, inner / heads));
  }
  return rows.flatten(1, 2);
}

/// The way back: of row h*n+i the channels of head h.
at::Tensor of_heads(const at::Tensor& rows, std::int64_t heads) {
  const std::int64_t inner = rows.size(2);
  const at::Tensor by = rows.unflatten(1, {heads, rows.size(1) / heads});
  std::vector<at::Tensor> parts;
  for (std::int64_t h = 0; h < heads; ++h) {
    parts.push_back(by.select(1, h).narrow(2, h * (inner / heads), inner / heads));
  }
  return at::cat(parts, 2);
}

double scale_of(const Linear& q, std::int64_t heads) {
  const std::int64_t channels = q.weight.size(0) / heads;
  return 1.0 / std::sqrt(static_cast<double>(channels));
}

/// Products of each prompt's matrix with its own or the shared one.
at::Tensor product(const at::Tensor& a, const at::Tensor& b) {
  if (b.size(0) == a.size(0)) return at::bmm(a, b);
  return at::matmul(a.flatten(0, 1), b[0]).unflatten(0, {a.size(0), a.size(1)});
}

/// The picture's places as the attention of one layer meets them.
struct Places {
  at::Tensor keys;    ///< (P or 1,HW,channels)
  at::Tensor placed;  ///< keys + positions
};

/// Seven or so tokens look at thousands of places. Instead of projecting all places to keys and
/// values, the few queries are projected back: q (W x + b) = (q W) x + q b, where q b is the same
/// for all places and so falls out of the softmax; and the values' projection is applied to the
/// weighted mean of the places.
at::Tensor look_at_image(const SamAttention& attention, const at::Tensor& queries,
                         const Places& places, std::int64_t heads) {
  const at::Tensor q =
      by_head(apply(attention.q, queries).mul_(scale_of(attention.q, heads)), heads);
  const at::Tensor scores =
      product(at::matmul(q, attention.k.weight), places.placed.transpose(1, 2));
  const at::Tensor seen = product(at::softmax(scores, 2), places.keys);
  return apply(attention.out, of_heads(apply(attention.v, seen), heads));
}

/// The same where the picture's projections are at hand, shared by all prompts.
at::Tensor look_at_shared_image(const SamAttention& attention, const at::Tensor& queries,
                                const SamImage& image, std::int64_t heads) {
  const at::Tensor q = apply(attention.q, queries).flatten(0, 1).unsqueeze(0);
  return apply(attention.out, attend(q, image.to_image_k, image.to_image_v, heads))[0].unflatten(
      0, {queries.size(0), queries.size(1)});
}

/// Thousands of places look at seven or so tokens, and the result is added to them. As above: the
/// tokens are projected back where the places' queries are not at hand, and values are projected
/// out before they are averaged. The output's bias goes with the first head, whose weights sum
/// to 1.
at::Tensor look_at_tokens(const SamAttention& attention, const at::Tensor& tokens,
                          const at::Tensor& values, const Places& places,
                          const at::Tensor& shared_q, std::int64_t heads) {
  const std::int64_t count = tokens.size(1);
  const at::Tensor k =
      by_head(apply(attention.k, tokens).mul_(scale_of(attention.q, heads)), heads);
  at::Tensor scores;  // (P,heads*count,HW)
  if (shared_q.defined()) {
    scores = product(k, shared_q.transpose(1, 2));
  } else {
    scores = product(at::matmul(k, attention.q.weight), places.placed.transpose(1, 2))
                 .add_(at::matmul(k, attention.q.bias).unsqueeze(2));
  }
  const at::Tensor weights =
      at::softmax(scores.unflatten(1, {heads, count}), 2).flatten(1, 2).transpose(1, 2);
  const at::Tensor out =
      at::matmul(by_head(apply(attention.v, values), heads), attention.out.weight.t());
  out.narrow(1, 0, count).add_(attention.out.bias);
  return at::baddbmm(places.keys.expand({tokens.size(0), -1, -1}), weights, out);
}

/// Everything that a layer does to the tokens before it looks at the picture.
at::Tensor look_at_each_other(const SamDecoderLayer& layer, const at::Tensor& queries,
                              const at::Tensor& prompt, bool first, std::int64_t heads) {
  // The first layer's queries are the prompt itself, which is not added to itself.
  const at::Tensor placed = first ? queries : queries.add(prompt);
  const at::Tensor seen =
      apply(layer.self.out, attend(apply(layer.self.q, placed), apply(layer.self.k, placed),
                                   apply(layer.self.v, queries), heads));
  return apply(layer.norm1, first ? seen : queries.add(seen));
}

}  // namespace

SamDecoder take_sam_decoder(Parameters& parameters, const SamConfig& config) {
  const std::string prefix = "mask_decoder.";
  const std::int64_t channels = config.channels;
  SamDecoder decoder;
  decoder.heads = config.decoder_heads;
  decoder.grid = config.grid();
  for (std::size_t i = 0; i < decoder.layers.size(); ++i) {
    decoder.layers[i] =
        take_layer(parameters, prefix + "transformer.layers." + std::to_string(i), config);
  }
  decoder.to_image = take_attention(parameters, prefix + "transformer.final_attn_token_to_image",
                                    channels, channels / 2);
  decoder.norm = take_layer_norm(parameters, prefix + "transformer.norm_final_attn", channels);
  const at::Tensor quality = parameters.take(prefix + "iou_token.weight", {1, channels});
  const at::Tensor masks = parameters.take(prefix + "mask_tokens.weight", {kSamMasks, channels});
  if (quality.defined()) decoder.own_tokens = at::cat({quality, masks});
  decoder.upscaling1 =
      take_doubling(parameters, prefix + "output_upscaling.0", channels, channels / 4);
  decoder.upscaling_norm =
      take_layer_norm(parameters, prefix + "output_upscaling.1", channels / 4, kNorm2dEpsilon);
  decoder.upscaling2 =
      take_doubling(parameters, prefix + "output_upscaling.3", channels / 4, channels / 8);
  for (std::size_t i = 0; i < decoder.mask_mlps.size(); ++i) {
    decoder.mask_mlps[i] =
        take_mlp(parameters, prefix + "output_hypernetworks_mlps." + std::to_string(i), channels,
                 channels, channels / 8);
  }
  decoder.quality_mlp =
      take_mlp(parameters, prefix + "iou_prediction_head", channels, config.iou_hidden, kSamMasks);
  return decoder;
}

SamImage share_image(const SamDecoder& decoder, const at::Tensor& embedding,
                     const at::Tensor& positions, const at::Tensor& no_mask) {
  const at::ScalarType type = decoder.own_tokens.scalar_type();
  SamImage image;
  image.embedding = embedding.to(type);
  image.positions = positions.to(type).flatten(2).transpose(1, 2).contiguous();
  image.keys = image.embedding.flatten(2).transpose(1, 2).add(no_mask.to(type)).contiguous();
  image.placed = image.keys.add(image.positions);
  const SamDecoderLayer& first = decoder.layers.front();
  image.to_image_k = apply(first.to_image.k, image.placed);
  image.to_image_v = apply(first.to_image.v, image.keys);
  image.to_tokens_q = apply(first.to_tokens.q, image.placed);
  return image;
}

SamAnswers answer(const SamDecoder& decoder, const SamImage& image, const at::Tensor& sparse,
                  const at::Tensor& dense, const StageFn& stage) {
  const at::ScalarType type = decoder.own_tokens.scalar_type();
  const std::int64_t heads = decoder.heads;
  const std::int64_t count = sparse.size(0);
  const at::Tensor prompt =
      at::cat({decoder.own_tokens.unsqueeze(0).expand({count, -1, -1}), sparse.to(type)}, 1);
  Places places{image.keys, image.placed};
  const bool shared = !dense.defined();
  if (!shared) {
    places.keys = image.embedding.add(dense.to(type)).flatten(2).transpose(1, 2).contiguous();
    places.placed = places.keys.add(image.positions);
  }

  at::Tensor queries = prompt;
  for (std::size_t i = 0; i < decoder.layers.size(); ++i) {
    const SamDecoderLayer& layer = decoder.layers[i];
    const bool at_hand = i == 0 && shared;
    queries = look_at_each_other(layer, queries, prompt, i == 0, heads);
    const at::Tensor asking = queries.add(prompt);
    queries = apply(layer.norm2,
                    queries.add(at_hand ? look_at_shared_image(layer.to_image, asking, image, heads)
                                        : look_at_image(layer.to_image, asking, places, heads)));
    queries = apply(layer.norm3,
                    queries.add(apply(layer.squeeze, at::relu(apply(layer.expand, queries)))));
    places.keys =
        apply(layer.norm4, look_at_tokens(layer.to_tokens, queries.add(prompt), queries, places,
                                          at_hand ? image.to_tokens_q : at::Tensor(), heads));
    places.placed = places.keys.add(image.positions);
    if (stage) {
      stage("dec_q" + std::to_string(i), queries);
      stage("dec_k" + std::to_string(i), places.keys);
    }
  }
  queries = apply(decoder.norm,
                  queries.add(look_at_image(decoder.to_image, queries.add(prompt), places, heads)));
  if (stage) stage("dec_hs", queries);
  SamAnswers answers;
  answers.quality = apply(decoder.quality_mlp, queries.select(1, 0)).to(at::kFloat);
  answers.tokens = queries.narrow(1, 1, kSamMasks);
  answers.keys = places.keys;
  return answers;
}

at::Tensor draw_masks(const SamDecoder& decoder, const SamAnswers& answers, const StageFn& stage) {
  const std::int64_t count = answers.keys.size(0);
  const std::int64_t grid = decoder.grid;
  at::Tensor finer = apply(decoder.upscaling1, answers.keys)
                         .unflatten(2, {4, decoder.upscaling_norm.weight.size(0)});
  finer = apply(decoder.upscaling_norm, finer);
  // (P,HW,4,4*channels/8): the places of a place, and theirs.
  at::Tensor upscaled = apply(decoder.upscaling2, at::gelu_(finer));
  upscaled = at::gelu_(upscaled).reshape({count, grid * grid * 16, -1});

  std::vector<at::Tensor> mixtures;
  for (std::size_t i = 0; i < decoder.mask_mlps.size(); ++i) {
    mixtures.push_back(
        apply(decoder.mask_mlps[i], answers.tokens.select(1, static_cast<std::int64_t>(i))));
  }
  // From row, column, row in it, column in it, and once more, to rows and columns.
  const auto in_order = [&](const at::Tensor& maps) {
    return maps.reshape({count, -1, grid, grid, 2, 2, 2, 2})
        .permute({0, 1, 2, 4, 6, 3, 5, 7})
        .reshape({count, -1, 4 * grid, 4 * grid});
  };
  if (stage) stage("dec_upscaled", in_order(upscaled.transpose(1, 2)));
  const at::Tensor masks = at::bmm(at::stack(mixtures, 1), upscaled.transpose(1, 2));
  return in_order(masks.to(at::kFloat));
}

}  // namespace sam6d::nets

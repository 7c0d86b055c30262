#include "nets/unit_golden.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <doctest/doctest.h>

#include "nets/geometric_embedding.hpp"
#include "nets/linear_attention.hpp"
#include "nets/pem_network.hpp"
#include "nets/pixel_features.hpp"
#include "nets/relative_scores.hpp"
#include "nets/similarity.hpp"
#include "nets/transformer.hpp"
#include "support/golden.hpp"

namespace sam6d::test {
namespace {

/// Sums in another order, of values up to about 4.
constexpr double kRounding = 1e-5;
/// Features of a transformer of four blocks: sums in another order.
constexpr double kFeatures = 2e-5;
/// Arguments of the sine of up to 800 have a spacing of 6e-5.
constexpr double kSinusoids = 3e-5;
/// The reference's distances are those of an expanded square, whose rounding is up to 4e-3 where a
/// point meets itself, and moves the others' embeddings by up to 5e-4.
constexpr double kDiagonal = 2e-2;
constexpr double kOffDiagonal = 5e-4;
constexpr std::int64_t kChannels = 32;
constexpr std::int64_t kHeads = 4;

template <class Take>
auto made(const Take& take) {
  return nets::Parameters::load(Weights::synthetic(Network::kPem), Network::kPem, at::kCPU,
                                at::kFloat, take);
}

/// Of (B,n,n,channels): the largest difference on the diagonal, and elsewhere.
struct PairDifference {
  double diagonal;
  double elsewhere;
};

PairDifference pair_difference(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor gap = a.sub(b).abs();
  const at::Tensor diagonal = gap.diagonal(0, 1, 2);
  const at::Tensor rest = gap.clone();
  rest.diagonal(0, 1, 2).zero_();
  return {diagonal.max().item<double>(), rest.max().item<double>()};
}

void check_embedding(const Golden& golden, const std::string& name,
                     nets::PemConfig::Reduction reduction) {
  if (!golden.has(name + ".out0")) return;
  INFO(name);
  nets::PemConfig config;
  config.channels = kChannels;
  config.angle_reduction = reduction;
  nets::GeometricEmbedding embedding = made([&](nets::Parameters& parameters) {
    return nets::take_geometric_embedding(parameters, "", config);
  });
  nets::tabulate(embedding);
  const at::Tensor points = golden[name + ".in0"];
  if (golden.has(name + ".d_indices")) {
    const nets::PairGeometry pairs = nets::pair_geometry(embedding, points);
    const PairDifference d =
        pair_difference(pairs.distances.unsqueeze(3), golden[name + ".d_indices"].unsqueeze(3));
    CHECK(d.diagonal <= kDiagonal);
    CHECK(d.elsewhere <= kOffDiagonal);
    CHECK(pair_difference(pairs.angles, golden[name + ".a_indices"]).elsewhere <= kOffDiagonal);
  }
  for (const at::Tensor& out :
       {nets::embed_pairs(embedding, points), nets::embed_pairs_directly(embedding, points)}) {
    const PairDifference d = pair_difference(out, golden[name + ".out0"]);
    CHECK(d.diagonal <= kDiagonal);
    CHECK(d.elsewhere <= kOffDiagonal);
  }
}

nets::Places places_of(const at::Tensor& batch) { return batch.unbind(0); }

nets::Linear projection(const std::string& name) {
  return made([&](nets::Parameters& parameters) {
    return nets::take_linear(parameters, name, kChannels, kChannels);
  });
}

void check_attention(const Golden& golden) {
  if (golden.has("rpe_attention.out0")) {
    const auto project = [&](const std::string& name, const std::string& in) {
      return nets::split_heads(nets::apply(projection(name), golden["rpe_attention." + in]),
                               kHeads);
    };
    const at::Tensor q = project("proj_q", "in0");
    const at::Tensor by_head = projection("proj_p").weight.unflatten(0, {kHeads, -1});
    const at::Tensor queries = at::matmul(q, by_head).transpose(1, 2);
    const at::Tensor scores =
        at::matmul(q, project("proj_k", "in1").transpose(2, 3))
            .add(nets::relative_scores(queries, places_of(golden["rpe_attention.in3"])))
            .div(std::sqrt(static_cast<double>(kChannels / kHeads)))
            .softmax(3);
    CHECK(largest_difference(scores, golden["rpe_attention.out1"]) <= kRounding);
    CHECK(largest_difference(nets::merge_heads(at::matmul(scores, project("proj_v", "in2"))),
                             golden["rpe_attention.out0"]) <= kRounding);
  }
  if (golden.has("mha.out0")) {
    const auto project = [&](const std::string& name, const std::string& in) {
      return nets::apply(projection(name), golden["mha." + in]);
    };
    CHECK(largest_difference(nets::attend(project("proj_q", "in0"), project("proj_k", "in1"),
                                          project("proj_v", "in2"), kHeads),
                             golden["mha.out0"]) <= kRounding);
  }
  if (golden.has("rpe_layer.out0")) {
    const auto layer = made([](nets::Parameters& parameters) {
      return nets::take_self_layer(parameters, "", kChannels);
    });
    const nets::Places places = places_of(golden["rpe_layer.in2"]);
    at::Tensor scores;
    static_cast<void>(
        nets::attend_by_place(layer.attention, golden["rpe_layer.in0"], places, kHeads, &scores));
    CHECK(largest_difference(scores, golden["rpe_layer.out1"]) <= kRounding);
    CHECK(largest_difference(nets::apply(layer, golden["rpe_layer.in0"], places, kHeads),
                             golden["rpe_layer.out0"]) <= kRounding);
  }
  if (golden.has("transformer_layer.out0")) {
    const auto layer = made([](nets::Parameters& parameters) {
      return nets::take_cross_layer(parameters, "", kChannels);
    });
    CHECK(largest_difference(nets::apply(layer, golden["transformer_layer.in0"],
                                         golden["transformer_layer.in1"], kHeads),
                             golden["transformer_layer.out0"]) <= kRounding);
  }
  if (golden.has("geometric_transformer.out0")) {
    const auto block = made([](nets::Parameters& parameters) {
      return nets::take_geometric_block(parameters, "", kChannels);
    });
    const nets::TokenPair attended = {
        nets::apply(block.self, golden["geometric_transformer.in0"],
                    places_of(golden["geometric_transformer.in1"]), kHeads),
        nets::apply(block.self, golden["geometric_transformer.in2"],
                    places_of(golden["geometric_transformer.in3"]), kHeads)};
    const nets::TokenPair out = nets::apply_cross(block.cross, attended, kHeads);
    CHECK(largest_difference(out.observed, golden["geometric_transformer.out0"]) <= kRounding);
    CHECK(largest_difference(out.object, golden["geometric_transformer.out1"]) <= kRounding);
  }
}

void check_linear_attention(const Golden& golden) {
  constexpr double kFocusing = 3;
  if (golden.has("linear_layer.out0")) {
    const auto layer = made([](nets::Parameters& parameters) {
      return nets::take_linear_layer(parameters, "", kChannels);
    });
    CHECK(largest_difference(nets::apply(layer, golden["linear_layer.in0"],
                                         golden["linear_layer.in1"], kHeads, kFocusing),
                             golden["linear_layer.out0"]) <= kRounding);
  }
  if (!golden.has("sparse_to_dense.out0")) return;
  const auto block = made([](nets::Parameters& parameters) {
    return nets::SparseToDenseBlock{
        nets::take_geometric_block(parameters, "sparse_layer.", kChannels),
        nets::take_linear_layer(parameters, "dense_layer.", kChannels)};
  });
  const auto sparse = [&](const char* dense, const char* idx) {
    const at::Tensor tokens = golden[dense];
    return nets::sparse_tokens(tokens.narrow(1, 1, tokens.size(1) - 1), tokens.narrow(1, 0, 1),
                               golden[idx]);
  };
  const auto attended = [&](const at::Tensor& tokens, const char* places) {
    return nets::apply(block.sparse.self, tokens, places_of(golden[places]), kHeads);
  };
  const nets::TokenPair among = nets::apply_cross(
      block.sparse.cross,
      {attended(sparse("sparse_to_dense.in0", "sparse_to_dense.in2"), "sparse_to_dense.in1"),
       attended(sparse("sparse_to_dense.in3", "sparse_to_dense.in5"), "sparse_to_dense.in4")},
      kHeads);
  const auto dense = [&](const char* name, const at::Tensor& tokens) {
    const at::Tensor in = golden[name];
    return at::cat({tokens.narrow(1, 0, 1),
                    nets::apply(block.dense, in.narrow(1, 1, in.size(1) - 1),
                                tokens.narrow(1, 1, tokens.size(1) - 1), kHeads, kFocusing)},
                   1);
  };
  CHECK(largest_difference(dense("sparse_to_dense.in0", among.observed),
                           golden["sparse_to_dense.out0"]) <= kRounding);
  CHECK(largest_difference(dense("sparse_to_dense.in3", among.object),
                           golden["sparse_to_dense.out1"]) <= kRounding);
}

void check_similarity(const Golden& golden) {
  if (!golden.has("sim.f1")) return;
  const at::Tensor a = golden["sim.f1"];
  const at::Tensor b = golden["sim.f2"];
  using Kind = nets::PemConfig::Similarity;
  CHECK(largest_difference(nets::similarity(a, b, Kind::kCosine, 0.1), golden["sim.cosine_t0.1"]) <=
        kRounding);
  CHECK(largest_difference(nets::similarity(a, b, Kind::kL2, 0.1), golden["sim.L2_t0.1"]) <=
        kRounding);
}

void check_sinusoids(const Golden& golden) {
  for (const std::string name : {"sinusoidal", "sinusoidal256"}) {
    if (!golden.has(name + ".in0")) continue;
    const at::Tensor expected = golden[name + ".out0"];
    CHECK(largest_difference(nets::sinusoids(golden[name + ".in0"], expected.size(2)), expected) <=
          kSinusoids);
  }
}

/// The tiny network's feature extractor, in all its kinds.
void check_features(const Golden& golden) {
  if (!golden.has("vit.rgb_u8")) return;
  const at::Tensor images = nets::normalised_images(golden["vit.rgb_u8"]);
  CHECK(largest_difference(images.narrow(2, 100, 8), golden["vit.rgb_normalised_rows"]) <= 1e-6);
  for (const bool pyramid : {true, false}) {
    for (const bool linear : {true, false}) {
      const std::string name =
          std::string("vit_") + (linear ? "linear" : "deconv") + (pyramid ? "_pyramid" : "_last");
      INFO(name);
      nets::PemConfig::Vit config;
      config.width = 48;
      config.depth = 4;
      config.heads = 3;
      config.out_channels = kChannels;
      config.pyramid = pyramid;
      config.upscaling =
          linear ? nets::PemConfig::Upscaling::kLinear : nets::PemConfig::Upscaling::kDeconv;
      const auto network = made([&](nets::Parameters& parameters) {
        return nets::take_pixel_features(parameters, "", config);
      });
      const nets::FeatureGrid grid = nets::feature_grid(network, images);
      CHECK(largest_difference(grid.class_token, golden[name + ".cls"]) <= kFeatures);
      const at::Tensor rows = at::arange(0, 224, 7);
      const at::Tensor pixels = rows.unsqueeze(1).mul(224).add(rows).flatten().unsqueeze(0);
      const at::Tensor map = nets::features_at(grid, pixels).transpose(1, 2).unflatten(2, {32, 32});
      CHECK(largest_difference(map, golden[name + ".featmap_sub"]) <= kFeatures);
      if (!(pyramid && linear)) continue;
      CHECK(largest_difference(nets::embed_patches(network.vit, images),
                               golden["vit.pos_embedded"]) <= kFeatures);
      const std::vector<at::Tensor> taps = nets::tapped_tokens(network.vit, images);
      REQUIRE(taps.size() == 4);
      for (std::size_t i = 0; i < 4; ++i) {
        CHECK(largest_difference(taps[i], golden["vit.tokens_out" + std::to_string(i)]) <=
              kFeatures);
      }
    }
  }
}

}  // namespace

void check_unit_modules(const std::filesystem::path& path) {
  const Golden golden(path);
  check_sinusoids(golden);
  check_embedding(golden, "geo_max", nets::PemConfig::Reduction::kMax);
  check_embedding(golden, "geo_mean", nets::PemConfig::Reduction::kMean);
  check_attention(golden);
  check_linear_attention(golden);
  check_similarity(golden);
  check_features(golden);
}

}  // namespace sam6d::test

#include "nets/sam.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <doctest/doctest.h>

#include "checkpoint/safetensors.hpp"
#include "nets/parameters.hpp"
#include "nets/sam_encoder.hpp"
#include "nets/sam_golden.hpp"
#include "support/errors.hpp"

namespace sam6d::test {
namespace {

const std::filesystem::path kData = std::filesystem::path(SAM6D_TEST_DATA) / "ism";

/// Rounding of sums in another order between a batch and its items.
constexpr double kBatch = 1e-5;

nets::Sam tiny(Precision precision = Precision::kFloat32) {
  return nets::Sam(Weights::synthetic(Network::kSam), tiny_sam_a(), {}, precision);
}

nets::SamPrompts some_points(std::int64_t count) {
  return {at::rand({count, 1, 2}, at::kDouble).mul(256), at::ones({count, 1}, at::kLong), {}, {}};
}

TEST_CASE("the tiny image encoder gives the reference's values at every stage") {
  const Golden golden(kData / "sam_encoder.safetensors");
  // 2 u of the formula, which gives 0.1 u to tensors that are no weights.
  check_sam_encoder(tiny(), golden, formula_tensor("image6", {1, 3, 256, 256}).div(0.1F).mul(2), 1);
}

TEST_CASE("the tiny decoder gives the reference's values for points, boxes and masks") {
  check_sam_decoder(tiny(), Golden(kData / "sam_decoder.safetensors"));
}

TEST_CASE("prompts get the masks together that they get alone") {
  const nets::Sam sam = tiny();
  const nets::SamImage image = sam.share(at::randn({1, 32, 16, 16}));
  const nets::SamPrompts prompts = some_points(5);
  const nets::SamAnswers together = sam.answer(image, prompts);
  const at::Tensor masks = sam.draw(together, at::tensor({4, 1}, at::kLong));
  CHECK(masks.size(0) == 2);
  const nets::SamAnswers alone =
      sam.answer(image, {prompts.points.narrow(0, 4, 1), prompts.labels.narrow(0, 4, 1), {}, {}});
  CHECK(largest_difference(alone.quality[0], together.quality[4]) <= kBatch);
  CHECK(largest_difference(sam.draw(alone, at::arange(1))[0], masks[0]) <= 10 * kBatch);
}

TEST_CASE("no point beside others changes nothing but takes part, and boxes take its place") {
  const nets::Sam sam = tiny();
  const nets::SamPrompts points = some_points(2);
  const nets::SamPromptTokens with_padding = sam.embed(points);
  CHECK(with_padding.sparse.size(1) == 2);
  CHECK(with_padding.dense.size(0) == 1);
  const nets::SamPrompts explicit_padding{
      at::cat({points.points, at::full({2, 1, 2}, 77.0, at::kDouble)}, 1),
      at::cat({points.labels, at::full({2, 1}, nets::kSamNoPoint, at::kLong)}, 1),
      {},
      {}};
  const at::Tensor tokens = sam.embed(explicit_padding).sparse;
  CHECK(equal(tokens.narrow(1, 0, 2), with_padding.sparse));
  const nets::SamPrompts boxed{points.points, points.labels, at::rand({2, 4}).mul(200), {}};
  CHECK(sam.embed(boxed).sparse.size(1) == 3);
}

TEST_CASE("sizes are read from the shapes of the weights") {
  TensorMap tensors;
  const auto expect = [&](const nets::SamConfig& config) {
    for (const char* name : {"image_encoder.pos_embed"}) {
      tensors[name].shape = {1, static_cast<std::uint64_t>(config.grid()),
                             static_cast<std::uint64_t>(config.grid()),
                             static_cast<std::uint64_t>(config.width)};
    }
    const auto shape = [&](const std::string& name, std::vector<std::int64_t> sides) {
      tensors[name].shape.assign(sides.begin(), sides.end());
    };
    shape("image_encoder.patch_embed.proj.weight",
          {config.width, 3, config.patch_size, config.patch_size});
    for (std::int64_t i = 0; i < config.depth; ++i) {
      const std::string block = "image_encoder.blocks." + std::to_string(i);
      const std::int64_t side = config.is_global(i) ? config.grid() : config.window;
      shape(block + ".norm1.weight", {config.width});
      shape(block + ".attn.rel_pos_h", {2 * side - 1, config.width / config.heads});
    }
    shape("image_encoder.neck.0.weight", {config.channels, config.width, 1, 1});
    shape("prompt_encoder.mask_downscaling.3.weight", {config.mask_channels, 4, 2, 2});
    shape("mask_decoder.transformer.layers.0.mlp.lin1.weight",
          {config.decoder_mlp, config.channels});
    shape("mask_decoder.iou_prediction_head.layers.0.weight", {config.iou_hidden, config.channels});
    for (auto& [name, tensor] : tensors) {
      tensor.bytes.resize(static_cast<std::size_t>(*element_count(tensor.shape)));
    }
    const auto bytes = std::make_shared<std::vector<std::byte>>(safetensors_bytes(tensors));
    const nets::SamConfig found =
        nets::sam_config_of(Weights::from_memory(*bytes, "shapes of SAM", bytes));
    CHECK(found.image_size == config.image_size);
    CHECK(found.width == config.width);
    CHECK(found.depth == config.depth);
    CHECK(found.heads == config.heads);
    CHECK(found.window == config.window);
    CHECK(found.global_blocks == config.global_blocks);
    CHECK(found.channels == config.channels);
    CHECK(found.decoder_mlp == config.decoder_mlp);
    CHECK(found.iou_hidden == config.iou_hidden);
    tensors.clear();
  };
  expect(tiny_sam_b());
  nets::SamConfig vit_b;
  vit_b.width = 768;
  vit_b.depth = 12;
  vit_b.heads = 12;
  vit_b.global_blocks = {2, 5, 8, 11};
  expect(vit_b);
  CHECK(nets::sam_config_of(Weights::synthetic(Network::kSam)).width == 1280);
}

TEST_CASE("a configuration as JSON sets fields by name and refuses what makes no network") {
  const nets::SamConfig config =
      nets::sam_config_from_json(R"({"width": 48, "heads": 3, "depth": 2, "global_blocks": [1]})");
  CHECK(config.width == 48);
  CHECK(config.global_blocks == std::vector<std::int64_t>{1});
  CHECK(config.image_size == 1024);
  const auto refuse = [](const char* text, const char* mention) {
    check_error([&] { static_cast<void>(nets::sam_config_from_json(text)); },
                ErrorCode::kInvalidArgument, mention);
  };
  refuse("[", "JSON");
  refuse(R"({"wdith": 48})", "wdith");
  refuse(R"({"width": 50})", "heads");
  refuse(R"({"global_blocks": [32]})", "global_blocks");
  refuse(R"({"global_blocks": 3})", "global_blocks");
  refuse(R"({"image_size": 1000})", "image_size");
  refuse(R"({"channels": 12})", "channels");
}

TEST_CASE("bfloat16 gives embeddings and masks near those of float32") {
  // 8 bits of mantissa through four blocks; embeddings and logits are of order 1.
  constexpr double kBFloat16 = 0.15;
  const nets::Sam exact = tiny();
  const nets::Sam coarse = tiny(Precision::kBFloat16);
  CHECK(coarse.bytes() < exact.bytes());
  const at::Tensor input = at::randn({1, 3, 256, 256});
  const at::Tensor embedding = exact.encode(input);
  CHECK(largest_difference(coarse.encode(input), embedding) <= kBFloat16);
  const nets::SamPrompts prompts = some_points(3);
  const nets::SamAnswers a = exact.answer(exact.share(embedding), prompts);
  const nets::SamAnswers b = coarse.answer(coarse.share(embedding), prompts);
  CHECK(largest_difference(a.quality, b.quality) <= kBFloat16);
  CHECK(largest_difference(exact.draw(a, at::arange(3)), coarse.draw(b, at::arange(3))) <=
        kBFloat16);
}

TEST_CASE("what does not fit is refused by name, and a host can stop the encoder") {
  const nets::Sam sam = tiny();
  check_error(
      [&] {
        static_cast<void>(sam.encode(at::randn({1, 3, 250, 256})));
      },
      ErrorCode::kInvalidArgument, "input");
  check_error([&] { static_cast<void>(sam.embed({})); }, ErrorCode::kInvalidArgument, "points");
  nets::SamPrompts prompts = some_points(2);
  prompts.labels = at::tensor({1, 2}, at::kLong).unsqueeze(1);
  check_error([&] { static_cast<void>(sam.embed(prompts)); }, ErrorCode::kInvalidArgument,
              "labels");
  prompts.labels = at::Tensor();
  check_error([&] { static_cast<void>(sam.embed(prompts)); }, ErrorCode::kInvalidArgument,
              "labels");
  check_error(
      [&] {
        static_cast<void>(sam.embed({{}, {}, at::rand({2, 3}), {}}));
      },
      ErrorCode::kInvalidArgument, "boxes");
  check_error(
      [&] {
        static_cast<void>(sam.embed({{}, {}, {}, at::rand({1, 1, 8, 8})}));
      },
      ErrorCode::kInvalidArgument, "masks");
  check_error(
      [&] {
        static_cast<void>(sam.encode(at::randn({1, 3, 256, 256}),
                                     [](const Progress& progress) { return progress.done < 2; }));
      },
      ErrorCode::kCancelled, "image encoder");
  check_error([] { nets::Sam(Weights::synthetic(Network::kPem)); }, ErrorCode::kBadWeights, "sam");
}

}  // namespace
}  // namespace sam6d::test

#include "nets/dinov2.hpp"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include "checkpoint/formula_weights.hpp"
#include "checkpoint/safetensors.hpp"
#include "checkpoint/tensor.hpp"
#include "nets/dinov2_golden.hpp"
#include "support/errors.hpp"
#include "support/golden.hpp"
#include "support/tiny_dinov2.hpp"

namespace sam6d::test {
namespace {

/// Rounding of sums in another order.
constexpr double kOrder = 5e-5;
/// Of tokens behind a norm, whose size is about 1: three blocks in bfloat16's 8 bits.
constexpr double kBFloat16 = 0.15;

Tensor formula(const std::string& name, const std::vector<std::uint64_t>& shape) {
  std::vector<float> values(element_count(shape).value());
  fill_by_formula(name, shape, values);
  Tensor tensor = tensor_of<float>(std::span<const float>(values));
  tensor.shape = shape;
  return tensor;
}

/// A file's tensors: DINOv2 of 64 channels and two blocks, with a table of 3 x 3 places.
TensorMap small_file(bool gated) {
  TensorMap tensors;
  const auto add = [&](const std::string& name, const std::vector<std::uint64_t>& shape) {
    tensors[name] = formula(name, shape);
  };
  const auto layer = [&](const std::string& name, std::uint64_t in, std::uint64_t out) {
    add(name + ".weight", {out, in});
    add(name + ".bias", {out});
  };
  add("cls_token", {1, 1, 64});
  add("pos_embed", {1, 10, 64});
  add("mask_token", {1, 64});
  add("patch_embed.proj.weight", {64, 3, 14, 14});
  add("patch_embed.proj.bias", {64});
  for (const std::string block : {"blocks.0.", "blocks.1."}) {
    for (const std::string norm : {"norm1", "norm2"}) {
      add(block + norm + ".weight", {64});
      add(block + norm + ".bias", {64});
    }
    add(block + "ls1.gamma", {64});
    add(block + "ls2.gamma", {64});
    layer(block + "attn.qkv", 64, 192);
    layer(block + "attn.proj", 64, 64);
    layer(block + (gated ? "mlp.w12" : "mlp.fc1"), 64, gated ? 2 * 176 : 256);
    layer(block + (gated ? "mlp.w3" : "mlp.fc2"), gated ? 176 : 256, 64);
  }
  add("norm.weight", {64});
  add("norm.bias", {64});
  return tensors;
}

Weights as_weights(const TensorMap& tensors) {
  const auto file = std::make_shared<std::vector<std::byte>>(safetensors_bytes(tensors));
  return Weights::from_memory(*file, "test.safetensors", file);
}

TEST_CASE("the tiny DINOv2 gives the reference's values") {
  check_tiny_dinov2(std::filesystem::path(SAM6D_TEST_DATA) / "ism" / "dinov2_tiny.safetensors");
}

TEST_CASE("sizes of DINOv2 are those of its tensors") {
  for (const bool gated : {false, true}) {
    CAPTURE(gated);
    const Weights weights = as_weights(small_file(gated));
    const nets::Dinov2Config sizes = nets::completed({}, weights);
    CHECK(sizes.width == 64);
    CHECK(sizes.depth == 2);
    CHECK(sizes.heads == 1);
    CHECK(sizes.image_size == 42);
    CHECK(sizes.gated == gated);
    const nets::Dinov2 network = nets::load_dinov2(weights);

    nets::Dinov2Config config;
    config.width = 64;
    config.depth = 2;
    config.image_size = 42;
    config.gated = gated;
    const nets::Dinov2 same =
        nets::load_dinov2(Weights::synthetic(Network::kDinov2), at::kCPU, at::kFloat, config);
    const at::Tensor image = noise_image(1, {1, 3, 42, 56});
    CHECK(equal(nets::tokens(network, image).patch, nets::tokens(same, image).patch));
    CHECK(network.hash != same.hash);
    CHECK(network.bytes == same.bytes);
  }
}

TEST_CASE("without a word the network is ViT-L/14, and the giant has its sizes") {
  const Weights synthetic = Weights::synthetic(Network::kDinov2);
  const nets::Dinov2Config large = nets::completed({}, synthetic);
  CHECK((large.width == 1024 && large.depth == 24 && large.heads == 16 && large.hidden() == 4096));
  const nets::Dinov2Config giant = nets::completed(
      nets::dinov2_config_from_json(R"({"width":1536,"depth":40,"gated":true})"), synthetic);
  CHECK((giant.heads == 24 && giant.hidden() == 4096));
}

TEST_CASE("half precision stays near") {
  const at::Tensor image = noise_image(1, {1, 3, 70, 98});
  const nets::Dinov2Tokens exact = nets::tokens(tiny_dinov2(), image);
  const nets::Dinov2Tokens half = nets::tokens(tiny_dinov2(at::kBFloat16), image);
  const double difference = largest_difference(exact.patch, half.patch);
  CHECK(difference <= kBFloat16);
  CHECK(difference > 0);
  CHECK((half.cls.scalar_type() == at::kFloat));
}

TEST_CASE("tokens of some patches are those of all") {
  const nets::Dinov2 network = tiny_dinov2();
  const at::Tensor images = noise_image(2, {3, 3, 56, 70});
  at::Tensor wanted = at::rand({3, 20}).gt(0.6);
  wanted[1].fill_(false);
  const nets::Dinov2Tokens all = nets::tokens(network, images);
  const nets::Dinov2Tokens some = nets::tokens_of(network, images, wanted);
  CHECK(largest_difference(some.cls, all.cls) <= kOrder);
  CHECK(largest_difference(some.patch, all.patch.mul(wanted.unsqueeze(2))) <= kOrder);
  CHECK(some.patch[1].abs().max().item<float>() == 0);
}

TEST_CASE("threads may share the network") {
  const nets::Dinov2 network = tiny_dinov2();
  std::vector<at::Tensor> found(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < found.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto side = static_cast<std::int64_t>(14 * (2 + i % 2));
      found[i] = nets::tokens(network, noise_image(1, {1, 3, side, 28})).cls;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(equal(found[0], found[2]));
  CHECK(equal(found[1], found[3]));
}

TEST_CASE("DINOv2 says what it cannot take") {
  const nets::Dinov2 network = tiny_dinov2();
  check_error(
      [&] {
        static_cast<void>(nets::tokens(network, at::rand({1, 3, 28, 30})));
      },
      ErrorCode::kInvalidArgument, "input");
  check_error(
      [&] {
        static_cast<void>(nets::tokens(network, at::rand({1, 1, 28, 28})));
      },
      ErrorCode::kInvalidArgument, "input");
  check_error(
      [&] {
        static_cast<void>(nets::tokens(network, at::zeros({1, 3, 28, 28}, at::kInt)));
      },
      ErrorCode::kInvalidArgument, "input");
  check_error(
      [&] {
        static_cast<void>(
            nets::tokens_of(network, at::rand({1, 3, 28, 28}), at::zeros({1, 5}, at::kBool)));
      },
      ErrorCode::kInvalidArgument, "wanted");
  check_error([&] { static_cast<void>(nets::load_dinov2(Weights::synthetic(Network::kSam))); },
              ErrorCode::kBadWeights, "dinov2");

  TensorMap tensors = small_file(false);
  tensors["register_tokens"] = formula("register_tokens", {1, 4, 64});
  check_error([&] { static_cast<void>(nets::load_dinov2(as_weights(tensors))); },
              ErrorCode::kBadWeights, "register_tokens");
  tensors = small_file(false);
  tensors.erase("norm.bias");
  check_error([&] { static_cast<void>(nets::load_dinov2(as_weights(tensors))); },
              ErrorCode::kBadWeights, "norm.bias");
  tensors["pos_embed"] = formula("pos_embed", {1, 12, 64});
  check_error([&] { static_cast<void>(nets::load_dinov2(as_weights(tensors))); },
              ErrorCode::kBadWeights, "pos_embed");
}

TEST_CASE("a configuration of DINOv2 that cannot be is refused by its key") {
  const Weights synthetic = Weights::synthetic(Network::kDinov2);
  const auto sizes = [&](const char* json) {
    return [&synthetic, json] {
      static_cast<void>(nets::completed(nets::dinov2_config_from_json(json), synthetic));
    };
  };
  check_error(sizes("[]"), ErrorCode::kInvalidArgument, "object");
  check_error(sizes("{"), ErrorCode::kInvalidArgument, "JSON");
  check_error(sizes(R"({"with":48})"), ErrorCode::kInvalidArgument, "with: unknown key");
  check_error(sizes(R"({"width":48.5})"), ErrorCode::kInvalidArgument, "width");
  check_error(sizes(R"({"gated":1})"), ErrorCode::kInvalidArgument, "gated");
  check_error(sizes(R"({"width":-1})"), ErrorCode::kInvalidArgument, "width");
  check_error(sizes(R"({"depth":100000})"), ErrorCode::kInvalidArgument, "depth");
  check_error(sizes(R"({"heads":3})"), ErrorCode::kInvalidArgument, "heads");
  check_error(sizes(R"({"width":48})"), ErrorCode::kInvalidArgument, "heads");
  check_error(sizes(R"({"image_size":500})"), ErrorCode::kInvalidArgument, "image_size");
}

}  // namespace
}  // namespace sam6d::test

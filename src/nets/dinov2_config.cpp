#include "nets/dinov2_config.hpp"

#include <algorithm>
#include <cmath>

#include "base/fail.hpp"
#include "nets/config_checks.hpp"
#include "nets/config_json.hpp"
#include "nets/stored_shapes.hpp"

namespace sam6d::nets {
namespace {

constexpr std::string_view kWho = "dinov2 config";
constexpr std::int64_t kMlpRatio = 4;
constexpr std::int64_t kHeadChannels = 64;

/// The picture whose patches a square position table has, beside a place for the class.
std::int64_t stored_image_size(const StoredShapes& stored) {
  const auto patches = static_cast<double>(stored.side("pos_embed", 1)) - 1;
  return kDinov2Patch * std::llround(std::sqrt(std::max(1.0, patches)));
}

void set_if_zero(std::int64_t& field, std::int64_t value) {
  if (field == 0) field = value;
}

}  // namespace

std::int64_t Dinov2Config::hidden() const {
  const std::int64_t plain = kMlpRatio * width;
  return gated ? (plain * 2 / 3 + 7) / 8 * 8 : plain;
}

Dinov2Config dinov2_config_from_json(std::string_view text) {
  Dinov2Config config;
  read_config(kWho, text,
              {{"width", into(config.width)},
               {"depth", into(config.depth)},
               {"heads", into(config.heads)},
               {"image_size", into(config.image_size)},
               {"gated", into(config.gated)}});
  return config;
}

Dinov2Config completed(const Dinov2Config& config, const Weights& weights) {
  const StoredShapes stored(weights, "patch_embed.proj.weight");
  if (stored.has("register_tokens")) {
    fail(ErrorCode::kBadWeights,
         "{}: expected DINOv2 without register tokens (dinov2_vitl14_pretrain.pth), found "
         "register_tokens",
         weights.source());
  }
  Dinov2Config whole = config;
  if (!stored.empty()) {
    set_if_zero(whole.width, stored.side("patch_embed.proj.weight", 0));
    set_if_zero(whole.depth, stored.count("blocks.", ".norm1.weight"));
    set_if_zero(whole.image_size, stored_image_size(stored));
    whole.gated = whole.gated || stored.has("blocks.0.mlp.w12.weight");
  }
  constexpr Dinov2Config kLarge{1024, 24, 0, 518, false};
  set_if_zero(whole.width, kLarge.width);
  set_if_zero(whole.depth, kLarge.depth);
  set_if_zero(whole.image_size, kLarge.image_size);
  set_if_zero(whole.heads, whole.width / kHeadChannels);
  expect_size(kWho, "width", whole.width);
  expect_size(kWho, "depth", whole.depth);
  expect_size(kWho, "image_size", whole.image_size);
  expect_heads(kWho, "heads", whole.heads, whole.width);
  if (whole.image_size % kDinov2Patch != 0) {
    fail(ErrorCode::kInvalidArgument, "{}: image_size: expected a multiple of {}, found {}", kWho,
         kDinov2Patch, whole.image_size);
  }
  return whole;
}

}  // namespace sam6d::nets

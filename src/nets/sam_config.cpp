#include "nets/sam_config.hpp"

#include <algorithm>
#include <string>

#include "nets/config_checks.hpp"
#include "nets/config_json.hpp"
#include "nets/stored_shapes.hpp"

namespace sam6d::nets {
namespace {

constexpr std::string_view kWho = "sam config";
constexpr const char* kPositions = "image_encoder.pos_embed";

}  // namespace

bool SamConfig::is_global(std::int64_t block) const {
  return std::ranges::find(global_blocks, block) != global_blocks.end();
}

void SamConfig::validate() const {
  expect_size(kWho, "image_size", image_size);
  expect_size(kWho, "patch_size", patch_size);
  if (image_size % patch_size != 0) {
    fail(ErrorCode::kInvalidArgument,
         "{}: image_size: expected a multiple of patch_size, {}, found {}", kWho, patch_size,
         image_size);
  }
  expect_size(kWho, "width", width);
  expect_size(kWho, "depth", depth);
  expect_heads(kWho, "heads", heads, width);
  expect_size(kWho, "window", window);
  for (const std::int64_t block : global_blocks) {
    if (block < 0 || block >= depth) {
      fail(ErrorCode::kInvalidArgument, "{}: global_blocks: expected 0 to {}, found {}", kWho,
           depth - 1, block);
    }
  }
  expect_size(kWho, "channels", channels);
  if (channels % 8 != 0) {
    fail(ErrorCode::kInvalidArgument, "{}: channels: expected a multiple of 8, found {}", kWho,
         channels);
  }
  expect_size(kWho, "mask_channels", mask_channels);
  if (mask_channels % 4 != 0) {
    fail(ErrorCode::kInvalidArgument, "{}: mask_channels: expected a multiple of 4, found {}", kWho,
         mask_channels);
  }
  expect_heads(kWho, "decoder_heads", decoder_heads, channels / 2);
  expect_size(kWho, "decoder_mlp", decoder_mlp);
  expect_size(kWho, "iou_hidden", iou_hidden);
}

SamConfig sam_config_of(const Weights& weights) {
  SamConfig config;
  const StoredShapes shapes(weights, kPositions);
  if (shapes.empty()) return config;
  config.patch_size = shapes.side("image_encoder.patch_embed.proj.weight", 2);
  config.image_size = shapes.side(kPositions, 1) * config.patch_size;
  config.width = shapes.side(kPositions, 3);
  config.depth = shapes.count("image_encoder.blocks.", ".norm1.weight");
  // A table of relative positions has an entry for each distance, -(n - 1) to n - 1: it says what
  // side a block's attention has.
  config.window = config.grid();
  config.global_blocks.clear();
  for (std::int64_t i = 0; i < config.depth; ++i) {
    const std::string table = "image_encoder.blocks." + std::to_string(i) + ".attn.rel_pos_h";
    const std::int64_t side = (shapes.side(table, 0) + 1) / 2;
    if (side == config.grid()) {
      config.global_blocks.push_back(i);
    } else {
      config.window = side;
    }
    config.heads = config.width / std::max<std::int64_t>(1, shapes.side(table, 1));
  }
  config.channels = shapes.side("image_encoder.neck.0.weight", 0);
  config.mask_channels = shapes.side("prompt_encoder.mask_downscaling.3.weight", 0);
  config.decoder_mlp = shapes.side("mask_decoder.transformer.layers.0.mlp.lin1.weight", 0);
  config.iou_hidden = shapes.side("mask_decoder.iou_prediction_head.layers.0.weight", 0);
  return config;
}

SamConfig sam_config_from_json(std::string_view text, const SamConfig& base) {
  SamConfig config = base;
  read_config(kWho, text,
              {{"image_size", into(config.image_size)},
               {"patch_size", into(config.patch_size)},
               {"width", into(config.width)},
               {"depth", into(config.depth)},
               {"heads", into(config.heads)},
               {"window", into(config.window)},
               {"global_blocks", into(config.global_blocks)},
               {"channels", into(config.channels)},
               {"mask_channels", into(config.mask_channels)},
               {"decoder_heads", into(config.decoder_heads)},
               {"decoder_mlp", into(config.decoder_mlp)},
               {"iou_hidden", into(config.iou_hidden)}});
  config.validate();
  return config;
}

}  // namespace sam6d::nets

#include "nets/pem_config.hpp"

#include <string_view>

#include "nets/config_checks.hpp"

namespace sam6d::nets {
namespace {

constexpr std::string_view kWho = "pem config";

}  // namespace

void PemConfig::validate() const {
  expect_size(kWho, "vit.width", vit.width);
  expect_size(kWho, "vit.depth", vit.depth);
  expect_heads(kWho, "vit.heads", vit.heads, vit.width);
  if (vit.depth < 4) {
    fail(ErrorCode::kInvalidArgument,
         "pem config: vit.depth: expected at least 4 blocks, for four taps, found {}", vit.depth);
  }
  expect_size(kWho, "vit.out_channels", vit.out_channels);
  expect_size(kWho, "coarse_points", coarse_points);
  expect_size(kWho, "fine_points", fine_points);
  expect_size(kWho, "channels", channels);
  expect_heads(kWho, "heads", heads, channels);
  if (channels % 2 != 0) {
    fail(ErrorCode::kInvalidArgument, "pem config: channels: expected an even number, found {}",
         channels);
  }
  expect_positive(kWho, "sigma_d", sigma_d);
  expect_positive(kWho, "sigma_a", sigma_a);
  expect_size(kWho, "angle_neighbours", angle_neighbours);
  if (angle_neighbours > coarse_points) {
    fail(ErrorCode::kInvalidArgument,
         "pem config: angle_neighbours: expected at most coarse_points, {}, found {}",
         coarse_points, angle_neighbours);
  }
  expect_size(kWho, "coarse_blocks", coarse_blocks);
  expect_size(kWho, "fine_blocks", fine_blocks);
  expect_size(kWho, "hypotheses", hypotheses);
  expect_size(kWho, "kept_hypotheses", kept_hypotheses);
  if (kept_hypotheses > hypotheses) {
    fail(ErrorCode::kInvalidArgument,
         "pem config: kept_hypotheses: expected at most hypotheses, {}, found {}", hypotheses,
         kept_hypotheses);
  }
  expect_positive(kWho, "encoding_radius1", encoding_radius1);
  expect_positive(kWho, "encoding_radius2", encoding_radius2);
  expect_positive(kWho, "focusing_factor", focusing_factor);
  expect_positive(kWho, "temperature", temperature);
}

}  // namespace sam6d::nets

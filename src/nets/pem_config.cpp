#include "nets/pem_config.hpp"

#include <string_view>

#include "base/fail.hpp"

namespace sam6d::nets {
namespace {

/// No published network comes near; a mistyped size must not ask for terabytes.
constexpr std::int64_t kMost = 1 << 16;

template <class Number>
void expect_positive(std::string_view field, Number value) {
  if (!(value > 0)) {
    fail(ErrorCode::kInvalidArgument, "pem config: {}: expected a positive number, found {}", field,
         value);
  }
}

void expect_heads(std::string_view field, std::int64_t heads, std::int64_t channels) {
  expect_positive(field, heads);
  if (channels % heads != 0) {
    fail(ErrorCode::kInvalidArgument, "pem config: {}: {} channels cannot be shared by {} heads",
         field, channels, heads);
  }
}

}  // namespace

void PemConfig::validate() const {
  const auto expect_size = [](std::string_view field, std::int64_t value) {
    expect_positive(field, value);
    if (value > kMost) {
      fail(ErrorCode::kInvalidArgument, "pem config: {}: expected at most {}, found {}", field,
           kMost, value);
    }
  };
  expect_size("vit.width", vit.width);
  expect_size("vit.depth", vit.depth);
  expect_heads("vit.heads", vit.heads, vit.width);
  if (vit.depth < 4) {
    fail(ErrorCode::kInvalidArgument,
         "pem config: vit.depth: expected at least 4 blocks, for four taps, found {}", vit.depth);
  }
  expect_size("vit.out_channels", vit.out_channels);
  expect_size("coarse_points", coarse_points);
  expect_size("fine_points", fine_points);
  expect_size("channels", channels);
  expect_heads("heads", heads, channels);
  if (channels % 2 != 0) {
    fail(ErrorCode::kInvalidArgument, "pem config: channels: expected an even number, found {}",
         channels);
  }
  expect_positive("sigma_d", sigma_d);
  expect_positive("sigma_a", sigma_a);
  expect_size("angle_neighbours", angle_neighbours);
  if (angle_neighbours > coarse_points) {
    fail(ErrorCode::kInvalidArgument,
         "pem config: angle_neighbours: expected at most coarse_points, {}, found {}",
         coarse_points, angle_neighbours);
  }
  expect_size("coarse_blocks", coarse_blocks);
  expect_size("fine_blocks", fine_blocks);
  expect_size("hypotheses", hypotheses);
  expect_size("kept_hypotheses", kept_hypotheses);
  if (kept_hypotheses > hypotheses) {
    fail(ErrorCode::kInvalidArgument,
         "pem config: kept_hypotheses: expected at most hypotheses, {}, found {}", hypotheses,
         kept_hypotheses);
  }
  expect_positive("encoding_radius1", encoding_radius1);
  expect_positive("encoding_radius2", encoding_radius2);
  expect_positive("focusing_factor", focusing_factor);
  expect_positive("temperature", temperature);
}

}  // namespace sam6d::nets

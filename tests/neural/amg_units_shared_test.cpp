#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "neural/mask_logits.hpp"
#include "segment/small_regions.hpp"
#include "support/golden.hpp"
#include "support/shared_data.hpp"

namespace sam6d::test {
namespace {

/// Of logits of order 10, by rounding in another order.
constexpr float kLogits = 5e-5F;

TEST_CASE("logits are the reference's at every pixel of the picture") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "amg_units.safetensors");
  const at::Tensor low = golden["up.low"].flatten(0, 1).contiguous();
  const at::Tensor expected = golden["up.out_192x256_to_97x131"].flatten(0, 1).contiguous();
  const SamFrame frame{{131, 97}, {256, 192}, 256, 64};
  const LogitSampler sampler(frame, frame.picture);
  std::vector<float> scratch;
  std::vector<float> row;
  float largest = 0;
  for (std::int64_t i = 0; i < low.size(0); ++i) {
    const float* const logits = low.data_ptr<float>() + i * 64 * 64;
    const LogitPatch whole{{0, 0, 64, 64}, {logits, logits + 64 * 64}};
    for (int y = 0; y < 97; ++y) {
      sampler.row(whole, {0, 0, 131, 97}, y, scratch, row);
      const float* const line = expected.data_ptr<float>() + (i * 97 + y) * 131;
      for (std::size_t x = 0; x < 131; ++x) {
        largest = std::max(largest, std::abs(row[x] - line[x]));
      }
    }
  }
  CHECK(largest <= kLogits);
}

TEST_CASE("whether small regions were there is what the reference says") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "amg_units.safetensors");
  std::ifstream stream(*folder / "amg_units.json");
  const auto changed = nlohmann::json::parse(stream);
  const auto pixels = [&](const std::string& name) {
    const at::Tensor mask = golden[name].to(at::kByte).contiguous();
    Image<std::uint8_t> image(static_cast<int>(mask.size(1)), static_cast<int>(mask.size(0)));
    std::copy_n(mask.data_ptr<std::uint8_t>(), image.size(), image.data());
    return image;
  };
  for (const std::string area : {"3", "5", "7", "120", "5000"}) {
    CAPTURE(area);
    const auto& of_holes_and_islands = changed.at("small.changed_" + area);
    Image<std::uint8_t> mask = pixels("small.mask");
    CHECK(remove_small_regions(mask, std::stoll(area)) ==
          (of_holes_and_islands[0].get<bool>() || of_holes_and_islands[1].get<bool>()));
    // Where its holes are filled already, islands alone go. The reference also calls a mask changed
    // that is a small island, left because it is the only one.
    const Image<std::uint8_t> expected = pixels("small.islands_" + area);
    Image<std::uint8_t> filled = pixels("small.holes_" + area);
    const bool alone = std::equal(filled.data(), filled.data() + filled.size(), expected.data());
    CHECK(remove_small_regions(filled, std::stoll(area)) ==
          (of_holes_and_islands[1].get<bool>() && !alone));
    bool same = true;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const bool on = expected.data()[i] != 0;
      same = same && (mask.data()[i] != 0) == on && (filled.data()[i] != 0) == on;
    }
    CHECK(same);
  }
}

}  // namespace
}  // namespace sam6d::test

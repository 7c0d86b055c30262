#include "nets/dinov2_golden.hpp"

#include <map>
#include <string>

#include <ATen/ops/arange.h>
#include <doctest/doctest.h>

#include "nets/dinov2.hpp"
#include "support/golden.hpp"
#include "support/tiny_dinov2.hpp"

namespace sam6d::test {
namespace {

/// Largest difference of stages, and of tokens behind the last norm: rounding of float32.
constexpr double kStage = 2e-5;
constexpr double kToken = 5e-5;

struct Case {
  std::string name;
  std::int64_t batch;
  std::int64_t height;
  std::int64_t width;
  std::int64_t every_patch;  ///< the golden has each so-manieth
  std::int64_t every_position;
};

at::Tensor every(const at::Tensor& tokens, std::int64_t step) {
  return tokens.index_select(1, at::arange(0, tokens.size(1), step, at::kLong));
}

}  // namespace

void check_tiny_dinov2(const std::filesystem::path& path) {
  const Golden golden(path);
  const nets::Dinov2 network = tiny_dinov2();
  const Case cases[] = {{"a", 2, 224, 224, 1, 1},
                        {"b", 1, 98, 70, 1, 1},
                        {"c", 1, 518, 518, 37, 1},
                        {"d", 1, 448, 322, 11, 11}};
  int number = 0;
  for (const Case& one : cases) {
    CAPTURE(one.name);
    std::map<std::string, at::Tensor> stages;
    const at::Tensor image = noise_image(++number, {one.batch, 3, one.height, one.width});
    const std::string input = one.name + ".input";
    if (golden.has(input)) CHECK(largest_difference(image, golden[input]) <= 1e-6);
    const nets::Dinov2Tokens found = nets::tokens(
        network, golden.has(input) ? golden[input] : image,
        [&](std::string_view name, const at::Tensor& value) { stages[std::string(name)] = value; });
    stages["pos"] = every(stages.at("pos"), one.every_position);
    CHECK(largest_difference(found.cls, golden[one.name + ".cls"]) <= kToken);
    CHECK(largest_difference(every(found.patch, one.every_patch), golden[one.name + ".patch"]) <=
          kToken);
    for (const auto& [name, value] : stages) {
      CAPTURE(name);
      const std::string expected = one.name + "." + name;
      if (golden.has(expected)) CHECK(largest_difference(value, golden[expected]) <= kStage);
    }
  }
}

}  // namespace sam6d::test

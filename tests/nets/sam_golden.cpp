#include "nets/sam_golden.hpp"

#include <map>
#include <string>

#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <doctest/doctest.h>

namespace sam6d::test {
namespace {

/// Largest difference to the reference in float32, as the goldens state it.
constexpr double kStages = 2e-5;
constexpr double kLogits = 5e-5;

/// Every `step`-th row and column of (...,H,W) or, with channels last, (...,H,W,c).
at::Tensor every(const at::Tensor& maps, std::int64_t step, bool channels_last) {
  const std::int64_t rows = channels_last ? maps.dim() - 3 : maps.dim() - 2;
  return maps.slice(rows, 0, maps.size(rows), step).slice(rows + 1, 0, maps.size(rows + 1), step);
}

void check_near(const std::string& name, const at::Tensor& found, const at::Tensor& expected,
                double tolerance) {
  INFO(name);
  CHECK(largest_difference(found.to(at::kFloat), expected) <= tolerance);
}

/// Stages of a case under the golden's names, of which some leave tokens or channels away.
void check_stage(const Golden& golden, const std::string& name, const at::Tensor& value) {
  if (golden.has("p." + name)) check_near(name, value, golden["p." + name], kStages);
  const std::string thinned = "p." + name + "_sub";
  if (!golden.has(thinned)) return;
  const at::Tensor& expected = golden[thinned];
  const std::int64_t step = value.size(1) / expected.size(1);
  at::Tensor some = value.slice(1, 0, value.size(1), step);
  if (value.dim() == 4) some = every(some, 4, false);
  check_near(name, some, expected, kStages);
}

void check_case(const nets::Sam& sam, const Golden& golden, const std::string& name,
                const nets::SamPrompts& prompts) {
  if (!golden.has(name + ".low_res_all")) return;
  INFO(name);
  const nets::SamImage image = sam.share(golden["embedding"]);
  const nets::SamPromptTokens tokens = sam.embed(prompts);
  check_near("sparse", tokens.sparse, golden[name + ".sparse"], kStages);
  if (golden.has(name + ".dense")) {
    check_near("dense", tokens.dense, golden[name + ".dense"], kStages);
  }
  const nets::StageFn stage = [&](std::string_view what, const at::Tensor& value) {
    if (name == "p") check_stage(golden, std::string(what), value);
  };
  const nets::SamAnswers answers = sam.answer(image, prompts, stage);
  check_near("iou_all", answers.quality, golden[name + ".iou_all"], kLogits);
  const at::Tensor masks = sam.draw(answers, at::arange(answers.quality.size(0)), stage);
  const at::Tensor& expected = golden[name + ".low_res_all"];
  check_near("low_res_all", masks.narrow(0, 0, expected.size(0)), expected, kLogits);
}

}  // namespace

void check_sam_encoder(const nets::Sam& sam, const Golden& golden, const at::Tensor& input,
                       std::int64_t step) {
  int compared = 0;
  const at::Tensor embedding =
      sam.encode(input, {}, [&](std::string_view name, const at::Tensor& value) {
        if (!golden.has(std::string(name))) return;
        check_near(std::string(name), every(value, step, true), golden[std::string(name)], kStages);
        ++compared;
      });
  CHECK(compared >= 3);
  check_near("embedding", embedding, golden["embedding"], kStages);
  if (!golden.has("image_pe")) return;
  const at::Tensor& positions = sam.image_positions();
  check_near("image_pe", every(positions, positions.size(2) / golden["image_pe"].size(2), false),
             golden["image_pe"], kStages);
}

void check_sam_decoder(const nets::Sam& sam, const Golden& golden) {
  const at::Tensor points = golden["points_in"].unsqueeze(1);
  const at::Tensor inside = at::ones({points.size(0), 1}, at::kLong);
  check_case(sam, golden, "p", {points, inside, {}, {}});
  check_case(
      sam, golden, "mp",
      {points.reshape({2, 2, 2}), at::tensor({1, 0, 0, 1}, at::kLong).reshape({2, 2}), {}, {}});
  if (golden.has("box.boxes_in")) {
    check_case(sam, golden, "box", {{}, {}, golden["box.boxes_in"], {}});
    check_case(sam, golden, "mask", {points, inside, {}, golden["mask.mask_in"]});
  }
}

}  // namespace sam6d::test

#include "neural/appearance_scores.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>

#include "ops/parallel.hpp"

namespace sam6d {
namespace {

bool is_valid(const float* patch, std::int64_t channels) {
  return std::any_of(patch, patch + channels, [](float value) { return value != 0; });
}

/// The best of each row and column of similarities; `floor` is what a masked patch adds to them.
struct BestSimilarities {
  std::vector<float> of_rows;
  std::vector<float> of_columns;
};

BestSimilarities best_similarities(const at::Tensor& similarities, float row_floor,
                                   float column_floor) {
  const std::int64_t rows = similarities.size(0);
  const std::int64_t columns = similarities.size(1);
  BestSimilarities best{std::vector<float>(static_cast<std::size_t>(rows), row_floor),
                        std::vector<float>(static_cast<std::size_t>(columns), column_floor)};
  const auto* values = similarities.data_ptr<float>();
  float* const of_columns = best.of_columns.data();
  for (float& of_row : best.of_rows) {
    for (std::int64_t j = 0; j < columns; ++j) {
      // Comparisons that leave out what is not a number.
      of_columns[j] = values[j] > of_columns[j] ? values[j] : of_columns[j];
    }
    for (std::int64_t j = 0; j < columns; ++j) of_row = values[j] > of_row ? values[j] : of_row;
    values += columns;
  }
  return best;
}

}  // namespace

ValidPatches only_valid(const at::Tensor& patches) {
  const at::Tensor all = patches.to(at::kCPU, at::kFloat).contiguous();
  const std::int64_t count = all.size(0);
  const std::int64_t channels = all.size(1);
  const auto* const values = all.data_ptr<float>();
  std::vector<const float*> valid;
  for (std::int64_t i = 0; i < count; ++i) {
    if (is_valid(values + i * channels, channels)) valid.push_back(values + i * channels);
  }
  ValidPatches result{all, count};
  if (static_cast<std::int64_t>(valid.size()) == count) return result;
  result.rows = at::empty({static_cast<std::int64_t>(valid.size()), channels}, at::kFloat);
  auto* to = result.rows.data_ptr<float>();
  for (const float* const from : valid) to = std::copy_n(from, channels, to);
  return result;
}

AppearanceScore score_appearance(const ValidPatches& proposal, const ValidPatches& view,
                                 const AppearanceSettings& settings) {
  const std::int64_t rows = proposal.rows.size(0);
  const std::int64_t columns = view.rows.size(0);
  if (rows == 0 || columns == 0) return {};
  // Similarities lie in -1..1; a masked patch is a vector of zeros, similar to none by 0.
  constexpr float kLeast = -2;
  const BestSimilarities best =
      best_similarities(at::matmul(proposal.rows, view.rows.t()).contiguous(),
                        columns < view.all ? 0.0F : kLeast, rows < proposal.all ? 0.0F : kLeast);
  float sum = 0;
  for (const float value : best.of_rows) sum += value > kLeast ? value : 0.0F;
  int visible = 0;
  std::int64_t counted = settings.reference_quirks ? 0 : columns;
  for (const float value : best.of_columns) {
    if (value > settings.visible_threshold) ++visible;
    if (settings.reference_quirks && value != 0) ++counted;
  }
  constexpr float kTiny = 1e-6F;  // the reference's, of both quotients
  return {std::clamp(sum / (static_cast<float>(rows) + kTiny), 0.0F, 1.0F),
          static_cast<float>(visible) / (static_cast<float>(counted) + kTiny)};
}

std::vector<AppearanceScore> score_appearances(const at::Tensor& proposals,
                                               std::span<const at::Tensor> objects,
                                               std::span<const SemanticMatch> matches,
                                               const AppearanceSettings& settings) {
  std::map<std::pair<int, int>, ValidPatches> views;  // (object, view)
  for (const SemanticMatch& match : matches) views[{match.object, match.view}] = {};
  std::vector<std::pair<const std::pair<int, int>, ValidPatches>*> wanted;
  wanted.reserve(views.size());
  for (auto& entry : views) wanted.push_back(&entry);
  ops::parallel_for(static_cast<int>(wanted.size()), settings.threads, [&](int i) {
    auto& [key, patches] = *wanted[static_cast<std::size_t>(i)];
    patches = only_valid(objects[static_cast<std::size_t>(key.first)][key.second]);
  });
  std::vector<AppearanceScore> scores(matches.size());
  ops::parallel_for(static_cast<int>(matches.size()), settings.threads, [&](int i) {
    const auto index = static_cast<std::size_t>(i);
    const SemanticMatch& match = matches[index];
    scores[index] = score_appearance(only_valid(proposals[match.proposal]),
                                     views.at({match.object, match.view}), settings);
  });
  return scores;
}

}  // namespace sam6d

#include "evaluate/pose_matching.hpp"

#include <algorithm>

namespace sam6d {
namespace {

template <class Item, class Before>
std::vector<const Item*> first_of(std::span<const Item* const> items, int count, Before before) {
  std::vector<const Item*> sorted(items.begin(), items.end());
  std::stable_sort(sorted.begin(), sorted.end(), before);
  sorted.resize(std::min(sorted.size(), static_cast<std::size_t>(std::max(0, count))));
  return sorted;
}

}  // namespace

std::vector<const EstimatedPose*> best_scored(std::span<const EstimatedPose* const> estimates,
                                              int count) {
  return first_of(estimates, count, [](const EstimatedPose* a, const EstimatedPose* b) {
    return a->score > b->score;
  });
}

std::vector<const GroundTruthPose*> most_visible(std::span<const GroundTruthPose* const> truths,
                                                 int count) {
  return first_of(truths, count, [](const GroundTruthPose* a, const GroundTruthPose* b) {
    return a->visib_fract > b->visib_fract;
  });
}

void add_matches(const ErrorTable& table, double threshold, double weight,
                 std::span<double> scores_of_truths) {
  std::vector<char> taken(table.truths, 0);
  for (std::size_t estimate = 0; estimate < table.estimates(); ++estimate) {
    double least = threshold;
    std::size_t best = table.truths;
    for (std::size_t truth = 0; truth < table.truths; ++truth) {
      if (taken[truth] != 0 || !(table.at(estimate, truth) < least)) continue;
      least = table.at(estimate, truth);
      best = truth;
    }
    if (best == table.truths) continue;
    taken[best] = 1;
    scores_of_truths[best] += weight;
  }
}

}  // namespace sam6d

#include "evaluate/pose_report.hpp"

#include <utility>

namespace sam6d {
namespace {

/// Sums of scores, to be divided by their number.
void add(PoseScores& sums, const PoseScores& scores) {
  sums.ar_vsd += scores.ar_vsd;
  sums.ar_mssd += scores.ar_mssd;
  sums.ar_mspd += scores.ar_mspd;
  sums.add_recall += scores.add_recall;
}

void add(PoseScores& sums, const TargetScore& target) {
  add(sums, PoseScores{0, 0, target.vsd, target.mssd, target.mspd, target.add});
  ++sums.targets;
}

void divide(PoseScores& sums, double count, bool has_vsd) {
  if (count <= 0) return;
  sums.ar_vsd /= count;
  sums.ar_mssd /= count;
  sums.ar_mspd /= count;
  sums.add_recall /= count;
  sums.ar = has_vsd ? (sums.ar_vsd + sums.ar_mssd + sums.ar_mspd) / 3.0
                    : (sums.ar_mssd + sums.ar_mspd) / 2.0;
}

}  // namespace

PoseReport make_report(std::vector<TargetScore> targets, bool has_vsd,
                       std::span<const double> visibility_bounds) {
  PoseReport report;
  report.has_vsd = has_vsd;
  for (std::size_t i = 0; i + 1 < visibility_bounds.size(); ++i) {
    report.by_visibility.push_back({visibility_bounds[i], visibility_bounds[i + 1], {}});
  }
  for (const TargetScore& target : targets) {
    add(report.all, target);
    add(report.by_object[target.obj_id], target);
    for (PoseReport::VisibilityGroup& group : report.by_visibility) {
      const bool is_last = &group == &report.by_visibility.back();
      const bool below = target.visib_fract < group.max_visib_fract ||
                         (is_last && target.visib_fract <= group.max_visib_fract);
      if (target.visib_fract >= group.min_visib_fract && below) add(group.scores, target);
    }
  }
  divide(report.all, report.all.targets, has_vsd);
  for (PoseReport::VisibilityGroup& group : report.by_visibility) {
    divide(group.scores, group.scores.targets, has_vsd);
  }
  for (auto& [object, scores] : report.by_object) {
    divide(scores, scores.targets, has_vsd);
    add(report.mean_over_objects, scores);
  }
  divide(report.mean_over_objects, static_cast<double>(report.by_object.size()), has_vsd);
  report.mean_over_objects.targets = report.all.targets;
  report.targets = std::move(targets);
  return report;
}

}  // namespace sam6d

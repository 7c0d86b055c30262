#include "search_bop/tally.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace sam6d::search_bop {
namespace {

constexpr std::array<double, 3> kVisibilityBounds = {0.3, 0.5, 0.85};
constexpr std::array<const char*, 4> kVisibilityNames = {".1-.3", ".3-.5", ".5-.85", ".85-1"};

double share(double part, int whole) { return whole > 0 ? part / whole : 0; }

/// "AR .. (VSD .. MSSD .. MSPD ..) ADD ..": means over targets.
std::string recall_line(const std::vector<TargetScore>& scores) {
  double vsd = 0;
  double mssd = 0;
  double mspd = 0;
  double add = 0;
  for (const TargetScore& score : scores) {
    vsd += score.vsd;
    mssd += score.mssd;
    mspd += score.mspd;
    add += score.add;
  }
  const int count = static_cast<int>(scores.size());
  return fmt::format("AR {:.3f} (VSD {:.3f} MSSD {:.3f} MSPD {:.3f}) ADD {:.3f}\n",
                     share(vsd + mssd + mspd, 3 * count), share(vsd, count), share(mssd, count),
                     share(mspd, count), share(add, count));
}

double mean_recall(const std::vector<TargetScore>& scores, ObjectId id) {
  double sum = 0;
  int count = 0;
  for (const TargetScore& score : scores) {
    if (score.obj_id != id) continue;
    sum += (score.vsd + score.mssd + score.mspd) / 3;
    ++count;
  }
  return share(sum, count);
}

}  // namespace

Found& Found::operator+=(const Found& other) {
  instances += other.instances;
  ceiling += other.ceiling;
  chosen += other.chosen;
  return *this;
}

bool is_chosen(const PictureSearch& picture, std::size_t truth) {
  return std::any_of(picture.chosen.begin(), picture.chosen.end(),
                     [&](int i) { return picture.is_right(static_cast<std::size_t>(i), truth); });
}

void Tally::add(const FolderData& data, const PictureSearch& picture) {
  ++pictures;
  queries += static_cast<int>(picture.queries.size());
  absent_queries += picture.absent_queries;
  prepare_cpu_seconds += picture.prepare_cpu_seconds;
  search_cpu_seconds += picture.search_cpu_seconds;
  for (std::size_t t = 0; t < picture.truths.size(); ++t) {
    const GroundTruthPose& truth = picture.truths[t];
    if (truth.visib_fract < kMinTargetVisibility) continue;
    Found found{1, 0, is_chosen(picture, t) ? 1 : 0};
    for (std::size_t i = 0; i < picture.hypotheses.size() && found.ceiling == 0; ++i) {
      if (picture.is_right(i, t)) found.ceiling = 1;
    }
    const auto band =
        std::upper_bound(kVisibilityBounds.begin(), kVisibilityBounds.end(), truth.visib_fract) -
        kVisibilityBounds.begin();
    all += found;
    by_object[truth.obj_id] += found;
    by_visibility[static_cast<std::size_t>(band)] += found;
  }
  for (const int i : picture.chosen) {
    const Hypothesis& h = picture.hypotheses[static_cast<std::size_t>(i)];
    const int bin = std::clamp(static_cast<int>(h.probability * 10), 0, 9);
    CalibrationBin& counts = calibration[static_cast<std::size_t>(bin)];
    ++counts.poses;
    counts.sum_probability += h.probability;
    if (!picture.right_for[static_cast<std::size_t>(i)].empty()) ++counts.right;
    const ObjectId id = data.objects[static_cast<std::size_t>(h.object)].id();
    if (picture.is_absent(id) && h.presence >= kAnswered) ++absent_answered;
  }
}

void Tally::add(const Tally& other) {
  all += other.all;
  for (std::size_t i = 0; i < by_visibility.size(); ++i) by_visibility[i] += other.by_visibility[i];
  for (std::size_t i = 0; i < calibration.size(); ++i) {
    calibration[i].poses += other.calibration[i].poses;
    calibration[i].right += other.calibration[i].right;
    calibration[i].sum_probability += other.calibration[i].sum_probability;
  }
  absent_queries += other.absent_queries;
  absent_answered += other.absent_answered;
  pictures += other.pictures;
  queries += other.queries;
  prepare_cpu_seconds += other.prepare_cpu_seconds;
  search_cpu_seconds += other.search_cpu_seconds;
  scores.insert(scores.end(), other.scores.begin(), other.scores.end());
}

double Tally::expected_calibration_error() const {
  double sum = 0;
  int poses = 0;
  for (const CalibrationBin& bin : calibration) {
    sum += std::abs(bin.sum_probability - bin.right);
    poses += bin.poses;
  }
  return share(sum, poses);
}

std::string Tally::text() const {
  std::string text;
  for (const auto& [id, found] : by_object) {
    text += fmt::format("object {:2d}: {:3d} instances, ceiling {:3d}, chosen {:3d}, AR {:.3f}\n",
                        id, found.instances, found.ceiling, found.chosen, mean_recall(scores, id));
  }
  for (std::size_t i = 0; i < by_visibility.size(); ++i) {
    const Found& found = by_visibility[i];
    if (found.instances == 0) continue;
    text += fmt::format("visible {}: {}, ceiling {:.3f}, chosen {:.3f}\n", kVisibilityNames[i],
                        found.instances, share(found.ceiling, found.instances),
                        share(found.chosen, found.instances));
  }
  for (std::size_t i = 0; i < calibration.size(); ++i) {
    const CalibrationBin& bin = calibration[i];
    if (bin.poses == 0) continue;
    text +=
        fmt::format("p {:.1f}: n {} mean {:.2f} right {:.2f}\n", 0.1 * static_cast<double>(i),
                    bin.poses, share(bin.sum_probability, bin.poses), share(bin.right, bin.poses));
  }
  text += fmt::format("expected calibration error {:.3f}\n", expected_calibration_error());
  if (absent_queries > 0) {
    text +=
        fmt::format("absent: {} of {} answered with p >= .5\n", absent_answered, absent_queries);
  }
  text += fmt::format("instances {} ceiling {:.3f} chosen {:.3f}\n", all.instances,
                      share(all.ceiling, all.instances), share(all.chosen, all.instances));
  text += recall_line(scores);
  text += fmt::format("pictures {}: {:.1f} ms each; queries {}: {:.1f} ms each\n", pictures,
                      1e3 * share(prepare_cpu_seconds, pictures), queries,
                      1e3 * share(search_cpu_seconds, queries));
  return text;
}

}  // namespace sam6d::search_bop

#include <algorithm>
#include <cmath>

#include "base/fail.hpp"
#include "sam6d/evaluate.hpp"

namespace sam6d {
namespace {

// COCO's IoU thresholds .50, .55, ... .95 and recall levels 0, .01, ... 1.
constexpr int kThresholds = 10;
constexpr int kRecallLevels = 101;

double iou_threshold(int index) { return (50 + 5 * index) / 100.0; }

double iou(const Detection& detection, const DetectionTruth& truth, IouKind kind) {
  if (kind == IouKind::kMask) return mask_iou(detection.mask, truth.mask);
  return box_iou(detection.box_px.empty() ? detection.mask.box() : detection.box_px,
                 truth.box_px.empty() ? truth.mask.box() : truth.box_px);
}

/// The matches of one object in one image. The ignored truths come last: they are taken by what
/// fits no other one.
std::vector<DetectionMatches::Entry> match_object(const std::vector<const Detection*>& detections,
                                                  const std::vector<const DetectionTruth*>& truths,
                                                  IouKind kind) {
  std::vector<double> ious;
  ious.reserve(detections.size() * truths.size());
  for (const Detection* detection : detections) {
    for (const DetectionTruth* truth : truths) ious.push_back(iou(*detection, *truth, kind));
  }
  std::vector<DetectionMatches::Entry> entries;
  entries.reserve(detections.size());
  for (const Detection* detection : detections) {
    entries.push_back({detection->object, detection->score, 0, 0});
  }
  for (int t = 0; t < kThresholds; ++t) {
    const auto bit = static_cast<std::uint16_t>(1U << static_cast<unsigned>(t));
    std::vector<char> taken(truths.size(), 0);
    for (std::size_t d = 0; d < detections.size(); ++d) {
      double best_iou = iou_threshold(t);
      std::size_t best = truths.size();
      for (std::size_t g = 0; g < truths.size(); ++g) {
        if (best < truths.size() && truths[g]->ignore && !truths[best]->ignore) break;
        const double value = ious[d * truths.size() + g];
        if (taken[g] != 0 || value < best_iou) continue;
        best_iou = value;
        best = g;
      }
      if (best == truths.size()) continue;
      taken[best] = 1;
      entries[d].matched |= bit;
      if (truths[best]->ignore) entries[d].ignored |= bit;
    }
  }
  return entries;
}

/// Precision averaged over recall levels, and the largest recall, at one IoU threshold. Entries are
/// in order of score.
struct Curve {
  double precision = 0;
  double recall = 0;
};
Curve precision_recall(const std::vector<DetectionMatches::Entry>& entries, int threshold,
                       int truths) {
  const unsigned bit = 1U << static_cast<unsigned>(threshold);
  std::vector<double> recalls;
  std::vector<double> precisions;
  int right = 0;
  int wrong = 0;
  for (const DetectionMatches::Entry& entry : entries) {
    if ((entry.ignored & bit) != 0) continue;
    ((entry.matched & bit) != 0 ? right : wrong) += 1;
    recalls.push_back(static_cast<double>(right) / truths);
    precisions.push_back(static_cast<double>(right) / (right + wrong));
  }
  // The precision at a recall is the best one at that recall or a higher one.
  for (std::size_t i = precisions.size(); i > 1; --i) {
    precisions[i - 2] = std::max(precisions[i - 2], precisions[i - 1]);
  }
  double sum = 0;
  for (int level = 0; level < kRecallLevels; ++level) {
    const double wanted = 0.01 * level;  // rounded as in COCO's own evaluation
    const auto reached = std::lower_bound(recalls.begin(), recalls.end(), wanted);
    if (reached == recalls.end()) break;
    sum += precisions[static_cast<std::size_t>(reached - recalls.begin())];
  }
  return {sum / kRecallLevels, recalls.empty() ? 0.0 : recalls.back()};
}

DetectionScores score_object(const std::vector<DetectionMatches::Entry>& entries, int truths) {
  DetectionScores scores;
  scores.truths = truths;
  for (int t = 0; t < kThresholds; ++t) {
    const Curve curve = precision_recall(entries, t, truths);
    scores.ap += curve.precision / kThresholds;
    scores.ar += curve.recall / kThresholds;
    if (t == 0) scores.ap50 = curve.precision;
    if (t == 5) scores.ap75 = curve.precision;
  }
  return scores;
}

}  // namespace

DetectionMatches match_detections(const DetectionImage& image,
                                  const DetectionEvaluationOptions& options) {
  if (options.max_detections < 1) {
    fail(ErrorCode::kInvalidArgument,
         "DetectionEvaluationOptions.max_detections: expected 1 or more, found {}",
         options.max_detections);
  }
  std::map<ObjectId, std::vector<const Detection*>> detections;
  for (const Detection& detection : image.detections) {
    if (!std::isfinite(detection.score)) {
      fail(ErrorCode::kInvalidArgument, "detection of object {}: expected a finite score, found {}",
           detection.object, detection.score);
    }
    detections[detection.object].push_back(&detection);
  }
  std::map<ObjectId, std::vector<const DetectionTruth*>> truths;
  DetectionMatches matches;
  for (const DetectionTruth& truth : image.truths) {
    truths[truth.object].push_back(&truth);
    if (!truth.ignore) ++matches.truths_by_object[truth.object];
  }
  for (auto& [object, group] : truths) {
    std::stable_partition(group.begin(), group.end(),
                          [](const DetectionTruth* truth) { return !truth->ignore; });
  }
  for (auto& [object, found] : detections) {
    std::stable_sort(found.begin(), found.end(),
                     [](const Detection* a, const Detection* b) { return a->score > b->score; });
    found.resize(std::min(found.size(), static_cast<std::size_t>(options.max_detections)));
    const auto entries = match_object(found, truths[object], options.iou);
    matches.entries.insert(matches.entries.end(), entries.begin(), entries.end());
  }
  return matches;
}

DetectionReport average_precision(std::span<const DetectionMatches> images) {
  std::map<ObjectId, std::vector<DetectionMatches::Entry>> entries;
  std::map<ObjectId, int> truths;
  for (const DetectionMatches& image : images) {
    for (const DetectionMatches::Entry& entry : image.entries) {
      entries[entry.object].push_back(entry);
    }
    for (const auto& [object, count] : image.truths_by_object) truths[object] += count;
  }
  DetectionReport report;
  for (const auto& [object, count] : truths) {
    auto& found = entries[object];
    std::stable_sort(found.begin(), found.end(),
                     [](const DetectionMatches::Entry& a, const DetectionMatches::Entry& b) {
                       return a.score > b.score;
                     });
    report.by_object[object] = score_object(found, count);
  }
  const double objects = static_cast<double>(report.by_object.size());
  for (const auto& [object, scores] : report.by_object) {
    report.all.ap += scores.ap / objects;
    report.all.ap50 += scores.ap50 / objects;
    report.all.ap75 += scores.ap75 / objects;
    report.all.ar += scores.ar / objects;
    report.all.truths += scores.truths;
  }
  return report;
}

}  // namespace sam6d

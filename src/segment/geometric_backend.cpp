#include "segment/geometric_backend.hpp"

#include <utility>

#include "base/progress.hpp"
#include "pose/search.hpp"

namespace sam6d {
namespace {

/// Bins hold dozens of one object; what is beyond is the joint choice's to drop.
constexpr int kHypothesesPerObject = 60;

/// Detection by pose: every object is searched in the whole picture, poses are verified and chosen
/// among all objects together, and what a chosen pose explains is the mask.
class GeometricBackend final : public Segmenter::Backend {
 public:
  explicit GeometricBackend(const GeometricSegmenterOptions& options) : options_(options) {}

  /// Onboarding has computed all that the search looks up.
  [[nodiscard]] ObjectModel prepare(const ObjectModel& object,
                                    const ProgressFn& /*progress*/) const override {
    return object;
  }

  [[nodiscard]] std::vector<Detection> segment(const Frame& frame,
                                               std::span<const ObjectModel> objects,
                                               const ProgressFn& progress,
                                               SegmentReport* /*report*/) const override {
    report(progress, "frame", 0, 1);
    const PreparedFrame prepared(frame, options_.search);
    report(progress, "frame", 1, 1);

    std::vector<SearchQuery> queries(objects.size());
    for (std::size_t i = 0; i < objects.size(); ++i) {
      queries[i].object = static_cast<int>(i);
      queries[i].max_instances = options_.max_instances_per_object;
      queries[i].keep = kHypothesesPerObject;
    }
    std::vector<Hypothesis> hypotheses;
    for (std::vector<Hypothesis>& found :
         search(prepared, objects, queries, options_.search, progress)) {
      hypotheses.insert(hypotheses.end(), std::make_move_iterator(found.begin()),
                        std::make_move_iterator(found.end()));
    }

    std::vector<Detection> detections;
    for (const int chosen : choose_jointly(hypotheses, queries, objects, options_.min_score)) {
      const Hypothesis& hypothesis = hypotheses[static_cast<std::size_t>(chosen)];
      const ObjectModel& object = objects[static_cast<std::size_t>(hypothesis.object)];
      Detection detection;
      detection.object = object.id();
      detection.mask = visible_mask(prepared, object, hypothesis.cam_from_obj);
      detection.box_px = detection.mask.box();
      detection.score = hypothesis.presence;
      detection.cam_from_obj_guess = hypothesis.cam_from_obj;
      detections.push_back(std::move(detection));
    }
    return detections;
  }

 private:
  GeometricSegmenterOptions options_;
};

}  // namespace

std::shared_ptr<const Segmenter::Backend> make_geometric_segmenter(
    const GeometricSegmenterOptions& options) {
  options.validate();
  return std::make_shared<GeometricBackend>(options);
}

}  // namespace sam6d

#include "sam6d/segmenter.hpp"

#include <set>

#include "base/fail.hpp"
#include "base/neural_factory.hpp"
#include "segment/backend.hpp"
#include "segment/geometric_backend.hpp"

namespace sam6d {
namespace {

void check_ids(std::span<const ObjectModel> objects) {
  std::set<ObjectId> seen;
  for (const ObjectModel& object : objects) {
    if (!seen.insert(object.id()).second) {
      fail(ErrorCode::kInvalidArgument,
           "objects: expected every object to have an id of its own, found id {} twice",
           object.id());
    }
  }
}

}  // namespace

Segmenter::Segmenter(const GeometricSegmenterOptions& options)
    : backend_(make_geometric_segmenter(options)) {}
Segmenter::Segmenter(const NeuralSegmenterOptions& options, const ProgressFn& progress) {
  options.validate();
  const auto make = neural_factory().make_segmenter_backend;
  if (make == nullptr) {
    fail(ErrorCode::kNotBuilt, "this version of libsam6d_neural has no segmentation networks");
  }
  backend_ = make(options, progress);
}
Segmenter::~Segmenter() = default;
Segmenter::Segmenter(const Segmenter&) = default;
Segmenter& Segmenter::operator=(const Segmenter&) = default;
Segmenter::Segmenter(Segmenter&&) noexcept = default;
Segmenter& Segmenter::operator=(Segmenter&&) noexcept = default;

std::vector<ModelReport> Segmenter::models() const { return backend_->models(); }

ObjectModel Segmenter::prepare(const ObjectModel& object, const ProgressFn& progress) const {
  return backend_->prepare(object, progress);
}

std::vector<Detection> Segmenter::segment(const Frame& frame, std::span<const ObjectModel> objects,
                                          const ProgressFn& progress, SegmentReport* report) const {
  validate(frame);
  check_ids(objects);
  if (objects.empty()) return {};
  return backend_->segment(frame, objects, progress, report);
}

}  // namespace sam6d

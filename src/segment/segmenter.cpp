#include "sam6d/segmenter.hpp"

#include <set>

#include "base/fail.hpp"
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

void GeometricSegmenterOptions::validate() const {
  search.validate();
  if (!(min_score >= 0.0F && min_score <= 1.0F)) {
    fail(ErrorCode::kInvalidArgument,
         "GeometricSegmenterOptions.min_score: expected 0..1, found {}", min_score);
  }
  if (max_instances_per_object < 0) {
    fail(ErrorCode::kInvalidArgument,
         "GeometricSegmenterOptions.max_instances_per_object: expected 0 or more, found {}",
         max_instances_per_object);
  }
}

Segmenter::Segmenter(const GeometricSegmenterOptions& options)
    : backend_(make_geometric_segmenter(options)) {}
Segmenter::~Segmenter() = default;
Segmenter::Segmenter(const Segmenter&) = default;
Segmenter& Segmenter::operator=(const Segmenter&) = default;
Segmenter::Segmenter(Segmenter&&) noexcept = default;
Segmenter& Segmenter::operator=(Segmenter&&) noexcept = default;

ObjectModel Segmenter::prepare(const ObjectModel& object, const ProgressFn& progress) const {
  return backend_->prepare(object, progress);
}

std::vector<Detection> Segmenter::segment(const Frame& frame, std::span<const ObjectModel> objects,
                                          const ProgressFn& progress) const {
  validate(frame);
  check_ids(objects);
  if (objects.empty()) return {};
  return backend_->segment(frame, objects, progress);
}

}  // namespace sam6d

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sam6d/detection.hpp"
#include "sam6d/export.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/geometric_search.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/progress.hpp"

namespace sam6d {

/// Finds objects by their geometry and colour, without weights: detection and pose are one search,
/// and a detection's mask is what its verified pose explains. The pose travels with the detection.
struct GeometricSegmenterOptions {
  GeometricSearchOptions search;
  /// Detections whose pose is less probable are dropped.
  float min_score = 0.5F;
  /// At most so many detections of one object; 0 = no limit.
  int max_instances_per_object = 0;

  /// Throws Error(kInvalidArgument) that names the field.
  SAM6D_API void validate() const;
};

/// Finds which objects are in a picture, and where. Const methods may be called from several
/// threads.
class SAM6D_API Segmenter {
 public:
  class Backend;

  explicit Segmenter(const GeometricSegmenterOptions& options);
  ~Segmenter();
  Segmenter(const Segmenter&);
  Segmenter& operator=(const Segmenter&);
  Segmenter(Segmenter&&) noexcept;
  Segmenter& operator=(Segmenter&&) noexcept;

  /// A copy with what this backend wants cached; without it, segment() computes it each time and
  /// logs that once.
  [[nodiscard]] ObjectModel prepare(const ObjectModel& object,
                                    const ProgressFn& progress = {}) const;

  /// The instances of the objects in the picture, best first; empty when there are none. Throws
  /// Error(kInvalidArgument) for a bad frame or two objects of one id, Error(kCancelled).
  [[nodiscard]] std::vector<Detection> segment(const Frame& frame,
                                               std::span<const ObjectModel> objects,
                                               const ProgressFn& progress = {}) const;

 private:
  std::shared_ptr<const Backend> backend_;
};

}  // namespace sam6d

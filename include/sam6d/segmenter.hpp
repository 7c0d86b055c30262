#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sam6d/detection.hpp"
#include "sam6d/export.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/geometric_search.hpp"
#include "sam6d/model_report.hpp"
#include "sam6d/neural_segmenter_options.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/segment_report.hpp"

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
  /// Loads the networks; copies share them, and the memory goes back with the last of them. On the
  /// CPU, in the type that the weights have, the networks use the weights' own memory. `progress`:
  /// stages "load sam" or "load fastsam", "load dinov2". Throws Error(kNotBuilt) where the neural
  /// library is missing, Error(kBadWeights), Error(kDevice), Error(kOutOfMemory),
  /// Error(kCancelled).
  explicit Segmenter(const NeuralSegmenterOptions& options, const ProgressFn& progress = {});
  ~Segmenter();
  Segmenter(const Segmenter&);
  Segmenter& operator=(const Segmenter&);
  Segmenter(Segmenter&&) noexcept;
  Segmenter& operator=(Segmenter&&) noexcept;

  /// The networks that it keeps in memory; none for the geometric backend.
  [[nodiscard]] std::vector<ModelReport> models() const;

  /// A copy with what this backend wants cached, which goes into the object's bundle, too; the
  /// object itself where it has that already. Without it, segment() computes it and logs that once.
  [[nodiscard]] ObjectModel prepare(const ObjectModel& object,
                                    const ProgressFn& progress = {}) const;

  /// The instances of the objects in the picture, best first; empty when there are none. `report`
  /// gets what the call took and left out. Throws Error(kInvalidArgument) for a bad frame, two
  /// objects of one id or a neural backend without a proposal network, Error(kCancelled).
  [[nodiscard]] std::vector<Detection> segment(const Frame& frame,
                                               std::span<const ObjectModel> objects,
                                               const ProgressFn& progress = {},
                                               SegmentReport* report = nullptr) const;

 private:
  std::shared_ptr<const Backend> backend_;
};

}  // namespace sam6d

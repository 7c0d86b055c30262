#pragma once

#include <span>
#include <vector>

#include "sam6d/segmenter.hpp"

namespace sam6d {

/// What stands behind a Segmenter: the geometric backend here, the neural one in its own library.
class Segmenter::Backend {
 public:
  virtual ~Backend() = default;
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  [[nodiscard]] virtual std::vector<ModelReport> models() const { return {}; }
  [[nodiscard]] virtual ObjectModel prepare(const ObjectModel& object,
                                            const ProgressFn& progress) const = 0;
  /// The frame and the objects have been checked. `report` may be null.
  [[nodiscard]] virtual std::vector<Detection> segment(const Frame& frame,
                                                       std::span<const ObjectModel> objects,
                                                       const ProgressFn& progress,
                                                       SegmentReport* report) const = 0;
};

}  // namespace sam6d

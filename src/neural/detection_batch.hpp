#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "neural/network_crop.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/pose.hpp"

/// The detections of a call on their way into the network.
namespace sam6d {

/// A detection whose object was found and whose crop was cut.
struct PendingDetection {
  std::size_t detection = 0;  ///< index into the detections of the call
  std::size_t object = 0;     ///< index into the objects of the call
  std::uint64_t seed = 0;     ///< of the draws for it
  NetworkCrop crop;
};

struct CropSettings {
  int points = 2048;  ///< to sample of each detection
  float min_detection_score = 0;
  std::uint64_t seed = 0;
  int threads = 0;
  bool reference_quirks = false;
};

/// Largest distance of a detection's points from their mean, metres.
[[nodiscard]] double reach_m(const ObjectModel& object, bool reference_quirks);

/// Crops of all detections that can be worked on, in their order; the results of the others get the
/// reason. A detection whose crop fails inside is logged and gets kFailed.
[[nodiscard]] std::vector<PendingDetection> crop_detections(const Frame& frame,
                                                            std::span<const ObjectModel> objects,
                                                            std::span<const Detection> detections,
                                                            const CropSettings& settings,
                                                            std::vector<PoseResult>& results);

}  // namespace sam6d

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <ATen/core/Tensor.h>

#include "nets/pem_config.hpp"
#include "nets/precision.hpp"
#include "nets/stage.hpp"
#include "sam6d/device.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/weights.hpp"

/// The pose estimation model of SAM-6D (Lin et al., CVPR 2024, section 3.2): matches the points of
/// a detection to those of an object, coarsely and then finely, and solves for the pose.
namespace sam6d::nets {

struct PemNetwork;

/// An object as the network sees it: what depends on it alone, computed once. All tensors are
/// without a batch dimension; which ones the network keeps here is its own affair.
struct PemObject;
using PemObjectPtr = std::shared_ptr<const PemObject>;

/// The sampled cloud of an object with its features: what is worth keeping in a file.
struct PemTemplates {
  at::Tensor points;    ///< (fine_points,3) float32, object frame, metres
  at::Tensor features;  ///< (fine_points,out_channels) float32
  /// (1): the largest distance from the origin, metres; undefined = that of `points`.
  at::Tensor radius;
};

/// Views of an object, cropped and resized as the detection's picture.
struct PemViews {
  at::Tensor rgb_u8;  ///< (V,224,224,3) uint8, channels in the order in which they are fed
  at::Tensor choose;  ///< (V,n) int32 or int64: pixel (row * 224 + column) of each point
  at::Tensor points;  ///< (V,n,3) float32, object frame, metres
};

/// Detections, one a row of the batch.
struct PemDetections {
  at::Tensor rgb_u8;  ///< (B,224,224,3) uint8, channels in the order in which they are fed
  at::Tensor choose;  ///< (B,fine_points) int32 or int64: pixel of each point
  at::Tensor points;  ///< (B,fine_points,3) float32, camera frame, metres
  /// (B,3*hypotheses) float32 in 0..1: draws of the hypothesis sampling.
  at::Tensor draws;
};

struct PemPoses {
  at::Tensor init_R;  ///< (B,3,3) float32: pose of the coarse stage
  at::Tensor init_t;  ///< (B,3), divided by the object's radius
  at::Tensor R;       ///< (B,3,3): rotation, object to camera
  at::Tensor t;       ///< (B,3), metres
  at::Tensor score;   ///< (B): 0..1
};

/// Of the weights and of the sizes, all that changes what the network gives: what an object was
/// prepared for. Reads all weights the first time.
[[nodiscard]] std::string pem_hash(const Weights& weights, const PemConfig& config);

/// The network with its weights on a device. An immutable value, cheap to copy; all functions of
/// it may be called from several threads.
class Pem {
 public:
  /// Throws Error(kBadWeights) that lists the tensors that are missing, surplus or of another
  /// shape, and Error(kDevice), Error(kOutOfMemory). `progress`: stage "load pem".
  Pem(const Weights& weights, const PemConfig& config, const Device& device = {},
      Precision precision = Precision::kFloat32, const ProgressFn& progress = {});

  [[nodiscard]] const PemConfig& config() const;
  /// Bytes of the parameters and tables on the device.
  [[nodiscard]] std::int64_t bytes() const;

  /// Of all views' points furthest point sampling keeps fine_points; their features. Views are
  /// worked off `batch` at a time; `progress`: stage "template features". With
  /// `radius_of_all_points` the radius is set to that of the cloud before the sampling, which is
  /// done on the points divided by it, as the original does where it is given views instead of
  /// features. `stage` gets featmap_tem*, cls_tem*, feat_tem* and fps_idx_template.
  [[nodiscard]] PemTemplates template_features(const PemViews& views,
                                               bool radius_of_all_points = false,
                                               std::int64_t batch = 4,
                                               const ProgressFn& progress = {},
                                               const StageFn& stage = {}) const;

  /// What depends on the object alone. model_points: (m,3) float32 surface points, object frame,
  /// metres.
  [[nodiscard]] PemObjectPtr prepare(const PemTemplates& templates,
                                     const at::Tensor& model_points) const;

  /// objects: one a detection. Everything runs on the network's device; arguments are moved there.
  [[nodiscard]] PemPoses estimate(const PemDetections& detections,
                                  std::span<const PemObjectPtr> objects,
                                  const StageFn& stage = {}) const;

 private:
  std::shared_ptr<const PemNetwork> network_;
};

}  // namespace sam6d::nets

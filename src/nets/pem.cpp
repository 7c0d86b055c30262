#include "nets/pem.hpp"

#include <utility>

#include <c10/core/InferenceMode.h>

#include "base/fail.hpp"
#include "base/progress.hpp"
#include "checkpoint/xxh64.hpp"
#include "nets/pem_estimate.hpp"
#include "nets/pem_network.hpp"
#include "nets/pem_object.hpp"
#include "nets/pem_templates.hpp"
#include "nets/precision.hpp"

namespace sam6d::nets {
namespace {

constexpr std::string_view kStage = "load pem";

}  // namespace

std::string pem_hash(const Weights& weights, const PemConfig& c) {
  const std::string sizes = fmt::format(
      "{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", weights.hash(),
      c.vit.width, c.vit.depth, c.vit.heads, c.vit.pyramid, static_cast<int>(c.vit.upscaling),
      c.vit.out_channels, c.coarse_points, c.fine_points, c.channels, c.heads, c.sigma_d, c.sigma_a,
      c.angle_neighbours, static_cast<int>(c.angle_reduction), c.coarse_blocks, c.hypotheses,
      c.kept_hypotheses, c.fine_blocks, c.encoding_radius1, c.encoding_radius2, c.focusing_factor,
      static_cast<int>(c.similarity), c.temperature);
  return fmt::format("{:016x}", xxh64(std::as_bytes(std::span(sizes))));
}

Pem::Pem(const Weights& weights, const PemConfig& config, const Device& device, Precision precision,
         const ProgressFn& progress) {
  config.validate();
  const c10::InferenceMode inference;
  report(progress, kStage, 0, 3);
  const at::Device place = torch_device(device);
  const at::ScalarType type = torch_type(precision, place);
  std::int64_t bytes = 0;
  PemNetwork network =
      Parameters::load(weights, Network::kPem, place, type, [&](Parameters& parameters) {
        PemNetwork taken = take_pem(parameters, config);
        bytes = parameters.bytes();
        return taken;
      });
  report(progress, kStage, 1, 3);
  network.type = type;
  network.device = place;
  network.bytes = bytes;
  if (place.is_cpu()) tabulate(network.embedding);
  report(progress, kStage, 2, 3);
  network_ = std::make_shared<const PemNetwork>(std::move(network));
  report(progress, kStage, 3, 3);
}

const PemConfig& Pem::config() const { return network_->config; }
std::int64_t Pem::bytes() const { return network_->bytes; }

PemTemplates Pem::template_features(const PemViews& views, bool radius_of_all_points,
                                    std::int64_t batch, const ProgressFn& progress,
                                    const StageFn& stage) const {
  const c10::InferenceMode inference;
  return nets::template_features(*network_, views, radius_of_all_points, batch, progress, stage);
}

PemObjectPtr Pem::prepare(const PemTemplates& templates, const at::Tensor& model_points) const {
  const c10::InferenceMode inference;
  return prepare_object(*network_, templates, model_points);
}

PemPoses Pem::estimate(const PemDetections& detections, std::span<const PemObjectPtr> objects,
                       const StageFn& stage) const {
  const c10::InferenceMode inference;
  return estimate_poses(*network_, detections, objects, stage);
}

}  // namespace sam6d::nets

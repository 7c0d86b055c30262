#include "neural/pose_templates.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>

#include "base/fail.hpp"
#include "base/parallel.hpp"
#include "base/progress.hpp"
#include "checkpoint/xxh64.hpp"
#include "nets/tensor_conversion.hpp"
#include "neural/crop_tensors.hpp"
#include "neural/pixel_sampling.hpp"
#include "neural/template_crop.hpp"

namespace sam6d {
namespace {

constexpr std::int64_t kModelPoints = 1024;

/// Undefined unless the tensor is there, of that shape, and finite.
at::Tensor from_tensor(const TensorMap& tensors, std::string_view name, std::int64_t rows,
                       std::int64_t columns) {
  const auto found = tensors.find(name);
  const std::vector<std::uint64_t> shape = {static_cast<std::uint64_t>(rows),
                                            static_cast<std::uint64_t>(columns)};
  if (found == tensors.end() || found->second.dtype != DType::kFloat32 ||
      found->second.shape != shape) {
    return {};
  }
  at::Tensor tensor = nets::to_torch(name, {DType::kFloat32, shape, found->second.bytes});
  return at::isfinite(tensor).all().item<bool>() ? tensor : at::Tensor();
}

}  // namespace

std::string template_key(const std::string& network_hash, Precision precision,
                         const TemplateSettings& settings) {
  const std::string text =
      fmt::format("{} {} views {} quirks {}", network_hash, to_string(precision), settings.views,
                  settings.reference_quirks);
  return fmt::format("pem-{:016x}", xxh64(std::as_bytes(std::span(text))));
}

nets::PemTemplates compute_templates(const nets::Pem& network, const ObjectModel& object,
                                     const TemplateSettings& settings, const ProgressFn& progress) {
  const std::vector<int> numbers = chosen_views(object.template_view_count(), settings.views);
  std::vector<std::optional<NetworkCrop>> crops(numbers.size());
  report(progress, "template crops", 0, static_cast<int>(numbers.size()));
  parallel_for(static_cast<int>(numbers.size()), settings.threads, [&](int i) {
    const auto index = static_cast<std::size_t>(i);
    const std::optional<MaskedCrop> crop =
        crop_template(object.template_view(numbers[index]), settings.reference_quirks);
    if (!crop) return;
    Random random(mix_seed(settings.seed, {numbers[index]}));
    const std::vector<std::int32_t> choice = sample_pixels(
        static_cast<int>(crop->pixels.size()), kTemplatePoints, random, settings.reference_quirks);
    crops[index] = network_crop(*crop, choice);
  });
  std::vector<const NetworkCrop*> shown;
  for (const std::optional<NetworkCrop>& crop : crops) {
    if (crop) shown.push_back(&*crop);
  }
  if (shown.empty()) {
    fail(ErrorCode::kInvalidArgument,
         "object {} {}: expected template views for the pose network, found {}", object.id(),
         object.name(),
         numbers.empty() ? "none; onboard it with render_views" : "only such as do not show it");
  }
  report(progress, "template crops", static_cast<int>(numbers.size()),
         static_cast<int>(numbers.size()));
  const CropTensors tensors = to_crop_tensors(shown);
  return network.template_features({tensors.rgb_u8, tensors.choose, tensors.points}, false,
                                   settings.batch_size, progress);
}

TensorMap to_tensors(const nets::PemTemplates& templates) {
  TensorMap tensors;
  tensors["points"] = nets::from_torch(templates.points);
  tensors["features"] = nets::from_torch(templates.features);
  return tensors;
}

std::optional<nets::PemTemplates> to_templates(const TensorMap& tensors,
                                               const nets::PemConfig& config) {
  nets::PemTemplates templates;
  templates.points = from_tensor(tensors, "points", config.fine_points, 3);
  templates.features =
      from_tensor(tensors, "features", config.fine_points, config.vit.out_channels);
  if (!templates.points.defined() || !templates.features.defined()) return std::nullopt;
  return templates;
}

at::Tensor model_points(const ObjectModel& object) {
  const std::span<const SurfaceSample> samples = object.surface_samples();
  const auto available = static_cast<std::int64_t>(samples.size());
  const std::int64_t count = std::min(kModelPoints, available);
  at::Tensor points = at::empty({count, 3}, at::kFloat);
  auto* to = points.data_ptr<float>();
  for (std::int64_t i = 0; i < count; ++i, to += 3) {
    const Eigen::Vector3f& point = samples[static_cast<std::size_t>(i * available / count)].point_m;
    std::copy_n(point.data(), 3, to);
  }
  return points;
}

}  // namespace sam6d

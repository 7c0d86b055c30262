#include "neural/object_descriptors.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <ATen/ops/isfinite.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "checkpoint/xxh64.hpp"
#include "nets/tensor_conversion.hpp"
#include "neural/template_crop.hpp"
#include "object/descriptors.hpp"

namespace sam6d {
namespace {

/// Undefined unless the tensor is there, of that type and dimensions, and finite.
at::Tensor from_tensor(const TensorMap& tensors, std::string_view name, DType type,
                       std::size_t dims) {
  const auto found = tensors.find(name);
  if (found == tensors.end() || found->second.dtype != type || found->second.shape.size() != dims) {
    return {};
  }
  const Tensor& stored = found->second;
  at::Tensor tensor = nets::to_torch(name, {type, stored.shape, stored.bytes});
  return at::isfinite(tensor).all().item<bool>() ? tensor : at::Tensor();
}

/// Whether places are distinct, ascending, and below `end`.
bool ascend_below(const at::Tensor& places, std::int64_t end) {
  const auto* const place = places.data_ptr<std::int32_t>();
  std::int64_t next = 0;
  for (std::int64_t i = 0; i < places.size(0); ++i) {
    if (place[i] < next || place[i] >= end) return false;
    next = std::int64_t{place[i]} + 1;
  }
  return true;
}

bool shows_something(const TemplateView& view) {
  return std::any_of(view.mask.data(), view.mask.data() + view.mask.size(),
                     [](std::uint8_t value) { return value != 0; });
}

}  // namespace

std::string view_descriptor_key(const nets::Dinov2& network,
                                const ViewDescriptorSettings& settings) {
  const std::string text =
      fmt::format("{} {} views {} quirks {}", network.hash, c10::toString(network.type),
                  settings.views, settings.reference_quirks);
  return fmt::format("dinov2-{:016x}", xxh64(std::as_bytes(std::span(text))));
}

Descriptors compute_view_descriptors(const nets::Dinov2& network, const ObjectModel& object,
                                     const ViewDescriptorSettings& settings,
                                     const ProgressFn& progress) {
  const c10::InferenceMode inference;
  const std::vector<int> numbers = chosen_views(object.template_view_count(), settings.views);
  const auto count = static_cast<int>(numbers.size());
  std::vector<std::uint8_t> shown(static_cast<std::size_t>(count));
  const auto cut = [&](int i, const CropPixels& crop) {
    const TemplateView view = object.template_view(numbers[static_cast<std::size_t>(i)]);
    shown[static_cast<std::size_t>(i)] = shows_something(view) ? 1 : 0;
    crop_template_view(view, settings.reference_quirks, crop);
  };
  Descriptors result =
      describe_crops(network, count, cut, settings.pictures, "template descriptors", progress);
  if (std::ranges::count(shown, 1) == 0) {
    fail(ErrorCode::kInvalidArgument,
         "object {} {}: expected template views for the descriptor network, found {}", object.id(),
         object.name(),
         count == 0 ? "none; onboard it with render_views" : "only such as do not show it");
  }
  for (int i = 0; i < count; ++i) {
    if (shown[static_cast<std::size_t>(i)] == 0) result.cls.select(0, i).zero_();
  }
  result.patches = result.patches.to(at::kHalf).to(at::kFloat);
  return result;
}

TensorMap to_tensors(const Descriptors& descriptors) {
  const c10::InferenceMode inference;
  const at::Tensor rows = descriptors.patches.flatten(0, 1);
  const at::Tensor places = rows.ne(0).any(1).nonzero().squeeze(1);
  TensorMap tensors;
  tensors["cls"] = nets::from_torch(descriptors.cls);
  tensors["patches"] = nets::from_torch(rows.index_select(0, places).to(at::kHalf));
  tensors["places"] = nets::from_torch(places.to(at::kInt));
  return tensors;
}

std::optional<Descriptors> to_descriptors(const TensorMap& tensors, const nets::Dinov2& network) {
  const c10::InferenceMode inference;
  const at::Tensor cls = from_tensor(tensors, "cls", DType::kFloat32, 2);
  const at::Tensor patches = from_tensor(tensors, "patches", DType::kFloat16, 2);
  const at::Tensor places = from_tensor(tensors, "places", DType::kInt32, 1);
  if (!cls.defined() || !patches.defined() || !places.defined()) return std::nullopt;
  const std::int64_t width = network.config.width;
  const std::int64_t views = cls.size(0);
  if (cls.size(1) != width || patches.size(1) != width || patches.size(0) != places.size(0) ||
      !ascend_below(places, views * kCropPatches)) {
    return std::nullopt;
  }
  at::Tensor rows = at::zeros({views * kCropPatches, width}, at::kFloat);
  rows.index_copy_(0, places.to(at::kLong), patches.to(at::kFloat));
  return Descriptors{cls.to(network.device),
                     rows.view({views, kCropPatches, width}).to(network.device)};
}

std::optional<Descriptors> kept_view_descriptors(const nets::Dinov2& network,
                                                 const ObjectModel& object,
                                                 const ViewDescriptorSettings& settings) {
  const std::shared_ptr<const TensorMap> tensors =
      find_descriptors(object, view_descriptor_key(network, settings));
  if (!tensors) return std::nullopt;
  std::optional<Descriptors> kept = to_descriptors(*tensors, network);
  const std::size_t views = chosen_views(object.template_view_count(), settings.views).size();
  if (kept && static_cast<std::size_t>(kept->cls.size(0)) == views) return kept;
  log_warning(
      "object {} {}: what it has of the descriptor network is of other sizes or not finite; it is "
      "computed again",
      object.id(), object.name());
  return std::nullopt;
}

ObjectModel with_view_descriptors(const nets::Dinov2& network, const ObjectModel& object,
                                  const ViewDescriptorSettings& settings,
                                  const ProgressFn& progress) {
  if (kept_view_descriptors(network, object, settings)) return object;
  return with_descriptors(
      object, view_descriptor_key(network, settings),
      to_tensors(compute_view_descriptors(network, object, settings, progress)));
}

}  // namespace sam6d

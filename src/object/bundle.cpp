#include "base/fail.hpp"
#include "object/bundle_checks.hpp"
#include "object/bundle_envelope.hpp"
#include "object/bundle_sections.hpp"
#include "object/object_data.hpp"

namespace sam6d {

std::vector<std::byte> ObjectModel::to_bytes() const {
  TensorMap tensors;
  write_mesh(data_->mesh, tensors);
  write_samples(data_->samples, tensors);
  write_symmetries(data_->symmetries, tensors);
  write_views(data_->views, tensors);
  write_geometric(data_->geometric, tensors);
  write_descriptors(data_->descriptors, tensors);
  return seal_bundle({data_->id, data_->name, data_->diameter_m}, tensors);
}

ObjectModel ObjectModel::from_bytes(std::span<const std::byte> bytes, std::string_view source) {
  const OpenedBundle bundle = open_bundle(bytes, source);
  auto data = std::make_shared<ObjectData>();
  data->id = bundle.header.id;
  data->name = bundle.header.name;
  data->diameter_m = bundle.header.diameter_m;
  if (!(data->diameter_m > 0 && data->diameter_m < kMaxCoordinate_m)) {
    fail(ErrorCode::kBadFile, "{}: expected a diameter above 0, found {} m", source,
         data->diameter_m);
  }
  data->mesh = read_mesh(bundle.tensors, source);
  data->samples = read_samples(bundle.tensors, source);
  data->symmetries = read_symmetries(bundle.tensors, source);
  data->views = read_views(bundle.tensors, source);
  data->geometric = read_geometric(bundle.tensors, source);
  data->descriptors = read_descriptors(bundle.tensors, source);
  return ObjectModel(std::move(data));
}

}  // namespace sam6d

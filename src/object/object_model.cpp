#include "sam6d/object_model.hpp"

#include "base/fail.hpp"
#include "object/object_data.hpp"

namespace sam6d {

ObjectId ObjectModel::id() const { return data_->id; }
const std::string& ObjectModel::name() const { return data_->name; }
const TriangleMesh& ObjectModel::mesh() const { return data_->mesh; }
double ObjectModel::diameter_m() const { return data_->diameter_m; }
const Symmetries& ObjectModel::symmetries() const { return data_->symmetries; }
std::span<const SurfaceSample> ObjectModel::surface_samples() const { return data_->samples; }

int ObjectModel::template_view_count() const { return static_cast<int>(data_->views.size()); }

TemplateView ObjectModel::template_view(int index) const {
  if (index < 0 || index >= template_view_count()) {
    fail(ErrorCode::kInvalidArgument, "template_view: expected an index of 0..{}, found {}",
         template_view_count() - 1, index);
  }
  return unpack(data_->views[static_cast<std::size_t>(index)]);
}

std::vector<TemplateView> ObjectModel::template_views() const {
  std::vector<TemplateView> views;
  views.reserve(data_->views.size());
  for (const PackedView& view : data_->views) views.push_back(unpack(view));
  return views;
}

ObjectModel ObjectModel::with_id(ObjectId id, const std::string& name) const {
  auto data = std::make_shared<ObjectData>(*data_);
  data->id = id;
  if (!name.empty()) data->name = name;
  return ObjectModel(std::move(data));
}

}  // namespace sam6d

#include "bop_objects.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "sam6d/bundle.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/mesh_io.hpp"

#include "interrupt.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;

std::map<ObjectId, ObjectModel> load_bop_objects(const BopDataset& dataset,
                                                 const std::set<ObjectId>& wanted,
                                                 const fs::path& bundles,
                                                 const OnboardOptions& onboard,
                                                 const Pipeline& pipeline, Console& console) {
  if (!bundles.empty()) make_folder(bundles);
  std::map<ObjectId, ObjectModel> models;
  for (const ObjectId object : wanted) {
    throw_if_interrupted();
    const fs::path bundle = bundles / fmt::format("obj_{:06}.s6d", object);
    const ProgressFn progress = console.progress(fmt::format("object {}", object));
    if (!bundles.empty() && fs::exists(bundle)) {
      const ObjectModel stored = load_bundle(bundle).with_id(object);
      const ObjectModel ready = pipeline.prepare(stored, progress);
      if (&ready.data() != &stored.data()) save_bundle(bundle, ready);
      models.emplace(object, ready);
      continue;
    }
    OnboardOptions options = onboard;
    options.symmetries = dataset.objects.at(object).symmetries;
    const auto name = dataset.names.find(object);
    options.name = name == dataset.names.end() ? fmt::format("obj_{:06}", object) : name->second;
    const TriangleMesh mesh = load_mesh(model_path(dataset, object), LengthUnit::kMillimetre);
    const ObjectModel model =
        pipeline.prepare(ObjectModel::onboard(object, mesh, options, progress), progress);
    if (!bundles.empty()) save_bundle(bundle, model);
    models.emplace(object, model);
  }
  return models;
}

}  // namespace sam6d::cli

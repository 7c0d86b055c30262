#include "search_bop/folder_data.hpp"

#include <algorithm>
#include <ctime>

#include "base/fail.hpp"
#include "pose/search.hpp"
#include "sam6d/mesh_io.hpp"

namespace sam6d::search_bop {
namespace {

constexpr std::size_t kTestPoints = 300;       // enough for the largest distance of a rigid body
constexpr double kRightShareOfDiameter = 0.1;  // of MSSD

RightPoseTest make_test(const EvaluationModel& model) {
  RightPoseTest test;
  const auto& vertices_m = model.mesh.vertices_m;
  const std::size_t step = std::max<std::size_t>(1, vertices_m.size() / kTestPoints);
  for (std::size_t i = 0; i < vertices_m.size(); i += step) test.points_m.push_back(vertices_m[i]);
  test.symmetries = symmetry_transforms(model.symmetries);
  test.max_mssd_m = kRightShareOfDiameter * model.diameter_m;
  return test;
}

}  // namespace

FolderData load_folder(const std::filesystem::path& folder, const std::string& split, int threads) {
  FolderData data;
  data.dataset = open_dataset(folder, split);
  for (const int scene_id : data.dataset.scene_ids) {
    data.scenes.push_back(load_scene(data.dataset, scene_id));
  }
  const bool any_truth = std::any_of(data.scenes.begin(), data.scenes.end(),
                                     [](const BopScene& scene) { return !scene.by_image.empty(); });
  if (data.dataset.objects.empty() || !any_truth) {
    fail(ErrorCode::kBadFile, "{}: expected models and scenes with truths in {}, found none",
         folder.string(), split);
  }
  for (const auto& [id, info] : data.dataset.objects) {
    const TriangleMesh cad = load_mesh(model_path(data.dataset, id), LengthUnit::kMillimetre);
    OnboardOptions options;
    options.symmetries = info.symmetries;
    options.render_views = false;
    options.threads = threads;
    const std::clock_t begin = std::clock();
    data.index_of[id] = static_cast<int>(data.objects.size());
    data.objects.push_back(searchable(ObjectModel::onboard(id, cad, options), threads));
    data.onboarding_cpu_seconds += static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    data.evaluation_models.push_back(
        {id, load_mesh(eval_model_path(data.dataset, id), LengthUnit::kMillimetre), info.diameter_m,
         info.symmetries});
    data.right_pose.push_back(make_test(data.evaluation_models.back()));
  }
  return data;
}

std::vector<GroundTruthPose> truths_of(const BopScene& scene, int im_id) {
  std::vector<GroundTruthPose> truths;
  const auto instances = scene.by_image.find(im_id);
  if (instances == scene.by_image.end()) return truths;
  for (const BopInstance& instance : instances->second) truths.push_back(instance.pose);
  return truths;
}

}  // namespace sam6d::search_bop

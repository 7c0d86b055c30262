#include "truth_match.hpp"

#include <algorithm>
#include <cstddef>

#include "sam6d/evaluate.hpp"
#include "sam6d/symmetry.hpp"

namespace sam6d::cli {
namespace {

constexpr double kMaxErrorInDiameters = 1.0;

struct Pair {
  std::size_t truth = 0;
  std::size_t result = 0;
  double error_m = 0;
};

const EvaluationModel* model_of(ObjectId id, std::span<const EvaluationModel> models) {
  const auto model = std::find_if(models.begin(), models.end(),
                                  [&](const EvaluationModel& any) { return any.obj_id == id; });
  return model == models.end() ? nullptr : &*model;
}

/// The angle to the nearest of the poses that look the same.
double least_rotation_rad(const EvaluationModel& model, const RigidTransform& estimate,
                          const RigidTransform& truth) {
  double least = rotation_error_rad(estimate, truth);
  for (const RigidTransform& symmetry : symmetry_transforms(model.symmetries)) {
    least = std::min(least, rotation_error_rad(estimate, truth * symmetry));
  }
  return least;
}

}  // namespace

std::vector<TruthMatch> match_truths(std::span<const GroundTruthPose> truths,
                                     std::span<const PoseResult> results,
                                     std::span<const EvaluationModel> models) {
  std::vector<TruthMatch> matches;
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < truths.size(); ++i) {
    const GroundTruthPose& truth = truths[i];
    TruthMatch match{truth.obj_id, truth.visib_fract, false, std::nullopt, std::nullopt};
    if (const EvaluationModel* const model = model_of(truth.obj_id, models)) {
      match.symmetric = !model->symmetries.empty();
      for (std::size_t j = 0; j < results.size(); ++j) {
        if (!results[j].pose || results[j].detection.object != truth.obj_id) continue;
        const RigidTransform& estimate = results[j].pose->cam_from_obj;
        const auto& points_m = model->mesh.vertices_m;
        const double error_m = match.symmetric ? adi_m(points_m, estimate, truth.cam_from_obj)
                                               : add_m(points_m, estimate, truth.cam_from_obj);
        if (error_m <= kMaxErrorInDiameters * model->diameter_m) pairs.push_back({i, j, error_m});
      }
    }
    matches.push_back(match);
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.error_m < b.error_m; });
  std::vector<bool> used(results.size(), false);
  for (const Pair& pair : pairs) {
    TruthMatch& match = matches[pair.truth];
    if (match.error_m || used[pair.result]) continue;
    used[pair.result] = true;
    match.error_m = pair.error_m;
    match.rotation_rad =
        least_rotation_rad(*model_of(match.object, models), results[pair.result].pose->cam_from_obj,
                           truths[pair.truth].cam_from_obj);
  }
  return matches;
}

}  // namespace sam6d::cli

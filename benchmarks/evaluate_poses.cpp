// Poses a second that the evaluation scores, on pictures of procedural scenes with poses near the
// true ones, and how long each kind of error takes.
// Usage: bench_evaluate_poses [pictures] [threads]

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "base/random.hpp"
#include "base/stopwatch.hpp"
#include "sam6d/evaluate.hpp"
#include "scenes/demo_scene.hpp"

namespace {

using sam6d::EstimatedPose;
using sam6d::EvaluationModel;
using sam6d::GroundTruthPose;

/// A true pose turned by up to 5 degrees and moved by up to 10 mm an axis.
sam6d::RigidTransform disturbed(const sam6d::RigidTransform& pose, sam6d::Random& random) {
  const Eigen::Vector3d axis(random.normal(), random.normal(), random.normal());
  sam6d::RigidTransform result = pose;
  result.linear() =
      pose.linear() * Eigen::AngleAxisd(random.uniform(0.0, 0.09), axis.normalized()).matrix();
  for (int i = 0; i < 3; ++i) result.translation()[i] += random.uniform(-0.01, 0.01);
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  const int pictures = argc > 1 ? std::atoi(argv[1]) : 50;
  sam6d::PoseEvaluationOptions options;
  options.threads = argc > 2 ? std::atoi(argv[2]) : 1;

  const sam6d::scenes::DemoScene demo = sam6d::scenes::make_demo_scene(1);
  const sam6d::scenes::ScenePicture picture = sam6d::scenes::take_picture(demo.scene);
  std::vector<EvaluationModel> models;
  for (const sam6d::scenes::ShapeModel& object : demo.objects) {
    models.push_back({static_cast<int>(models.size()) + 1, object.mesh, 0, object.symmetries});
    std::printf("object %d, %s: %zu vertices, %zu symmetry transforms\n", models.back().obj_id,
                object.name.c_str(), object.mesh.vertices_m.size(),
                sam6d::symmetry_transforms(object.symmetries).size());
  }

  // The same picture again and again, each time with other estimates.
  sam6d::Random random(7);
  std::vector<GroundTruthPose> truths;
  std::vector<EstimatedPose> estimates;
  for (int im_id = 0; im_id < pictures; ++im_id) {
    for (const sam6d::scenes::InstanceTruth& instance : picture.instances) {
      truths.push_back({1, im_id, instance.obj_id, instance.cam_from_obj, instance.visib_fract});
      estimates.push_back({1, im_id, instance.obj_id, random.uniform(),
                           disturbed(instance.cam_from_obj, random), -1});
    }
  }
  const std::vector<sam6d::Target> targets = sam6d::targets_of(truths);

  const sam6d::Stopwatch preparing;
  const sam6d::PoseEvaluator evaluator(models, options);
  std::printf("making the evaluator: %.3f s\n", preparing.seconds());
  for (const bool with_depth : {true, false}) {
    const sam6d::Stopwatch scoring;
    const std::clock_t cpu_start = std::clock();
    const sam6d::PoseReport report = evaluator.evaluate(truths, estimates, targets, [&](int, int) {
      return sam6d::EvaluationImage{picture.camera,
                                    with_depth ? picture.depth_m : sam6d::Image<float>()};
    });
    const double seconds = scoring.seconds();
    const double cpu_ms = 1e3 * static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
    const auto count = static_cast<double>(estimates.size());
    std::printf("%s VSD: %.0f poses, %.0f a second, %.2f ms of one core a pose, AR %.3f\n",
                with_depth ? "with" : "without", count, count / seconds, cpu_ms / count,
                report.all.ar);
  }

  for (const EvaluationModel& model : models) {
    const auto symmetries = sam6d::symmetry_transforms(model.symmetries);
    const auto& points_m = model.mesh.vertices_m;
    double mssd_s = 0;
    double mspd_s = 0;
    double adi_s = 0;
    int poses = 0;
    for (std::size_t i = 0; i < truths.size() && poses < 20; ++i) {
      if (truths[i].obj_id != model.obj_id) continue;
      const sam6d::RigidTransform& estimate = estimates[i].cam_from_obj;
      const sam6d::RigidTransform& truth = truths[i].cam_from_obj;
      const sam6d::Stopwatch a;
      (void)sam6d::mssd_m(points_m, symmetries, estimate, truth);
      mssd_s += a.seconds();
      const sam6d::Stopwatch b;
      (void)sam6d::mspd_px(points_m, symmetries, picture.camera, estimate, truth);
      mspd_s += b.seconds();
      const sam6d::Stopwatch c;
      (void)sam6d::adi_m(points_m, estimate, truth);
      adi_s += c.seconds();
      ++poses;
    }
    if (poses == 0) continue;
    std::printf("object %d, ms a pose: MSSD %.2f, MSPD %.2f, ADI with its tree %.2f\n",
                model.obj_id, 1e3 * mssd_s / poses, 1e3 * mspd_s / poses, 1e3 * adi_s / poses);
  }
  return 0;
}

#include <cmath>

#include "base/fail.hpp"
#include "base/progress.hpp"
#include "object/object_data.hpp"

namespace sam6d {
namespace {

constexpr std::size_t kMaxNameBytes = 255;
constexpr std::size_t kMaxGivenViews = 10'000;
constexpr int kMinSamples = 100;
constexpr int kMaxSamples = 1'000'000;

/// Numbers of random streams, so that no two stages draw the same numbers.
enum Stream : std::uint64_t { kSampleStream = 0, kFeatureStream = 1 };

std::uint64_t seed_of(std::uint64_t seed, Stream stream) { return 2 * seed + stream; }

void check_symmetries(const Symmetries& symmetries) {
  for (const RigidTransform& transform : symmetries.discrete) {
    constexpr double kTolerance = 1e-4;
    const Eigen::Matrix3d rotation = transform.linear();
    const bool rigid =
        transform.matrix().allFinite() &&
        (rotation * rotation.transpose() - Eigen::Matrix3d::Identity()).norm() < kTolerance &&
        rotation.determinant() > 0;
    if (!rigid) {
      fail(ErrorCode::kInvalidArgument,
           "OnboardOptions.symmetries: expected rigid transforms, found another matrix");
    }
  }
  for (const ContinuousSymmetry& symmetry : symmetries.continuous) {
    constexpr double kTolerance = 1e-6;
    if (!(std::abs(symmetry.axis.norm() - 1) < kTolerance) || !symmetry.offset_m.allFinite()) {
      fail(ErrorCode::kInvalidArgument,
           "OnboardOptions.symmetries: expected axes of length 1 and finite offsets, found others");
    }
  }
}

std::vector<PackedView> packed_views(const TriangleMesh& mesh, const OnboardOptions& options,
                                     const ProgressFn& progress) {
  std::vector<TemplateView> views = options.given_views;
  if (views.empty() && options.render_views) {
    TemplateOptions templates = options.templates;
    templates.threads = options.threads;
    views = render_templates(mesh, templates, progress);
  }
  std::vector<PackedView> packed;
  packed.reserve(views.size());
  for (const TemplateView& view : views) packed.push_back(pack(view));
  return packed;
}

}  // namespace

void OnboardOptions::validate() const {
  if (name.size() > kMaxNameBytes) {
    fail(ErrorCode::kInvalidArgument, "OnboardOptions.name: expected at most {} bytes, found {}",
         kMaxNameBytes, name.size());
  }
  if (symmetries) check_symmetries(*symmetries);
  if (!(symmetry_detection.tolerance > 0 && symmetry_detection.tolerance < 0.5)) {
    fail(ErrorCode::kInvalidArgument,
         "OnboardOptions.symmetry_detection.tolerance: expected 0..0.5, found {}",
         symmetry_detection.tolerance);
  }
  if (!(symmetry_detection.min_share > 0 && symmetry_detection.min_share <= 1)) {
    fail(ErrorCode::kInvalidArgument,
         "OnboardOptions.symmetry_detection.min_share: expected 0..1, found {}",
         symmetry_detection.min_share);
  }
  if (render_views) templates.validate();
  if (given_views.size() > kMaxGivenViews) {
    fail(ErrorCode::kInvalidArgument, "OnboardOptions.given_views: expected at most {}, found {}",
         kMaxGivenViews, given_views.size());
  }
  for (std::size_t i = 0; i < given_views.size(); ++i) {
    check_view(given_views[i], fmt::format("OnboardOptions.given_views[{}]", i));
  }
  if (surface_samples < kMinSamples || surface_samples > kMaxSamples) {
    fail(ErrorCode::kInvalidArgument, "OnboardOptions.surface_samples: expected {}..{}, found {}",
         kMinSamples, kMaxSamples, surface_samples);
  }
  if (threads < 0) {
    fail(ErrorCode::kInvalidArgument, "OnboardOptions.threads: expected 0 or more, found {}",
         threads);
  }
}

ObjectModel ObjectModel::onboard(ObjectId id, const TriangleMesh& mesh,
                                 const OnboardOptions& options, const ProgressFn& progress) {
  options.validate();
  auto data = std::make_shared<ObjectData>();
  data->id = id;
  data->name = options.name.empty() ? fmt::format("object {}", id) : options.name;
  report(progress, "mesh", 0, 1);
  data->mesh = repaired(mesh, data->name);
  data->diameter_m = sam6d::diameter_m(data->mesh);
  data->samples =
      sample_surface(data->mesh, options.surface_samples, seed_of(options.seed, kSampleStream));
  report(progress, "mesh", 1, 1);
  report(progress, "symmetries", 0, 1);
  data->symmetries = options.symmetries ? *options.symmetries
                                        : detect_symmetries(data->mesh, options.symmetry_detection);
  report(progress, "symmetries", 1, 1);
  data->views = packed_views(data->mesh, options, progress);
  data->geometric =
      build_geometric_features(data->mesh, data->diameter_m, data->symmetries,
                               seed_of(options.seed, kFeatureStream), options.threads, progress);
  return ObjectModel(std::move(data));
}

}  // namespace sam6d

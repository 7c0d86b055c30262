// What gating by depth and size spares, and whether it loses anything, on the true masks of BOP
// data sets, fifty random masks and fifty parts of an over-segmented picture.
// With --describe also the seconds of describing and scoring one picture's, with gating and
// without, by DINOv2 ViT-L of synthetic weights. Usage: bench_ism_gating FOLDER... [--lost]
// [--describe]

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <ATen/Parallel.h>

#include "base/stopwatch.hpp"
#include "ism/supplied_proposals.hpp"
#include "neural/descriptors.hpp"
#include "neural/near_duplicates.hpp"
#include "neural/proposal_gating.hpp"
#include "neural/proposal_scores.hpp"
#include "sam6d/dataset.hpp"
#include "sam6d/error.hpp"
#include "sam6d/mesh_io.hpp"

namespace {

using namespace sam6d;
namespace fs = std::filesystem;

constexpr double kLeastVisible = 0.1;  // of the silhouette: BOP's targets
constexpr int kRandom = 50;
constexpr int kParts = 50;
constexpr int kGridSide = 32;
constexpr float kMergeIou = 0.95F;

struct Settings {
  std::vector<fs::path> folders;
  int threads = 2;
  bool lost = false;  ///< name each
  bool describe = false;
};

struct Counts {
  int pictures = 0;
  int truths = 0;
  int truths_gated = 0;
  int truths_merged = 0;
  int others = 0;
  int others_kept = 0;
  std::array<int, 6> reasons{};
  int prompts = 0;
  int prompts_kept = 0;
  int prompted = 0;        ///< truths that the whole grid meets
  int without_prompt = 0;  ///< of them, truths that lose all their prompts
  double survey_seconds = 0;
  double gate_seconds = 0;
  double merge_seconds = 0;
};

struct Picture {
  FrameData frame;
  std::vector<Mask> truths;
  std::vector<std::string> names;
};

Picture load_picture(const BopScene& scene, const BopImage& image) {
  Picture picture{load_bop_frame(image), {}, {}};
  for (const BopInstance& instance : scene.by_image.at(image.im_id)) {
    if (static_cast<double>(instance.px_count_visib) <
        kLeastVisible * static_cast<double>(instance.px_count_all)) {
      continue;
    }
    picture.truths.push_back(load_bop_mask(image, instance.index));
    picture.names.push_back(image.scene_folder.string() + " image " + std::to_string(image.im_id) +
                            " object " + std::to_string(instance.pose.obj_id) + " instance " +
                            std::to_string(instance.index));
  }
  return picture;
}

std::vector<ObjectSize> load_sizes(const BopDataset& dataset, int threads) {
  std::vector<ObjectSize> sizes;
  for (const auto& [id, info] : dataset.objects) {
    OnboardOptions options;
    options.symmetries = info.symmetries;
    options.templates.size_px = 160;
    options.surface_samples = 2000;
    options.threads = threads;
    const TriangleMesh mesh = load_mesh(model_path(dataset, id), LengthUnit::kMillimetre);
    sizes.push_back(measure_object(ObjectModel::onboard(id, mesh, options)));
  }
  return sizes;
}

void count_prompts(const Settings& settings, const Picture& picture, const DepthSurvey& survey,
                   Counts& counts) {
  const CameraIntrinsics& camera = picture.frame.camera;
  std::vector<int> all(picture.truths.size());
  std::vector<int> kept(picture.truths.size());
  for (int row = 0; row < kGridSide; ++row) {
    for (int column = 0; column < kGridSide; ++column) {
      const double x = (column + 0.5) / kGridSide * camera.width;
      const double y = (row + 0.5) / kGridSide * camera.height;
      const bool worth = is_worth_a_prompt(
          survey, {x, y, 1.0 * camera.width / kGridSide, 1.0 * camera.height / kGridSide});
      ++counts.prompts;
      counts.prompts_kept += worth ? 1 : 0;
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (!picture.truths[i].at(static_cast<int>(x), static_cast<int>(y))) continue;
        ++all[i];
        kept[i] += worth ? 1 : 0;
      }
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    counts.prompted += all[i] > 0 ? 1 : 0;
    if (all[i] == 0 || kept[i] > 0) continue;
    ++counts.without_prompt;
    if (settings.lost) {
      std::printf("  no prompt left of %d: %s (%lld px)\n", all[i], picture.names[i].c_str(),
                  static_cast<long long>(picture.truths[i].area()));
    }
  }
}

/// The true masks, then the others.
std::vector<Proposal> supplied(const Picture& picture, std::uint64_t seed) {
  const CameraIntrinsics& camera = picture.frame.camera;
  std::vector<Proposal> proposals;
  for (const Mask& mask : picture.truths) proposals.push_back(ism::to_proposal(mask, 1));
  for (Proposal& one : ism::random_proposals(camera.width, camera.height, kRandom, seed)) {
    proposals.push_back(std::move(one));
  }
  for (Proposal& one :
       ism::over_segmented(camera.width, camera.height, picture.truths, kParts, seed)) {
    proposals.push_back(std::move(one));
  }
  return proposals;
}

void count_proposals(const Settings& settings, const Picture& picture,
                     const std::vector<ObjectSize>& sizes, const DepthSurvey& survey,
                     std::uint64_t seed, Counts& counts) {
  std::vector<Proposal> proposals = supplied(picture, seed);
  const Stopwatch gating;
  const std::vector<GateReason> reasons =
      gate_proposals(proposals, picture.frame.view(), survey, sizes, settings.threads);
  counts.gate_seconds += gating.seconds();
  std::vector<Proposal> passed;
  std::size_t passed_truths = 0;
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    const bool truth = i < picture.truths.size();
    (truth ? counts.truths : counts.others) += 1;
    if (reasons[i] == GateReason::kNone) {
      if (truth) ++passed_truths;
      passed.push_back(std::move(proposals[i]));
    } else if (truth) {
      ++counts.truths_gated;
      if (settings.lost) {
        const auto size = measure_proposal(proposals[i], picture.frame.view(), survey);
        std::printf("  gated for reason %d: %s (%lld px, %.3f m, %.5f m2, support %.2f)\n",
                    static_cast<int>(reasons[i]), picture.names[i].c_str(),
                    static_cast<long long>(picture.truths[i].area()), size->extent_m, size->area_m2,
                    size->support_share);
      }
    } else {
      ++counts.reasons[static_cast<std::size_t>(reasons[i])];
    }
  }
  const Stopwatch merging;
  const std::vector<int> kept = without_near_duplicates(passed, kMergeIou, settings.threads);
  counts.merge_seconds += merging.seconds();
  const auto first_other =
      std::lower_bound(kept.begin(), kept.end(), static_cast<int>(passed_truths));
  counts.truths_merged += static_cast<int>(passed_truths - (first_other - kept.begin()));
  counts.others_kept += static_cast<int>(kept.end() - first_other);
}

/// An object whose descriptors are those of proposals: what it costs to compare with it does not
/// depend on what they say.
ViewedObject some_object(const Descriptors& descriptors) {
  constexpr std::int64_t kViews = 42;
  ViewedObject object;
  const std::int64_t repeats = kViews / descriptors.cls.size(0) + 1;
  object.views = {descriptors.cls.repeat({repeats, 1}).narrow(0, 0, kViews).contiguous(),
                  descriptors.patches.repeat({repeats, 1, 1}).narrow(0, 0, kViews).contiguous()};
  object.rotations.assign(kViews, Eigen::Matrix3d::Identity());
  object.points_m.assign(2048, Eigen::Vector3f(0.01F, 0.02F, 0.03F));
  return object;
}

/// Describes and scores; returns the seconds.
double describe_and_score(const nets::Dinov2& network, const Picture& picture,
                          std::span<const Proposal> proposals, const ViewedObject& object,
                          int threads) {
  const Stopwatch stopwatch;
  ScoreSettings settings;
  settings.semantic.threshold = 0;
  settings.threads = threads;
  const std::vector<const ViewedObject*> objects{&object};
  std::vector<ProposalScore> scores = score_looks(
      describe(network, picture.frame.rgb.view(), proposals, {16, threads}), 0, objects, settings);
  score_places(picture.frame.view(), proposals, objects, settings, scores);
  return stopwatch.seconds();
}

void compare_times(const Settings& settings, const Picture& picture,
                   const std::vector<ObjectSize>& sizes) {
  const nets::Dinov2 network = nets::load_dinov2(Weights::synthetic(Network::kDinov2));
  const std::vector<Proposal> all = supplied(picture, 1);
  const ViewedObject object = some_object(
      describe(network, picture.frame.rgb.view(), std::span(all).first(2), {2, settings.threads}));
  const Stopwatch gating;
  const DepthSurvey survey = survey_depth(picture.frame.view(), sizes, {0, settings.threads});
  const std::vector<GateReason> reasons =
      gate_proposals(all, picture.frame.view(), survey, sizes, settings.threads);
  std::vector<Proposal> passed;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (reasons[i] == GateReason::kNone) passed.push_back(all[i]);
  }
  std::vector<Proposal> kept;
  for (const int i : without_near_duplicates(passed, kMergeIou, settings.threads)) {
    kept.push_back(passed[static_cast<std::size_t>(i)]);
  }
  const double gate_seconds = gating.seconds();
  const double with = describe_and_score(network, picture, kept, object, settings.threads);
  const double without = describe_and_score(network, picture, all, object, settings.threads);
  std::printf(
      "  gated %.3f s + %zu described and scored %.2f s; all %zu %.2f s: %.2f times as fast\n",
      gate_seconds, kept.size(), with, all.size(), without, without / (gate_seconds + with));
}

void run_folder(const Settings& settings, const fs::path& folder, Counts& counts) {
  const BopDataset dataset = open_dataset(folder, "test");
  const std::vector<ObjectSize> sizes = load_sizes(dataset, settings.threads);
  for (const int scene_id : dataset.scene_ids) {
    const BopScene scene = load_scene(dataset, scene_id);
    for (const BopImage& image : scene.images) {
      if (!scene.by_image.contains(image.im_id)) continue;
      const Picture picture = load_picture(scene, image);
      if (settings.describe && counts.pictures == 0) compare_times(settings, picture, sizes);
      ++counts.pictures;
      const Stopwatch surveying;
      const DepthSurvey survey = survey_depth(picture.frame.view(), sizes, {0, settings.threads});
      counts.survey_seconds += surveying.seconds();
      count_prompts(settings, picture, survey, counts);
      count_proposals(settings, picture, sizes, survey, static_cast<std::uint64_t>(image.im_id) + 1,
                      counts);
    }
  }
}

void print(const std::string& name, const Counts& counts) {
  const auto each = [&](double seconds) { return 1e3 * seconds / std::max(1, counts.pictures); };
  std::printf(
      "%-24s true masks %3d, gated %d, merged %d, unprompted %d of %d | others %4d, kept %4d "
      "(support %d, long %d, large %d, small %d) | prompts kept %4.1f %% | survey %5.1f ms, gate "
      "%5.1f ms, merge %4.1f ms a picture\n",
      name.c_str(), counts.truths, counts.truths_gated, counts.truths_merged, counts.without_prompt,
      counts.prompted, counts.others, counts.others_kept, counts.reasons[2], counts.reasons[3],
      counts.reasons[4], counts.reasons[5],
      100.0 * counts.prompts_kept / std::max(1, counts.prompts), each(counts.survey_seconds),
      each(counts.gate_seconds), each(counts.merge_seconds));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"What gating by depth and size spares, and what it loses"};
  Settings settings;
  app.add_option("folders", settings.folders, "data sets in BOP's layout")->required();
  app.add_option("--threads", settings.threads, "threads");
  app.add_flag("--describe", settings.describe, "describe and score the first picture's, too");
  app.add_flag("--lost", settings.lost, "name the true masks that are lost");
  CLI11_PARSE(app, argc, argv);
  at::set_num_threads(settings.threads);
  try {
    for (const fs::path& folder : settings.folders) {
      Counts counts;
      run_folder(settings, folder, counts);
      print(folder.filename().string(), counts);
      std::fflush(stdout);
    }
  } catch (const Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
  return 0;
}

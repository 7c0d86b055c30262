// What half precision costs the segmentation's scores: the true masks of data sets in BOP's layout
// are described by DINOv2 in each precision, with synthetic weights or those of a file, and scored
// against the data set's objects. Usage: bench_ism_precision FOLDER... [--weights FILE]
// [--views N] [--threads N]

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include "ism/supplied_proposals.hpp"
#include "nets/precision.hpp"
#include "neural/descriptors.hpp"
#include "neural/object_descriptors.hpp"
#include "neural/proposal_scores.hpp"
#include "neural/viewed_object.hpp"
#include "sam6d/dataset.hpp"
#include "sam6d/error.hpp"
#include "sam6d/mesh_io.hpp"

namespace {

using namespace sam6d;
namespace fs = std::filesystem;

constexpr double kLeastVisible = 0.1;  // of the silhouette: BOP's targets

struct Settings {
  std::vector<fs::path> folders;
  fs::path weights;
  int views = 42;
  int threads = 2;
};

struct Picture {
  FrameData frame;
  std::vector<Proposal> proposals;
};

struct World {
  std::vector<ObjectModel> objects;
  std::vector<Picture> pictures;
};

World load_world(const fs::path& folder, const Settings& settings) {
  World world;
  const BopDataset dataset = open_dataset(folder, "test");
  for (const auto& [id, info] : dataset.objects) {
    OnboardOptions options;
    options.symmetries = info.symmetries;
    options.threads = settings.threads;
    const TriangleMesh mesh = load_mesh(model_path(dataset, id), LengthUnit::kMillimetre);
    world.objects.push_back(ObjectModel::onboard(id, mesh, options));
  }
  for (const int scene_id : dataset.scene_ids) {
    const BopScene scene = load_scene(dataset, scene_id);
    for (const BopImage& image : scene.images) {
      if (!scene.by_image.contains(image.im_id)) continue;
      Picture picture{load_bop_frame(image), {}};
      for (const BopInstance& instance : scene.by_image.at(image.im_id)) {
        if (static_cast<double>(instance.px_count_visib) <
            kLeastVisible * static_cast<double>(instance.px_count_all)) {
          continue;
        }
        picture.proposals.push_back(ism::to_proposal(load_bop_mask(image, instance.index), 1));
      }
      world.pictures.push_back(std::move(picture));
    }
  }
  return world;
}

/// The scores of all true masks, in order.
std::vector<ProposalScore> score(const World& world, const Weights& weights, Precision precision,
                                 const Settings& settings) {
  const nets::Dinov2 network =
      nets::load_dinov2(weights, at::kCPU, nets::torch_type(precision, at::kCPU));
  const ViewDescriptorSettings views{settings.views, {16, settings.threads}, false};
  std::vector<ViewedObject> objects;
  for (const ObjectModel& object : world.objects) {
    objects.push_back(view_object(object, compute_view_descriptors(network, object, views), views));
  }
  std::vector<const ViewedObject*> pointers;
  pointers.reserve(objects.size());
  for (const ViewedObject& object : objects) pointers.push_back(&object);
  ScoreSettings how;
  how.semantic.threshold = -1;  // every mask gets scores, in every precision
  how.threads = settings.threads;
  std::vector<ProposalScore> all;
  for (const Picture& picture : world.pictures) {
    const Descriptors descriptors =
        describe(network, picture.frame.rgb.view(), picture.proposals, views.pictures);
    std::vector<ProposalScore> scores = score_looks(descriptors, 0, pointers, how);
    score_places(picture.frame.view(), picture.proposals, pointers, how, scores);
    all.insert(all.end(), scores.begin(), scores.end());
  }
  return all;
}

struct Difference {
  double mean = 0;
  double worst = 0;
};

template <class Part>
Difference compare(const std::vector<ProposalScore>& exact, const std::vector<ProposalScore>& half,
                   const Part& part) {
  Difference difference;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double one = std::abs(static_cast<double>(part(exact[i]) - part(half[i])));
    difference.mean += one / static_cast<double>(exact.size());
    difference.worst = std::max(difference.worst, one);
  }
  return difference;
}

void print(const char* precision, const std::vector<ProposalScore>& exact,
           const std::vector<ProposalScore>& half) {
  if (half.size() != exact.size()) {
    std::printf("%-9s %zu of %zu masks have scores\n", precision, half.size(), exact.size());
    return;
  }
  int other_object = 0;
  int other_view = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    other_object += exact[i].match.object != half[i].match.object ? 1 : 0;
    other_view += exact[i].match.view != half[i].match.view ? 1 : 0;
  }
  const Difference semantic =
      compare(exact, half, [](const ProposalScore& one) { return one.match.score; });
  const Difference appearance =
      compare(exact, half, [](const ProposalScore& one) { return one.appearance.appearance; });
  const Difference all = compare(exact, half, [](const ProposalScore& one) { return one.score; });
  std::printf(
      "%-9s of %zu masks: another object %d, another view %d; mean (worst) difference of semantic "
      "%.5f (%.5f), appearance %.5f (%.5f), final score %.5f (%.5f)\n",
      precision, exact.size(), other_object, other_view, semantic.mean, semantic.worst,
      appearance.mean, appearance.worst, all.mean, all.worst);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"What half precision costs the scores of the segmentation"};
  Settings settings;
  app.add_option("folders", settings.folders, "data sets in BOP's layout")->required();
  app.add_option("--weights", settings.weights, "of DINOv2; without it synthetic ones");
  app.add_option("--views", settings.views, "template views an object");
  app.add_option("--threads", settings.threads, "threads");
  CLI11_PARSE(app, argc, argv);
  at::set_num_threads(settings.threads);
  const c10::InferenceMode inference;
  try {
    const Weights weights = settings.weights.empty() ? Weights::synthetic(Network::kDinov2)
                                                     : Weights::from_file(settings.weights);
    for (const fs::path& folder : settings.folders) {
      std::printf("%s\n", folder.c_str());
      const World world = load_world(folder, settings);
      const auto exact = score(world, weights, Precision::kFloat32, settings);
      for (const Precision precision : {Precision::kBFloat16, Precision::kFloat16}) {
        const std::string name(to_string(precision));
        try {
          print(name.c_str(), exact, score(world, weights, precision, settings));
        } catch (const Error& error) {
          if (error.code() != ErrorCode::kDevice) throw;
          std::printf("%-9s %s\n", name.c_str(), error.what());
        }
      }
      std::fflush(stdout);
    }
  } catch (const Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
  return 0;
}

// Accuracy and time of the geometric search alone over folders in BOP's layout, down to the
// evidence of every hypothesis: the program to tune the search with. Usage: bench_search_bop
// FOLDER... --absent --lost --csv evidence.csv

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sam6d/error.hpp"
#include "sam6d/file_io.hpp"
#include "search_bop/evidence_text.hpp"
#include "search_bop/folder_data.hpp"
#include "search_bop/picture_search.hpp"
#include "search_bop/tally.hpp"

namespace {

using namespace sam6d;
namespace fs = std::filesystem;

struct Settings {
  std::vector<fs::path> folders;
  std::string split = "test";
  search_bop::QueryRules rules;
  GeometricSearchOptions search;
  int limit = std::numeric_limits<int>::max();
  bool lost = false;
  fs::path csv;
};

void add_estimates(const search_bop::FolderData& data, const search_bop::PictureSearch& picture,
                   std::vector<EstimatedPose>& estimates) {
  for (const int i : picture.chosen) {
    const Hypothesis& h = picture.hypotheses[static_cast<std::size_t>(i)];
    const ObjectId id = data.objects[static_cast<std::size_t>(h.object)].id();
    // Saturated probabilities are ordered by the raw score.
    const double score = h.presence + 1e-4 * h.raw_score;
    estimates.push_back({picture.scene_id, picture.im_id, id, score, h.cam_from_obj,
                         picture.prepare_cpu_seconds + picture.search_cpu_seconds});
  }
}

/// Searches all pictures of a folder; adds the evidence to `csv`.
search_bop::Tally run_folder(const Settings& settings, const search_bop::FolderData& data,
                             std::string& csv) {
  search_bop::Tally tally;
  std::vector<GroundTruthPose> truths;
  std::vector<EstimatedPose> estimates;
  std::map<std::pair<int, int>, const BopImage*> images;
  for (const BopScene& scene : data.scenes) {
    for (const BopImage& image : scene.images) {
      if (!scene.by_image.contains(image.im_id)) continue;
      if (tally.pictures >= settings.limit) break;
      const search_bop::PictureSearch picture =
          search_bop::search_picture(data, scene, image, settings.rules, settings.search);
      tally.add(data, picture);
      add_estimates(data, picture, estimates);
      truths.insert(truths.end(), picture.truths.begin(), picture.truths.end());
      images[{image.scene_id, image.im_id}] = &image;
      if (!settings.csv.empty()) csv += search_bop::csv_rows(data, picture);
      if (settings.lost) {
        std::fputs(search_bop::lost_lines(data, picture).c_str(), stdout);
        std::fflush(stdout);
      }
    }
  }
  PoseEvaluationOptions options;
  options.threads = settings.search.threads;
  const PoseEvaluator evaluator(data.evaluation_models, options);
  const PoseReport report =
      evaluator.evaluate(truths, estimates, targets_of(truths), [&](int scene_id, int im_id) {
        const BopImage& image = *images.at({scene_id, im_id});
        EvaluationImage loaded{image.camera.intrinsics, load_bop_depth(image)};
        loaded.camera.width = loaded.depth_m.width();
        loaded.camera.height = loaded.depth_m.height();
        return loaded;
      });
  tally.scores = report.targets;
  return tally;
}

/// With several folders --csv names a folder of a file each.
fs::path csv_path(const Settings& settings, const fs::path& folder) {
  if (settings.folders.size() == 1) return settings.csv;
  const fs::path name = folder.filename().empty() ? folder.parent_path() : folder;
  return settings.csv / (name.filename().string() + ".csv");
}

void run(const Settings& settings) {
  const bool several = settings.folders.size() > 1;
  if (several && !settings.csv.empty()) make_folder(settings.csv);
  search_bop::Tally all;
  for (const fs::path& folder : settings.folders) {
    if (several) std::printf("folder %s\n", folder.c_str());
    const search_bop::FolderData data =
        search_bop::load_folder(folder, settings.split, settings.search.threads);
    std::string csv = search_bop::csv_header();
    const search_bop::Tally tally = run_folder(settings, data, csv);
    if (!settings.csv.empty()) write_text_file(csv_path(settings, folder), csv);
    std::fputs(tally.text().c_str(), stdout);
    std::printf("objects %zu: onboarding %.0f ms each\n\n", data.objects.size(),
                1e3 * data.onboarding_cpu_seconds / static_cast<double>(data.objects.size()));
    std::fflush(stdout);
    all.add(tally);
  }
  if (several) std::printf("all\n%s", all.text().c_str());
}

}  // namespace

int main(int argc, char** argv) {
  using Effort = GeometricSearchOptions::Effort;
  Settings settings;
  settings.search.threads = 1;
  CLI::App app{"Accuracy, calibration and time of the geometric search over BOP folders"};
  app.add_option("folders", settings.folders, "data sets in BOP's layout")->required();
  app.add_option("--split", settings.split, "their part")->capture_default_str();
  app.add_flag("--masks", settings.rules.masks, "search under the true visible masks");
  app.add_flag("!--no-color", settings.search.use_color, "do not compare colours");
  app.add_flag("--absent", settings.rules.absent, "also ask for objects that are not there");
  app.add_option("--effort", settings.search.effort, "fast, full or adaptive")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Effort>{
          {"fast", Effort::kFast}, {"full", Effort::kFull}, {"adaptive", Effort::kAdaptive}}));
  app.add_option("--threads", settings.search.threads, "0 = one a core")->capture_default_str();
  app.add_option("--limit", settings.limit, "pictures of a folder");
  app.add_flag("--lost", settings.lost, "list what was not found, and absent objects answered");
  app.add_option("--csv", settings.csv,
                 "write the evidence of the finalists; several folders: a folder of files");
  CLI11_PARSE(app, argc, argv);
  try {
    run(settings);
  } catch (const Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
  return 0;
}

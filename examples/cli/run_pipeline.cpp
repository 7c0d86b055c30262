#include "run_pipeline.hpp"

#include <string>

namespace sam6d::cli {
namespace {

double seconds_of(const PipelineResult& result, const std::string& stage) {
  for (const StageSeconds& seconds : result.seconds) {
    if (seconds.stage == stage) return seconds.seconds;
  }
  return 0;
}

}  // namespace

PipelineResult run_pipeline(Search& search) {
  const SearchOptions& options = search.options;
  const double model_start = search.elapsed();
  const Pipeline pipeline(make_segmenter(options.backends, search.config, search.console),
                          make_estimator(options.backends, search.config, search.console));
  const double prepare_start = search.elapsed();
  const std::vector<ObjectModel> objects =
      search.prepared_objects([&](const ObjectModel& object, const ProgressFn& progress) {
        return pipeline.prepare(object, progress);
      });
  const double run_start = search.elapsed();
  PipelineResult found = pipeline.run(search.frame, objects, search.console.progress());
  if (options.backends.neural_pose() || options.backends.neural_segmenter()) {
    found.seconds.insert(found.seconds.begin(), {{"models", prepare_start - model_start},
                                                 {"prepare", run_start - prepare_start}});
  }
  if (options.backends.refine && !options.backends.neural_pose()) {
    const double start = search.elapsed();
    search.refine(pipeline.estimator(), found.poses);
    found.seconds.push_back({"refine", search.elapsed() - start});
  }
  const double draw_start = search.elapsed();
  search.write_detections(found.detections, seconds_of(found, "segment"));
  search.write_poses(found.poses, found.total_seconds);
  search.write_result(found, search.elapsed() - draw_start);
  search.out.commit();
  return found;
}

}  // namespace sam6d::cli

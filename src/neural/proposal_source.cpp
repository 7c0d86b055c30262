#include "neural/proposal_source.hpp"

#include <memory>
#include <string>
#include <utility>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "base/progress.hpp"
#include "base/stopwatch.hpp"
#include "nets/fastsam.hpp"
#include "nets/precision.hpp"
#include "nets/sam.hpp"
#include "neural/fastsam_proposals.hpp"
#include "neural/sam_proposals.hpp"

namespace sam6d {
namespace {

ModelReport report_of(const NeuralSegmenterOptions& options, const char* network,
                      const Stopwatch& loading, std::int64_t bytes) {
  return {network,
          options.proposal_weights->source(),
          std::string(),
          options.device,
          options.precision,
          loading.seconds(),
          bytes};
}

ProposalSource load_sam(const NeuralSegmenterOptions& options, const ProgressFn& progress) {
  const Stopwatch loading;
  SamProposerOptions settings;
  settings.selection.pred_iou_threshold = options.pred_iou_threshold;
  settings.selection.stability_threshold = options.stability_threshold;
  settings.selection.box_nms = options.box_nms_threshold;
  settings.selection.reference_quirks = options.reference_quirks;
  settings.points_per_side = options.points_per_side;
  settings.points_per_batch = options.points_per_batch;
  settings.validate();
  const auto proposer = std::make_shared<const SamProposer>(SamProposer{
      nets::Sam(*options.proposal_weights, options.device, options.precision, progress), settings});
  ProposalSource source;
  source.points_per_side = options.points_per_side;
  source.model = report_of(options, "sam", loading, proposer->network.bytes());
  source.propose = [proposer](const Frame& frame, const PromptFilter& worth,
                              const ProgressFn& on_progress, SegmentReport& report) {
    SamCounts counts;
    std::vector<Proposal> proposals = proposer->propose(frame.rgb, worth, on_progress, counts);
    report.prompts = counts.grid_points - counts.skipped_points;
    report.prompts_skipped = counts.skipped_points;
    return proposals;
  };
  return source;
}

ProposalSource load_fastsam(const NeuralSegmenterOptions& options, const ProgressFn& progress) {
  const Stopwatch loading;
  report(progress, "load fastsam", 0, 1);
  const at::Device device = nets::torch_device(options.device);
  FastSamProposerOptions settings;
  settings.least_score = options.fastsam_confidence;
  settings.box_overlap = double{options.fastsam_nms_threshold};
  settings.most_proposals = options.fastsam_max_masks;
  settings.reference_quirks = options.reference_quirks;
  const auto proposer = std::make_shared<const FastSamProposer>(
      FastSamProposer{nets::load_fastsam(*options.proposal_weights,
                                         nets::fastsam_sizes_of(*options.proposal_weights), device,
                                         nets::torch_type(options.precision, device)),
                      settings});
  report(progress, "load fastsam", 1, 1);
  ProposalSource source;
  source.model = report_of(options, "fastsam", loading, proposer->network.bytes);
  source.propose = [proposer](const Frame& frame, const PromptFilter&,
                              const ProgressFn& on_progress,
                              SegmentReport&) { return proposer->propose(frame.rgb, on_progress); };
  return source;
}

/// For who only prepares objects.
ProposalSource without_network() {
  ProposalSource source;
  source.propose = [](const Frame&, const PromptFilter&, const ProgressFn&,
                      SegmentReport&) -> std::vector<Proposal> {
    fail(ErrorCode::kInvalidArgument,
         "NeuralSegmenterOptions.proposal_weights: expected those of SAM or FastSAM "
         "(Weights::from_file) to segment with, found none");
  };
  return source;
}

}  // namespace

ProposalSource load_proposal_source(const NeuralSegmenterOptions& options,
                                    const ProgressFn& progress) {
  if (!options.proposal_weights) return without_network();
  ProposalSource source = options.proposals == ProposalNetwork::kSam
                              ? load_sam(options, progress)
                              : load_fastsam(options, progress);
  log_info("{}: loaded {} in {:.2f} s, {} MiB", source.model.network, source.model.source,
           source.model.load_seconds, source.model.bytes >> 20);
  return source;
}

}  // namespace sam6d

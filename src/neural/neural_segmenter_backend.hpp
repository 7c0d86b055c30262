#pragma once

#include <memory>

#include "nets/dinov2.hpp"
#include "neural/proposal_source.hpp"
#include "sam6d/model_report.hpp"
#include "segment/backend.hpp"

namespace sam6d {

/// The segmentation model behind Segmenter, made of its parts.
[[nodiscard]] std::shared_ptr<const Segmenter::Backend> make_neural_segmenter(
    const NeuralSegmenterOptions& options, ProposalSource source, nets::Dinov2 network,
    const ModelReport& network_report);

/// The same, with the networks that the options ask for. `options` must be valid.
[[nodiscard]] std::shared_ptr<const Segmenter::Backend> make_neural_segmenter_backend(
    const NeuralSegmenterOptions& options, const ProgressFn& progress = {});

}  // namespace sam6d

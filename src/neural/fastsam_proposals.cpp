#include "neural/fastsam_proposals.hpp"

#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

#include "base/progress.hpp"
#include "neural/fastsam_boxes.hpp"
#include "neural/fastsam_masks.hpp"
#include "neural/letterbox.hpp"

namespace sam6d {
namespace {

constexpr std::string_view kStage = "proposals";

}  // namespace

at::Tensor fastsam_input(const Image<Rgb8>& picture, bool blue_first) {
  at::Tensor input =
      at::empty({1, 3, picture.height(), picture.width()},
                at::TensorOptions(at::kFloat).memory_format(at::MemoryFormat::ChannelsLast));
  float* value = input.data_ptr<float>();
  for (std::size_t i = 0; i < picture.size(); ++i) {
    const Rgb8& pixel = picture.data()[i];
    *value++ = static_cast<float>(blue_first ? pixel.b : pixel.r) / 255.0F;
    *value++ = static_cast<float>(pixel.g) / 255.0F;
    *value++ = static_cast<float>(blue_first ? pixel.r : pixel.b) / 255.0F;
  }
  return input;
}

std::vector<Proposal> FastSamProposer::propose(const ImageView<Rgb8>& picture,
                                               const ProgressFn& progress) const {
  const c10::InferenceMode inference;
  report(progress, kStage, 0, 2);
  const Letterbox letterbox = letterbox_of(picture.width, picture.height, options.side);
  const nets::FastSamOutput output =
      nets::run(network, fastsam_input(letterboxed(picture, letterbox), options.reference_quirks));
  report(progress, kStage, 1, 2);
  const FastSamBoxes boxes = kept_fastsam_boxes(output.pred[0], options.least_score,
                                                options.box_overlap, options.most_proposals);
  const at::Tensor proto = output.proto[0].cpu();
  const FastSamMaskInput input = {boxes, proto, letterbox, picture.width, picture.height};
  std::vector<Proposal> proposals =
      options.reference_quirks ? reference_fastsam_proposals(input) : fastsam_proposals(input);
  report(progress, kStage, 2, 2);
  return proposals;
}

}  // namespace sam6d

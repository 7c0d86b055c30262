#include "nets/pem_config_json.hpp"

#include "nets/config_json.hpp"

namespace sam6d::nets {

PemConfig pem_config_from_json(std::string_view text) {
  PemConfig config;
  PemConfig::Vit& vit = config.vit;
  using Upscaling = PemConfig::Upscaling;
  using Reduction = PemConfig::Reduction;
  using Similarity = PemConfig::Similarity;
  read_config(
      "pem config", text,
      {{"vit", into_object(
                   {{"width", into(vit.width)},
                    {"depth", into(vit.depth)},
                    {"heads", into(vit.heads)},
                    {"pyramid", into(vit.pyramid)},
                    {"upscaling", into<Upscaling>(vit.upscaling, {{"linear", Upscaling::kLinear},
                                                                  {"deconv", Upscaling::kDeconv}})},
                    {"out_channels", into(vit.out_channels)}})},
       {"coarse_points", into(config.coarse_points)},
       {"fine_points", into(config.fine_points)},
       {"channels", into(config.channels)},
       {"heads", into(config.heads)},
       {"sigma_d", into(config.sigma_d)},
       {"sigma_a", into(config.sigma_a)},
       {"angle_neighbours", into(config.angle_neighbours)},
       {"angle_reduction", into<Reduction>(config.angle_reduction,
                                           {{"max", Reduction::kMax}, {"mean", Reduction::kMean}})},
       {"coarse_blocks", into(config.coarse_blocks)},
       {"hypotheses", into(config.hypotheses)},
       {"kept_hypotheses", into(config.kept_hypotheses)},
       {"fine_blocks", into(config.fine_blocks)},
       {"encoding_radius1", into(config.encoding_radius1)},
       {"encoding_radius2", into(config.encoding_radius2)},
       {"focusing_factor", into(config.focusing_factor)},
       {"similarity", into<Similarity>(config.similarity,
                                       {{"cosine", Similarity::kCosine}, {"l2", Similarity::kL2}})},
       {"temperature", into(config.temperature)}});
  config.validate();
  return config;
}

}  // namespace sam6d::nets

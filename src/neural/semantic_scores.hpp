#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

namespace sam6d {

/// What an object's score is, of those of its views.
enum class ViewAggregation {
  kMeanOfBest,
  kMean,
  kMedian,  ///< the lower of the two in the middle
  kMax,
};

struct SemanticSettings {
  ViewAggregation aggregation = ViewAggregation::kMeanOfBest;
  int best_views = 5;  ///< of kMeanOfBest; all when the object has less
  /// A proposal must be above it.
  float threshold = 0.2F;
  int threads = 0;
};

/// A proposal that looks like an object.
struct SemanticMatch {
  int proposal = 0;
  int object = 0;
  int view = 0;  ///< the most similar one of that object, whatever the aggregation
  float score = 0;

  friend bool operator==(const SemanticMatch&, const SemanticMatch&) = default;
};

/// The cosine of every row with every other's, 0..1 (what is negative is 0, and so is what is not
/// finite). proposals: (n,C), views: (m,C), float32. Returns (n,m) float32 on the CPU. A number
/// depends on its two rows alone, so that equal views tie.
[[nodiscard]] at::Tensor clamped_cosines(const at::Tensor& proposals, const at::Tensor& views,
                                         int threads);

/// The semantic score (Lin et al. 2024, section 3.1.2): every proposal goes to the object that it
/// is most similar to, if it is similar enough. proposals: (n,C) class tokens; objects: (views,C)
/// each. In the order of the proposals; of equal objects or views the first one is taken.
[[nodiscard]] std::vector<SemanticMatch> match_semantically(const at::Tensor& proposals,
                                                            std::span<const at::Tensor> objects,
                                                            const SemanticSettings& settings);

}  // namespace sam6d

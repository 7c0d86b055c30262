#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sam6d/dataset.hpp"
#include "sam6d/evaluate.hpp"

namespace sam6d::cli {

/// Scene and image.
using ImageKey = std::pair<int, int>;

/// Which objects to look for in each image; sorted.
[[nodiscard]] std::map<ImageKey, std::set<ObjectId>> objects_by_image(
    std::span<const Target> targets);

/// `--targets F`, or else the data set's own.
[[nodiscard]] std::vector<Target> read_targets(const BopDataset& dataset,
                                               const std::filesystem::path& file);

/// The scenes that targets speak of.
class BopScenes {
 public:
  BopScenes(const BopDataset& dataset, std::span<const Target> targets);

  /// Throws Error(kBadFile) for an image that the data set does not have.
  [[nodiscard]] const BopImage& image(ImageKey key) const;
  [[nodiscard]] const std::vector<BopInstance>& truths(ImageKey key) const;
  [[nodiscard]] std::vector<GroundTruthPose> all_truths() const;

 private:
  std::string folder_;
  std::map<int, BopScene> scenes_;
  std::map<ImageKey, const BopImage*> images_;
};

}  // namespace sam6d::cli

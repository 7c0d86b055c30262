#pragma once

#include <cstddef>
#include <vector>

#include "pose/search.hpp"
#include "search_bop/folder_data.hpp"

namespace sam6d::search_bop {

/// What the search is told beside the picture.
struct QueryRules {
  bool masks = false;   ///< the true visible mask of every instance; a query an instance
  bool absent = false;  ///< without masks: also ask for the objects that are not in the picture
};

/// All that a search of one picture gave, and which of it is right.
struct PictureSearch {
  int scene_id = 0;
  int im_id = 0;
  std::vector<GroundTruthPose> truths;
  std::vector<SearchQuery> queries;    ///< their masks are gone
  std::vector<Hypothesis> hypotheses;  ///< query after query, the finalists of each best first
  std::vector<int> ranks;              ///< of each within its query, 0 = best
  std::vector<std::vector<std::size_t>> right_for;  ///< indices of the truths that each meets
  std::vector<int> chosen;                          ///< indices of those that the joint choice took
  int absent_queries = 0;
  double prepare_cpu_seconds = 0;
  double search_cpu_seconds = 0;  ///< of all threads together

  [[nodiscard]] bool is_right(std::size_t hypothesis, std::size_t truth) const;
  /// No instance of the object is in the picture, not even one that is hardly visible.
  [[nodiscard]] bool is_absent(ObjectId id) const;
};

[[nodiscard]] PictureSearch search_picture(const FolderData& data, const BopScene& scene,
                                           const BopImage& image, const QueryRules& rules,
                                           const GeometricSearchOptions& options);

}  // namespace sam6d::search_bop

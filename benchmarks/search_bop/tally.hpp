#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "search_bop/picture_search.hpp"

namespace sam6d::search_bop {

/// From this presence on an absent object counts as answered.
inline constexpr float kAnswered = 0.5F;

/// Of instances that were to be found.
struct Found {
  int instances = 0;
  int ceiling = 0;  ///< a right pose is among the finalists
  int chosen = 0;   ///< a right pose was chosen

  Found& operator+=(const Found& other);
};

/// Poses of about one probability.
struct CalibrationBin {
  int poses = 0;
  int right = 0;
  double sum_probability = 0;
};

/// What many pictures add up to.
struct Tally {
  Found all;
  std::map<ObjectId, Found> by_object;
  std::array<Found, 4> by_visibility;  ///< visible share .1-.3, .3-.5, .5-.85, .85-1
  std::array<CalibrationBin, 10> calibration;
  int absent_queries = 0;
  int absent_answered = 0;
  int pictures = 0;
  int queries = 0;
  double prepare_cpu_seconds = 0;
  double search_cpu_seconds = 0;
  std::vector<TargetScore> scores;  ///< by PoseEvaluator

  void add(const FolderData& data, const PictureSearch& picture);
  /// `by_object` stays as it is: other folders have other objects.
  void add(const Tally& other);
  /// Mean distance of probability and share of right poses, weighted by poses.
  [[nodiscard]] double expected_calibration_error() const;
  /// Several lines for people.
  [[nodiscard]] std::string text() const;
};

/// Whether a right pose of the truth was chosen.
[[nodiscard]] bool is_chosen(const PictureSearch& picture, std::size_t truth);

}  // namespace sam6d::search_bop

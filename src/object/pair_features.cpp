#include "object/pair_features.hpp"

#include <algorithm>

namespace sam6d {
namespace {

constexpr float kSpacing = 0.05F;        // share of the diameter
constexpr float kLeastSpacing = 0.025F;  // for rods and profiles, which have little surface
constexpr float kMostSpacing = 0.07F;    // for balls, which have much
constexpr float kSpacingStep = 0.005F;
constexpr std::size_t kFewReferences = 300;
constexpr std::size_t kManyReferences = 700;

std::vector<std::uint16_t> choose_references(std::span<const ModelPoint> points, float diameter_m) {
  float spacing = kSpacing;
  std::vector<std::uint16_t> chosen = thinned(points, spacing * diameter_m);
  while (chosen.size() < kFewReferences && spacing > kLeastSpacing + 1e-4F) {
    spacing -= kSpacingStep;
    chosen = thinned(points, spacing * diameter_m);
  }
  while (chosen.size() > kManyReferences && spacing < kMostSpacing - 1e-4F) {
    spacing += kSpacingStep;
    chosen = thinned(points, spacing * diameter_m);
  }
  constexpr std::size_t kMostRows = 65535 / PairTable::kRotationBins;
  if (chosen.size() > kMostRows) chosen.resize(kMostRows);
  return chosen;
}

}  // namespace

AngleBins::AngleBins() : bins_{} {
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    const double cosine = std::clamp(static_cast<double>(i) / 1023.5 - 1.0, -1.0, 1.0);
    const int bin = static_cast<int>(std::acos(cosine) / std::numbers::pi * PairTable::kAngleBins);
    bins_[i] = static_cast<std::uint8_t>(std::min(bin, PairTable::kAngleBins - 1));
  }
}

PairTable build_pair_table(std::span<const ModelPoint> points,
                           std::span<const ViewSet> views_of_point, float diameter_m) {
  PairTable table;
  table.references = choose_references(points, diameter_m);
  const AngleBins bins;
  const std::size_t count = table.references.size();

  struct Pair {
    std::uint32_t cell;
    PairTable::Entry entry;
  };
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < count; ++i) {
    const ModelPoint& first = points[table.references[i]];
    const ViewSet& seen = views_of_point[table.references[i]];
    const Eigen::Matrix3f frame = frame_about(first.normal);
    for (std::size_t j = 0; j < count; ++j) {
      if (i == j || (seen & views_of_point[table.references[j]]).none()) continue;
      const ModelPoint& second = points[table.references[j]];
      const Eigen::Vector3f line = second.position_m - first.position_m;
      const float length = line.norm();
      const float share = length / diameter_m;
      if (share < PairTable::kMinDistance || share >= PairTable::kMaxDistance) continue;
      const int cell = pair_cell(bins, share, first.normal.dot(line) / length,
                                 second.normal.dot(line) / length, first.normal.dot(second.normal));
      const Eigen::Vector3f local = frame * line;
      PairTable::Entry entry;
      entry.row = static_cast<std::uint16_t>(i * PairTable::kRotationBins);
      entry.alpha = turn_of(local.y(), local.z());
      pairs.push_back({static_cast<std::uint32_t>(cell), entry});
    }
  }

  table.starts.assign(PairTable::kCells + 1, 0);
  for (const Pair& pair : pairs) ++table.starts[pair.cell + 1];
  for (int c = 0; c < PairTable::kCells; ++c) table.starts[c + 1] += table.starts[c];
  table.entries.resize(pairs.size());
  std::vector<std::uint32_t> next(table.starts.begin(), table.starts.end() - 1);
  for (const Pair& pair : pairs) table.entries[next[pair.cell]++] = pair.entry;
  return table;
}

}  // namespace sam6d

#include "pose/voting.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

#include "base/parallel.hpp"
#include "object/pair_features.hpp"

namespace sam6d {
namespace {

constexpr int kBins = PairTable::kRotationBins;

/// The scene's points, one array a coordinate.
struct PointArrays {
  std::vector<float> x, y, z, nx, ny, nz;

  explicit PointArrays(const std::vector<ScenePoint>& points) {
    for (const ScenePoint& point : points) {
      x.push_back(point.position_m.x());
      y.push_back(point.position_m.y());
      z.push_back(point.position_m.z());
      nx.push_back(point.normal.x());
      ny.push_back(point.normal.y());
      nz.push_back(point.normal.z());
    }
  }
};

struct Peak {
  int votes = 0;
  int row = 0;
  int bin = 0;
};

/// Memory of one worker.
struct Accumulator {
  std::vector<std::int16_t> votes;  // rows of kBins
  std::vector<int> near;
  std::vector<Peak> peaks;
};

void cast_votes(const PointArrays& points, int reference, const GeometricFeatures& object,
                const AngleBins& bins, Accumulator& memory) {
  const PairTable& table = object.pairs;
  const auto r = static_cast<std::size_t>(reference);
  const Eigen::Vector3f origin(points.x[r], points.y[r], points.z[r]);
  const Eigen::Vector3f normal(points.nx[r], points.ny[r], points.nz[r]);
  const Eigen::Matrix3f frame = frame_about(normal);
  const float low = PairTable::kMinDistance * object.diameter_m;
  const float high = PairTable::kMaxDistance * object.diameter_m;
  const float low_squared = low * low;
  const float high_squared = high * high * 0.9999F;
  memory.near.clear();
  const int count = static_cast<int>(points.x.size());
  for (int i = 0; i < count; ++i) {
    const auto j = static_cast<std::size_t>(i);
    const float dx = points.x[j] - origin.x();
    const float dy = points.y[j] - origin.y();
    const float dz = points.z[j] - origin.z();
    const float squared = dx * dx + dy * dy + dz * dz;
    if (squared >= low_squared && squared < high_squared) memory.near.push_back(i);
  }
  std::fill(memory.votes.begin(), memory.votes.end(), std::int16_t{0});
  const float to_share = 1.0F / object.diameter_m;
  for (const int i : memory.near) {
    const auto j = static_cast<std::size_t>(i);
    const Eigen::Vector3f line(points.x[j] - origin.x(), points.y[j] - origin.y(),
                               points.z[j] - origin.z());
    const Eigen::Vector3f other(points.nx[j], points.ny[j], points.nz[j]);
    const float length = line.norm();
    const float inverse = 1.0F / length;
    const auto cell =
        static_cast<std::size_t>(pair_cell(bins, length * to_share, normal.dot(line) * inverse,
                                           other.dot(line) * inverse, normal.dot(other)));
    const std::uint32_t begin = table.starts[cell];
    const std::uint32_t end = table.starts[cell + 1];
    if (begin == end) continue;
    const int alpha = turn_of(frame.row(1).dot(line), frame.row(2).dot(line));
    std::int16_t* const votes = memory.votes.data();
    for (std::uint32_t e = begin; e < end; ++e) {
      const PairTable::Entry entry = table.entries[e];
      ++votes[entry.row + (((alpha - entry.alpha) & 255) >> 3)];
    }
  }
}

void find_peaks(const GeometricFeatures& object, const ScenePoint& reference,
                const VotingOptions& options, Accumulator& memory) {
  constexpr float kLeastSimilarity = 0.2F;
  constexpr int kLeastVotes = 3;
  const std::vector<std::uint16_t>& rows = object.pairs.references;
  const bool use_color = options.quick.use_color && object.has_color;
  int best = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::int16_t* const votes = memory.votes.data() + row * kBins;
    std::int16_t highest = 0;
    for (int b = 0; b < kBins; ++b) highest = std::max(highest, votes[b]);
    if (highest <= best) continue;
    if (use_color &&
        color_similarity(reference.color, object.points[rows[row]].color) < kLeastSimilarity) {
      std::fill(votes, votes + kBins, std::int16_t{0});
      continue;
    }
    best = highest;
  }
  memory.peaks.clear();
  if (best < kLeastVotes) return;
  const int least = std::max(
      kLeastVotes, static_cast<int>(std::ceil(options.least_peak * static_cast<float>(best))));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::int16_t* const votes = memory.votes.data() + row * kBins;
    std::int16_t highest = 0;
    for (int b = 0; b < kBins; ++b) highest = std::max(highest, votes[b]);
    if (highest < least) continue;
    if (use_color &&
        color_similarity(reference.color, object.points[rows[row]].color) < kLeastSimilarity) {
      continue;
    }
    for (int b = 0; b < kBins; ++b) {
      if (votes[b] < least || votes[b] < votes[(b + 1) % kBins] ||
          votes[b] <= votes[(b + kBins - 1) % kBins]) {
        continue;
      }
      memory.peaks.push_back({votes[b], static_cast<int>(row), b});
    }
  }
  std::sort(memory.peaks.begin(), memory.peaks.end(), [](const Peak& a, const Peak& b) {
    return a.votes != b.votes ? a.votes > b.votes
                              : (a.row != b.row ? a.row < b.row : a.bin < b.bin);
  });
  if (memory.peaks.size() > static_cast<std::size_t>(options.peaks_per_reference)) {
    memory.peaks.resize(static_cast<std::size_t>(options.peaks_per_reference));
  }
}

Candidate pose_of(const GeometricFeatures& object, const ScenePoint& reference, const Peak& peak) {
  const ModelPoint& model =
      object.points[object.pairs.references[static_cast<std::size_t>(peak.row)]];
  const float angle = (static_cast<float>(peak.bin) + 0.5F) *
                      (2.0F * std::numbers::pi_v<float> / static_cast<float>(kBins));
  Candidate pose;
  pose.rotation = frame_about(reference.normal).transpose() *
                  Eigen::AngleAxisf(angle, Eigen::Vector3f::UnitX()).toRotationMatrix() *
                  frame_about(model.normal);
  pose.translation_m = reference.position_m - pose.rotation * model.position_m;
  return pose;
}

}  // namespace

std::vector<Candidate> vote(const SceneView& scene, const GeometricFeatures& object,
                            const std::vector<ScenePoint>& points,
                            const std::vector<int>& references, const VotingOptions& options) {
  const PointArrays arrays(points);
  const AngleBins bins;
  std::vector<std::vector<Candidate>> found(references.size());
  constexpr int kGrain = 32;
  parallel_for_ranges(
      static_cast<int>(references.size()), kGrain, options.threads, [&](int begin, int end) {
        Accumulator memory;
        memory.votes.resize(object.pairs.references.size() * kBins);
        for (int i = begin; i < end; ++i) {
          const int reference = references[static_cast<std::size_t>(i)];
          const ScenePoint& point = points[static_cast<std::size_t>(reference)];
          cast_votes(arrays, reference, object, bins, memory);
          find_peaks(object, point, options, memory);
          std::vector<Candidate>& best = found[static_cast<std::size_t>(i)];
          for (const Peak& peak : memory.peaks) {
            Candidate candidate = pose_of(object, point, peak);
            candidate.score = quick_score(scene, object, candidate, options.quick);
            if (candidate.score > options.least_score) best.push_back(candidate);
          }
          std::stable_sort(best.begin(), best.end(), [](const Candidate& a, const Candidate& b) {
            return a.score > b.score;
          });
          if (best.size() > static_cast<std::size_t>(options.keep_per_reference)) {
            best.resize(static_cast<std::size_t>(options.keep_per_reference));
          }
        }
      });
  std::vector<Candidate> all;
  for (const std::vector<Candidate>& some : found) all.insert(all.end(), some.begin(), some.end());
  return all;
}

}  // namespace sam6d

#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "object/model_point.hpp"

namespace sam6d {

/// Point pair features (Drost et al., "Model Globally, Match Locally", CVPR 2010): a pair of
/// oriented points is described by its distance and three angles, quantised to a cell of a table
/// that lists the model's pairs.
struct PairTable {
  static constexpr int kDistanceBins = 17;
  static constexpr int kAngleBins = 15;
  static constexpr int kCells = kDistanceBins * kAngleBins * kAngleBins * kAngleBins;
  static constexpr float kDistanceStep = 0.06F;  ///< share of the diameter
  static constexpr float kMinDistance = 0.08F;   ///< share of the diameter
  static constexpr float kMaxDistance = 1.0F;    ///< share of the diameter
  static constexpr int kRotationBins = 32;       ///< about the normal

  struct Entry {
    std::uint16_t row = 0;   ///< index into `references` times kRotationBins
    std::uint8_t alpha = 0;  ///< where the second point lies around the normal, 256 = whole turn
    std::uint8_t unused = 0;
  };

  std::vector<std::uint16_t> references;  ///< indices of model points
  std::vector<std::uint32_t> starts;      ///< kCells + 1 offsets into entries
  std::vector<Entry> entries;
};

/// Rows: the normal and two directions that complete it to a right-handed frame (Duff et al.,
/// "Building an Orthonormal Basis, Revisited", JCGT 2017).
inline Eigen::Matrix3f frame_about(const Eigen::Vector3f& normal) {
  const float sign = std::copysign(1.0F, normal.z());
  const float a = -1.0F / (sign + normal.z());
  const float b = normal.x() * normal.y() * a;
  Eigen::Matrix3f frame;
  frame.row(0) = normal;
  frame.row(1) << 1.0F + sign * normal.x() * normal.x() * a, sign * b, -sign * normal.x();
  frame.row(2) << b, sign + normal.y() * normal.y() * a, -normal.y();
  return frame;
}

/// From the cosine of an angle to its bin, by a table of 2048 steps.
class AngleBins {
 public:
  AngleBins();
  [[nodiscard]] int operator()(float cosine) const {
    const int step = static_cast<int>((cosine + 1.0F) * 1023.5F + 0.5F);
    return bins_[static_cast<std::size_t>(step < 0 ? 0 : (step > 2047 ? 2047 : step))];
  }

 private:
  std::array<std::uint8_t, 2048> bins_;
};

/// The angle of (x, y) in 1/256 turns, to within 0.3 steps.
inline std::uint8_t turn_of(float x, float y) {
  const float ax = std::abs(x);
  const float ay = std::abs(y);
  const float high = std::max(ax, ay);
  const float t = high > 0 ? std::min(ax, ay) / high : 0.0F;
  float turn = t * (32.0F + 11.12F * (1.0F - t));  // atan within 0.16 steps on 0..1
  if (ay > ax) turn = 64.0F - turn;
  if (x < 0) turn = 128.0F - turn;
  if (y < 0) turn = 256.0F - turn;
  return static_cast<std::uint8_t>(static_cast<int>(turn + 0.5F) & 255);
}

/// The cell of a feature; the cosines are those of the angles between normal 1 and the line from 1
/// to 2, normal 2 and that line, and both normals. `distance` is a share of the diameter below
/// kMaxDistance.
inline int pair_cell(const AngleBins& bins, float distance, float cosine1, float cosine2,
                     float cosine12) {
  const int d = static_cast<int>(distance * (1.0F / PairTable::kDistanceStep));
  return ((d * PairTable::kAngleBins + bins(cosine1)) * PairTable::kAngleBins + bins(cosine2)) *
             PairTable::kAngleBins +
         bins(cosine12);
}

/// All ordered pairs of reference points that some view shows together. `views_of_point` holds for
/// every model point the set of views that see it.
[[nodiscard]] PairTable build_pair_table(std::span<const ModelPoint> points,
                                         std::span<const ViewSet> views_of_point, float diameter_m);

}  // namespace sam6d

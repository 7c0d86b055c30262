#include "pose/icp.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>

namespace sam6d {
namespace {

constexpr float kLeastCosine = 0.4F;
constexpr float kDepthToGate = 1.6F;
constexpr float kDamping = 1e-3F;
constexpr float kMostTurn = 0.3F;  // rad a step
constexpr int kLeastPoints = 8;

using Vector6f = Eigen::Matrix<float, 6, 1>;
using Matrix6f = Eigen::Matrix<float, 6, 6>;

struct NormalEquations {
  Matrix6f square = Matrix6f::Zero();
  Vector6f right = Vector6f::Zero();
  float weight = 0;
  int count = 0;
};

/// Rotations are about the object's centre, scaled by its radius so that both halves of the system
/// are lengths.
NormalEquations build(const SceneView& scene, const GeometricFeatures& object,
                      std::span<const std::uint16_t> indices, float gate_m, const Candidate& pose) {
  NormalEquations system;
  const float inverse_gate = 1.0F / gate_m;
  const float inverse_radius = 1.0F / object.radius_m;
  // The upper triangle, row after row.
  float square[21] = {};
  float right[6] = {};
  for (const std::uint16_t index : indices) {
    const ModelPoint& model = object.points[index];
    const Eigen::Vector3f arm = pose.rotation * model.position_m;
    const Eigen::Vector3f point = arm + pose.translation_m;
    if (point.z() < 0.02F) continue;
    const float inverse_z = 1.0F / point.z();
    const float u = scene.fx() * point.x() * inverse_z + scene.cx() + 0.5F;
    const float v = scene.fy() * point.y() * inverse_z + scene.cy() + 0.5F;
    if (!(u >= 0 && v >= 0 && u < static_cast<float>(scene.width()) &&
          v < static_cast<float>(scene.height()))) {
      continue;
    }
    const int x = static_cast<int>(u);
    const int y = static_cast<int>(v);
    const PixelFeatures& pixel = scene.pixel(x, y);
    if (pixel.z_m <= 0 || std::abs(pixel.z_m - point.z()) > kDepthToGate * gate_m ||
        scene.surface(pixel) != Surface::kForeground) {
      continue;
    }
    const Eigen::Vector3f normal = pixel.normal_vector();
    const float cosine = normal.dot(pose.rotation * model.normal);
    if (cosine < kLeastCosine) continue;
    const float residual = normal.dot(scene.point(x, y, pixel.z_m) - point);
    const float share = residual * inverse_gate;
    if (std::abs(share) >= 1.0F) continue;
    const float tukey = 1.0F - share * share;
    const float weight = tukey * tukey * cosine;
    const Eigen::Vector3f turn = arm.cross(normal) * inverse_radius;
    const float row[6] = {turn.x(), turn.y(), turn.z(), normal.x(), normal.y(), normal.z()};
    int at = 0;
    for (int i = 0; i < 6; ++i) {
      const float scaled = weight * row[i];
      right[i] += scaled * residual;
      for (int j = i; j < 6; ++j) square[at++] += scaled * row[j];
    }
    system.weight += weight;
    ++system.count;
  }
  int at = 0;
  for (int i = 0; i < 6; ++i) {
    system.right(i) = right[i];
    for (int j = i; j < 6; ++j) system.square(i, j) = system.square(j, i) = square[at++];
  }
  return system;
}

}  // namespace

int align(const SceneView& scene, const GeometricFeatures& object, const IcpOptions& options,
          Candidate& pose) {
  int count = 0;
  for (int step = 0; step < options.steps; ++step) {
    if (!(pose.translation_m.z() > 0)) return 0;
    const int view = object.view_of(-(pose.rotation.transpose() * pose.translation_m));
    std::span<const std::uint16_t> indices = object.points_of_view(view);
    indices = indices.first(std::min(indices.size(), static_cast<std::size_t>(options.points)));
    const float noise = 2.0F * scene.frame().sigma_m(pose.translation_m.z());
    const float gate = std::sqrt(options.gate_m * options.gate_m + noise * noise);
    NormalEquations system = build(scene, object, indices, gate, pose);
    count = system.count;
    if (count < kLeastPoints) return count;
    system.square.diagonal().array() += kDamping * system.weight;
    const Vector6f change = system.square.ldlt().solve(system.right);
    if (!change.allFinite()) return 0;
    Eigen::Vector3f turn = change.head<3>() / object.radius_m;
    const float angle = turn.norm();
    if (angle > kMostTurn) turn *= kMostTurn / angle;
    const float used = std::min(angle, kMostTurn);
    if (used > 1e-9F) {
      pose.rotation = Eigen::AngleAxisf(used, turn / used).toRotationMatrix() * pose.rotation;
    }
    Eigen::Vector3f shift = change.tail<3>();
    const float length = shift.norm();
    const float most = 2.0F * gate;
    if (length > most) shift *= most / length;
    pose.translation_m += shift;
  }
  // Products of rotations drift from orthonormality.
  pose.rotation = Eigen::Quaternionf(pose.rotation).normalized().toRotationMatrix();
  return count;
}

}  // namespace sam6d

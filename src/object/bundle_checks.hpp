#pragma once

#include <array>
#include <cmath>
#include <span>
#include <string_view>

#include <Eigen/Core>

#include "base/fail.hpp"
#include "sam6d/transform.hpp"

/// Conversions and checks that several sections of a bundle need.
namespace sam6d {

/// No coordinate of an object is larger, in metres.
inline constexpr float kMaxCoordinate_m = 1e4F;

using Row12 = std::array<double, 12>;  ///< upper three rows of a transform, row after row

inline Row12 to_row(const RigidTransform& transform) {
  Row12 row{};
  for (int i = 0; i < 12; ++i) {
    row[static_cast<std::size_t>(i)] = transform.matrix()(i / 4, i % 4);
  }
  return row;
}

inline RigidTransform to_transform(const Row12& row, std::string_view what,
                                   std::string_view source) {
  constexpr double kTolerance = 1e-4;  // poses that were in single precision once
  RigidTransform transform = RigidTransform::Identity();
  for (int i = 0; i < 12; ++i) {
    transform.matrix()(i / 4, i % 4) = row[static_cast<std::size_t>(i)];
  }
  const Eigen::Matrix3d rotation = transform.linear();
  const bool rigid =
      transform.matrix().allFinite() &&
      transform.translation().cwiseAbs().maxCoeff() < kMaxCoordinate_m &&
      (rotation * rotation.transpose() - Eigen::Matrix3d::Identity()).norm() < kTolerance &&
      rotation.determinant() > 0;
  if (!rigid) fail(ErrorCode::kBadFile, "{}: expected rigid transforms in {}", source, what);
  return transform;
}

inline void check_points(std::span<const Eigen::Vector3f> points, std::string_view what,
                         std::string_view source) {
  for (const Eigen::Vector3f& point : points) {
    // Not a number compares false.
    if (!(point.cwiseAbs().array() < kMaxCoordinate_m).all()) {
      fail(ErrorCode::kBadFile, "{}: expected coordinates below {} m in {}, found ({}, {}, {})",
           source, kMaxCoordinate_m, what, point.x(), point.y(), point.z());
    }
  }
}

inline void check_normals(std::span<const Eigen::Vector3f> normals, std::string_view what,
                          std::string_view source) {
  constexpr float kTolerance = 1e-3F;
  for (const Eigen::Vector3f& normal : normals) {
    if (!(std::abs(normal.norm() - 1.0F) < kTolerance)) {
      fail(ErrorCode::kBadFile, "{}: expected vectors of length 1 in {}, found length {}", source,
           what, normal.norm());
    }
  }
}

inline void check_faces(std::span<const Eigen::Vector3i> faces, std::size_t vertices,
                        std::string_view what, std::string_view source) {
  for (const Eigen::Vector3i& face : faces) {
    if (face.minCoeff() < 0 || static_cast<std::size_t>(face.maxCoeff()) >= vertices) {
      fail(ErrorCode::kBadFile, "{}: expected indices below {} in {}, found ({}, {}, {})", source,
           vertices, what, face.x(), face.y(), face.z());
    }
  }
}

inline void check_count(std::size_t found, std::size_t expected, std::string_view what,
                        std::string_view source) {
  if (found != expected) {
    fail(ErrorCode::kBadFile, "{}: expected {} rows in {}, found {}", source, expected, what,
         found);
  }
}

}  // namespace sam6d

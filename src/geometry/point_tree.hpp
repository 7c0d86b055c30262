#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include <Eigen/Core>

#include "sam6d/export.hpp"

namespace sam6d {

/// A k-d tree over points (nanoflann), which it copies. Immutable; const methods may be called from
/// several threads. Points at equal distance come in no promised order.
class SAM6D_API PointTree {
 public:
  struct Neighbour {
    std::size_t index = 0;
    float squared_distance = 0;
  };

  /// Throws Error(kInvalidArgument) for no points or one that is not finite.
  explicit PointTree(std::span<const Eigen::Vector3f> points);
  ~PointTree();
  PointTree(PointTree&&) noexcept;
  PointTree& operator=(PointTree&&) noexcept;

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] Neighbour nearest(const Eigen::Vector3f& query) const;
  /// The nearest points, nearest first, as many as fit into `result` or exist; their number.
  std::size_t nearest(const Eigen::Vector3f& query, std::span<Neighbour> result) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace sam6d

#pragma once

#include <vector>

#include <Eigen/Core>

#include "sam6d/mesh.hpp"
#include "sam6d/transform.hpp"
#include "scenes/random.hpp"

/// Puts objects where they could lie: gravity points along -z of the world.
namespace sam6d::scenes {

/// What placing needs to know of an object.
struct SolidBody {
  std::vector<Eigen::Vector3f> points_m;  ///< surface, dense, object frame
  Eigen::Vector3d centre_of_mass_m = Eigen::Vector3d::Zero();
};

/// Surface points at most `spacing_m` apart, and the centre of mass of the enclosed volume.
[[nodiscard]] SolidBody solid_body(const TriangleMesh& mesh, double spacing_m);

/// A rotation world_from_obj in which the body rests stably on a plane: the one into which it rolls
/// from a random one, with a random turn about the vertical.
[[nodiscard]] Eigen::Matrix3d resting_rotation(const SolidBody& body, Random& random);

/// The upper surface of what lies in a rectangle of the world, in square cells. A body that is kept
/// above it penetrates nothing.
class HeightField {
 public:
  HeightField(const Eigen::Vector2d& centre_m, const Eigen::Vector2d& size_m, double cell_m,
              double floor_m);

  [[nodiscard]] double cell_m() const { return cell_m_; }
  [[nodiscard]] double floor_m() const { return floor_m_; }
  /// Raises the surface to the body's upper side (and the cells next to it).
  void add(const SolidBody& body, const RigidTransform& world_from_obj);
  /// The vertical gap below the body, negative where it penetrates; -1 m when it reaches out of the
  /// rectangle.
  [[nodiscard]] double gap_m(const SolidBody& body, const RigidTransform& world_from_obj) const;
  /// The highest surface under the body's shadow.
  [[nodiscard]] double top_m(const SolidBody& body, const RigidTransform& world_from_obj) const;

 private:
  [[nodiscard]] int cell_of(double x, double y) const;

  Eigen::Vector2d origin_m_;
  double cell_m_;
  double floor_m_;
  int columns_;
  int rows_;
  std::vector<float> top_;
};

/// Lowers the body from above until it touches. `start`'s height is ignored. False when it does not
/// fit into the rectangle there.
bool drop(const HeightField& field, const SolidBody& body, RigidTransform& world_from_obj);

struct SettleOptions {
  int tries = 400;
  double max_turn_rad = 0.5;
  double max_shift_m = 0.02;
};

/// Shakes a dropped body so that its centre of mass sinks: small random turns and shifts that
/// lower it are kept.
void settle(const HeightField& field, const SolidBody& body, const SettleOptions& options,
            Random& random, RigidTransform& world_from_obj);

/// Slides a body that lies on the floor along `direction` until it touches something or has moved
/// `max_distance_m`.
void slide(const HeightField& field, const SolidBody& body, const Eigen::Vector2d& direction,
           double max_distance_m, RigidTransform& world_from_obj);

}  // namespace sam6d::scenes

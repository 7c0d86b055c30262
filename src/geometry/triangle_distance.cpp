#include "geometry/triangle_distance.hpp"

namespace sam6d {

Eigen::Vector3f closest_on_triangle(const Eigen::Vector3f& point, const Eigen::Vector3f& a,
                                    const Eigen::Vector3f& b, const Eigen::Vector3f& c) {
  const Eigen::Vector3f ab = b - a;
  const Eigen::Vector3f ac = c - a;
  const Eigen::Vector3f ap = point - a;
  const float ab_ap = ab.dot(ap);
  const float ac_ap = ac.dot(ap);
  if (ab_ap <= 0 && ac_ap <= 0) return a;
  const Eigen::Vector3f bp = point - b;
  const float ab_bp = ab.dot(bp);
  const float ac_bp = ac.dot(bp);
  if (ab_bp >= 0 && ac_bp <= ab_bp) return b;
  const Eigen::Vector3f cp = point - c;
  const float ab_cp = ab.dot(cp);
  const float ac_cp = ac.dot(cp);
  if (ac_cp >= 0 && ab_cp <= ac_cp) return c;

  // Twice the areas that the projected point spans with the sides, as shares of the triangle's.
  const float beyond_ab = ab_ap * ac_bp - ab_bp * ac_ap;
  if (beyond_ab <= 0 && ab_ap >= 0 && ab_bp <= 0) return a + ab_ap / (ab_ap - ab_bp) * ab;
  const float beyond_ac = ab_cp * ac_ap - ab_ap * ac_cp;
  if (beyond_ac <= 0 && ac_ap >= 0 && ac_cp <= 0) return a + ac_ap / (ac_ap - ac_cp) * ac;
  const float beyond_bc = ab_bp * ac_cp - ab_cp * ac_bp;
  const float from_b = ac_bp - ab_bp;
  const float from_c = ab_cp - ac_cp;
  if (beyond_bc <= 0 && from_b >= 0 && from_c >= 0) return b + from_b / (from_b + from_c) * (c - b);
  const float total = beyond_ab + beyond_ac + beyond_bc;
  return a + beyond_ac / total * ab + beyond_ab / total * ac;
}

}  // namespace sam6d

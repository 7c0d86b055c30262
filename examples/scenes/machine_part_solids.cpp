#include <algorithm>
#include <cmath>
#include <numbers>

#include "scenes/solids.hpp"

/// Brackets, profiles, nuts, bolts, gears, hooks, elbows, plates, knobs, spanners.
namespace sam6d::scenes {
namespace {

using Eigen::Vector3f;

float real(Random& random, double low, double high) {
  return static_cast<float>(random.uniform(low, high));
}

ColorField plain(const Palette& palette) {
  return [color = palette[0]](const Vector3f&) { return color; };
}

Solid bracket(Random& random) {
  const float width = real(random, 0.25, 0.45);
  const float leg = real(random, 0.5, 0.75);
  const float wall = real(random, 0.06, 0.09);
  const float hole = real(random, 0.08, 0.13);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    // A foot along +x at the bottom, an upright leg along z at x = -0.6, and a rib.
    const float foot = box_distance(p - Vector3f(0, 0, -leg), {0.6F, width, wall});
    const float upright = box_distance(p - Vector3f(-0.6F + wall, 0, 0), {wall, width, leg + wall});
    const float rib =
        std::max(box_distance(p - Vector3f(-0.3F, 0, -leg + 0.3F), {0.3F, wall, 0.3F}),
                 (p.x() + 0.6F + p.z() + leg - 0.5F) * 0.7071F);
    const float hole_a = cylinder_distance(p - Vector3f(0.3F, width * 0.4F, -leg), hole, 0.3F);
    const float hole_b =
        cylinder_distance(p - Vector3f(0.3F, -width * 0.5F, -leg), hole * 0.7F, 0.3F);
    const Vector3f q(p.z() - 0.45F * leg, p.y(), p.x() + 0.6F);
    const float hole_c = cylinder_distance(q, hole * 1.2F, 0.3F);
    return std::max({std::min({foot, upright, rib}), -hole_a, -hole_b, -hole_c});
  };
  solid.half_size = {0.62F, width, leg + wall};
  solid.color = random.chance(0.5) ? plain(palette) : [=](const Vector3f& p) {
    return p.z() < -leg + 1.5F * wall ? palette[1] : palette[0];
  };
  return solid;
}

Solid z_profile(Random& random) {
  const float length = real(random, 0.7, 1.0);
  const float web = real(random, 0.2, 0.32);
  const float flange = real(random, 0.2, 0.32);
  const float wall = real(random, 0.04, 0.055);
  const float hole = real(random, 0.07, 0.1);
  const float at = real(random, 0.2, 0.6) * length;
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float middle = box_distance(p, {length, wall, web});
    const float upper =
        box_distance(p - Vector3f(0, flange / 2, web - wall), {length, flange / 2 + wall, wall});
    const float lower =
        box_distance(p + Vector3f(0, flange / 2, web - wall), {length, flange / 2 + wall, wall});
    const Vector3f side(p.x() - at, p.z(), p.y());
    const float web_hole = cylinder_distance(side, hole, 0.3F);
    const float flange_hole =
        cylinder_distance(p - Vector3f(-0.6F * length, flange * 0.6F, web), hole * 0.8F, 0.2F);
    return std::max({std::min({middle, upper, lower}), -web_hole, -flange_hole});
  };
  solid.half_size = {length, flange + wall, web};
  solid.color = plain(palette);
  return solid;
}

Solid flange_nut(Random& random) {
  const float apothem = real(random, 0.42, 0.55);
  const float flange = real(random, 0.72, 0.85);
  const float bore = real(random, 0.2, 0.28);
  const float height = real(random, 0.25, 0.4);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float hexagon = prism_distance(p, 6, apothem, height);
    const float collar =
        cone_distance(p + Vector3f(0, 0, height - 0.08F), flange, flange - 0.05F, 0.08F);
    return std::max(std::min(hexagon, collar), -cylinder_distance(p, bore, 1.0F));
  };
  solid.half_size = {flange, flange, height};
  solid.symmetries = n_fold(6, false);
  solid.color = plain(palette);
  return solid;
}

Solid bolt(Random& random) {
  const float apothem = real(random, 0.26, 0.34);
  const float shank = real(random, 0.12, 0.17);
  const float head = real(random, 0.12, 0.17);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float hexagon = prism_distance(p - Vector3f(0, 0, 1 - head), 6, apothem, head);
    const float ridge = 0.015F * std::sin(p.z() * 40) * (p.z() < 0.1F ? 1.0F : 0.0F);
    const float rod = cylinder_distance(p + Vector3f(0, 0, 0.15F), shank, 0.85F) + ridge;
    const float washer = cylinder_distance(p - Vector3f(0, 0, 1 - 2 * head), apothem * 1.3F, 0.04F);
    return std::min({hexagon, rod, washer});
  };
  solid.half_size = {apothem * 1.4F, apothem * 1.4F, 1.0F};
  solid.symmetries = n_fold(6, false);
  solid.color = [=](const Vector3f& p) {
    return p.z() > 0.95F - 2 * head ? palette[0] : palette[1];
  };
  return solid;
}

Solid gear(Random& random) {
  const int teeth = 10 + random.below(7);
  const float depth = real(random, 0.1, 0.15);
  const float width = real(random, 0.1, 0.18);
  const float hub = real(random, 0.3, 0.4);
  const float bore = real(random, 0.14, 0.2);
  const bool flat = random.chance(0.4);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float r = p.head<2>().norm();
    const float angle = std::atan2(p.y(), p.x());
    const float wave = std::cos(angle * static_cast<float>(teeth)) * 2.2F;
    const float profile = (r - 0.85F - 0.5F * depth * std::clamp(wave, -1.0F, 1.0F)) * 0.75F;
    const float wheel = std::max(profile, std::abs(p.z()) - width);
    const float boss =
        flat ? wheel : cylinder_distance(p - Vector3f(0, 0, 0.2F), hub, width + 0.12F);
    return std::max(std::min(wheel, boss), -cylinder_distance(p, bore, 2.0F));
  };
  solid.half_size = {0.95F, 0.95F, flat ? width : width + 0.34F};
  solid.symmetries = n_fold(teeth, flat);
  solid.color = [=](const Vector3f& p) {
    return p.head<2>().norm() < hub + 0.03F ? palette[1] : palette[0];
  };
  return solid;
}

Solid hook(Random& random) {
  const float upper = real(random, 0.28, 0.36);
  const float lower = upper * real(random, 0.62, 0.8);
  const float tube = real(random, 0.07, 0.1);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    // Two arcs of three quarters of a circle, joined at the origin, in the xy plane.
    const auto arc = [&](const Vector3f& centre, float radius, float sign) {
      const Vector3f q = p - centre;
      const float ring = torus_distance(q, radius, tube);
      const bool open = sign * q.x() > 0 && sign * q.y() < 0;
      const Vector3f end_a(sign * radius, 0, 0);
      const Vector3f end_b(0, -sign * radius, 0);
      const float caps = std::min((q - end_a).norm(), (q - end_b).norm()) - tube;
      return open ? caps : std::min(ring, caps);
    };
    const float top = arc({0, upper, 0}, upper, -1.0F);
    const float bottom = arc({0, -lower, 0}, lower, 1.0F);
    return std::min(top, bottom);
  };
  solid.half_size = {upper + tube, 2 * upper + tube, tube};
  solid.color = [=](const Vector3f& p) { return p.y() < -0.4F * lower ? palette[1] : palette[0]; };
  return solid;
}

Solid pipe_elbow(Random& random) {
  const float radius = real(random, 0.45, 0.6);
  const float tube = real(random, 0.2, 0.27);
  const float wall = 0.055F;
  const float flange = tube + real(random, 0.08, 0.13);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& point) {
    // A quarter of a torus from (radius, 0) to (0, radius) about the corner at the origin.
    const Vector3f p = point + Vector3f(0.3F, 0.3F, 0);
    const auto pipe = [&](float r) {
      const float quarter = std::max({torus_distance(p, radius, r), -p.x(), -p.y()});
      const float leg_x = cylinder_distance({p.x() - radius, p.z(), p.y() + 0.1F}, r, 0.12F);
      const float leg_y = cylinder_distance({p.y() - radius, p.z(), p.x() + 0.15F}, r, 0.17F);
      return std::min({quarter, leg_x, leg_y});
    };
    const float disc = cylinder_distance({p.x() - radius, p.z(), p.y() + 0.16F}, flange, 0.06F);
    const auto bore = [&](float r) {
      const float quarter = std::max({torus_distance(p, radius, r), -p.x(), -p.y()});
      const float leg_x = cylinder_distance({p.x() - radius, p.z(), p.y() + 0.3F}, r, 0.32F);
      const float leg_y = cylinder_distance({p.y() - radius, p.z(), p.x() + 0.4F}, r, 0.42F);
      return std::min({quarter, leg_x, leg_y});
    };
    return std::max(std::min(pipe(tube), disc), -bore(tube - wall));
  };
  solid.half_size = {0.85F, 0.85F, flange};
  solid.color = plain(palette);
  return solid;
}

Solid plate(Random& random) {
  const float width = real(random, 0.4, 0.65);
  const float thick = real(random, 0.05, 0.08);
  const float big = real(random, 0.14, 0.2);
  const float small = real(random, 0.06, 0.09);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float body = box_distance(p, {0.9F, width, thick});
    const float corner = (p.x() + p.y() - 0.9F - width + 0.35F) * 0.7071F;  // cut off
    const float hole_a = cylinder_distance(p - Vector3f(-0.45F, 0.1F * width, 0), big, 1.0F);
    const float hole_b = cylinder_distance(p - Vector3f(0.6F, -0.6F * width, 0), small, 1.0F);
    const float hole_c = cylinder_distance(p - Vector3f(0.1F, 0.6F * width, 0), small, 1.0F);
    const float slot = box_distance(p - Vector3f(0.35F, 0, 0), {0.2F, small, 1.0F});
    const float stud =
        cylinder_distance(p - Vector3f(-0.1F, -0.55F * width, thick + 0.1F), small * 1.3F, 0.14F);
    return std::min(std::max({body, corner, -hole_a, -hole_b, -hole_c, -slot}), stud);
  };
  solid.half_size = {0.92F, width, thick + 0.26F};
  solid.color = random.chance(0.5) ? plain(palette) : [=](const Vector3f& p) {
    return p.x() < -0.75F || p.z() > 1.2F * thick ? palette[1] : palette[0];
  };
  return solid;
}

Solid valve_knob(Random& random) {
  const int lobes = 3 + random.below(3);
  const float rim = real(random, 0.62, 0.75);
  const float boss = real(random, 0.24, 0.32);
  const float height = real(random, 0.22, 0.32);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float sector = 2 * std::numbers::pi_v<float> / static_cast<float>(lobes);
    const float angle = std::atan2(p.y(), p.x());
    const float folded = angle - sector * std::round(angle / sector);
    const float r = p.head<2>().norm();
    const Vector3f q(r * std::cos(folded), r * std::sin(folded), p.z());
    const float spoke = capsule_distance(q, {0, 0, 0}, {rim, 0, 0}, 0.1F);
    const float lobe = (q - Vector3f(rim, 0, 0)).norm() - 0.2F;
    const float hub = cylinder_distance(p + Vector3f(0, 0, 0.15F), boss, height);
    return std::max(std::min(smooth_union(spoke, lobe, 0.08F), hub),
                    -cylinder_distance(p + Vector3f(0, 0, 0.5F), 0.6F * boss, 0.3F));
  };
  solid.half_size = {rim + 0.22F, rim + 0.22F, height + 0.2F};
  solid.symmetries = n_fold(lobes, false);
  solid.color = [=](const Vector3f& p) {
    return p.head<2>().norm() < boss + 0.02F ? palette[1] : palette[0];
  };
  return solid;
}

Solid spanner(Random& random) {
  const float jaw = real(random, 0.22, 0.28);
  const float ring = real(random, 0.17, 0.22);
  const float thick = real(random, 0.05, 0.075);
  const float grip = real(random, 0.09, 0.12);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float bar = box_distance(p, {0.8F, grip, thick * 0.7F});
    const float open_end = cylinder_distance(p - Vector3f(0.85F, 0, 0), jaw, thick);
    const Vector3f m = p - Vector3f(0.98F, 0.03F, 0);
    const float mouth =
        box_distance({0.966F * m.x() + 0.259F * m.y(), 0.966F * m.y() - 0.259F * m.x(), m.z()},
                     {0.22F, 0.48F * jaw, 1.0F});
    const float closed_end = cylinder_distance(p + Vector3f(0.85F, 0, 0), ring, thick * 1.3F);
    const float hole = prism_distance(p + Vector3f(0.85F, 0, 0), 6, 0.62F * ring, 1.0F);
    return std::max({std::min({bar, open_end, closed_end}), -mouth, -hole});
  };
  solid.half_size = {1.15F, jaw, thick * 1.3F};
  // Turned about its long axis it differs only by the slant of the mouth.
  solid.color = plain(palette);
  return solid;
}

}  // namespace

Solid machine_part_solid(ShapeKind kind, Random& random) {
  switch (kind) {
    case ShapeKind::kZProfile: return z_profile(random);
    case ShapeKind::kFlangeNut: return flange_nut(random);
    case ShapeKind::kBolt: return bolt(random);
    case ShapeKind::kGear: return gear(random);
    case ShapeKind::kHook: return hook(random);
    case ShapeKind::kPipeElbow: return pipe_elbow(random);
    case ShapeKind::kPlate: return plate(random);
    case ShapeKind::kValveKnob: return valve_knob(random);
    case ShapeKind::kSpanner: return spanner(random);
    default: return bracket(random);
  }
}

}  // namespace sam6d::scenes

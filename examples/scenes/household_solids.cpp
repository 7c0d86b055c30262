#include <algorithm>
#include <cmath>

#include "scenes/solids.hpp"

/// Boxes, step blocks, rings, lumps, spools, toy figures, consoles.
namespace sam6d::scenes {
namespace {

using Eigen::Vector3f;

float real(Random& random, double low, double high) {
  return static_cast<float>(random.uniform(low, high));
}

Solid box(Random& random, bool labelled) {
  const Vector3f half(real(random, 0.6, 0.9), real(random, 0.35, 0.55), real(random, 0.12, 0.3));
  const Palette palette = random_palette(random);
  const float round = labelled ? 0.0F : 0.05F;
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    return box_distance(p, half - Vector3f::Constant(round)) - round;
  };
  solid.half_size = half;
  solid.symmetries = n_fold(2, true);
  solid.color_breaks_symmetry = labelled;
  const auto seed = static_cast<unsigned>(random.next());
  solid.color = [=](const Vector3f& p) {
    if (!labelled) return palette[0];
    const Vector3f t = p.cwiseQuotient(half);
    if (t.z() > 0.98F) {  // the front: a title, a picture, lines
      if (t.y() > 0.45F && t.y() < 0.8F && std::abs(t.x()) < 0.8F) return palette[1];
      if (std::hypot(t.x() - 0.35F, t.y() + 0.25F) < 0.4F) return palette[2];
      const bool line = value_noise({t.y() * 7, 0.5F, 0.5F}, seed) > 0.2F;
      return line && t.x() > -0.85F && t.x() < -0.1F && t.y() < 0.3F ? palette[1] : palette[0];
    }
    if (t.x() > 0.98F) return palette[2];
    if (t.y() > 0.98F) return t.x() > 0 ? palette[1] : palette[0];
    return palette[0];
  };
  return solid;
}

Solid step_block(Random& random) {
  const float low = real(random, -0.2, 0.0);
  const float middle = real(random, 0.2, 0.4);
  const float width = real(random, 0.35, 0.55);
  const float hole = real(random, 0.12, 0.18);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const auto block = [&](float x0, float x1, float z1) {
      const Vector3f centre(0.5F * (x0 + x1), 0, 0.5F * (z1 - 0.6F));
      return box_distance(p - centre, {0.5F * (x1 - x0), width, 0.5F * (z1 + 0.6F)});
    };
    const float stairs =
        std::min({block(-0.7F, 0.7F, low), block(-0.7F, 0.2F, middle), block(-0.7F, -0.25F, 0.6F)});
    const Vector3f side(p.x() + 0.35F, p.z() + 0.2F, p.y());
    const float notch = box_distance(p - Vector3f(0.7F, width, low), {0.2F, 0.2F, 0.25F});
    return std::max({stairs, -cylinder_distance(side, hole, 2.0F), -notch});
  };
  solid.half_size = {0.7F, width, 0.6F};
  solid.color = [=](const Vector3f& p) {
    if (p.x() > 0.22F) return palette[1];
    return p.z() > 0.98F * middle && p.x() < -0.2F ? palette[2] : palette[0];
  };
  return solid;
}

Solid ring(Random& random) {
  const float tube = real(random, 0.14, 0.26);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) { return torus_distance(p, 1 - tube, tube); };
  solid.half_size = {1, 1, tube};
  solid.symmetries = revolution(true);
  solid.color = [color = palette[0]](const Vector3f&) { return color; };
  return solid;
}

Solid lump(Random& random) {
  const auto seed = static_cast<unsigned>(random.next());
  const Vector3f stretch(real(random, 0.55, 0.65), real(random, 0.38, 0.5),
                         real(random, 0.42, 0.6));
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const Vector3f q = p.cwiseQuotient(stretch);
    const float bump = 0.22F * value_noise(1.6F * q + Vector3f(7, 3, 5), seed) +
                       0.08F * value_noise(3.4F * q + Vector3f(1, 9, 4), seed + 1);
    const float body = (q.norm() - 0.95F - bump) * 0.35F;
    const float ear = capsule_distance(p, {0.15F, 0.05F, 0.3F}, {0.3F, 0.2F, 0.78F}, 0.1F);
    return smooth_union(body, ear, 0.1F);
  };
  solid.half_size = {1, 1, 1};
  solid.color = [=](const Vector3f& p) {
    return value_noise(3.0F * p + Vector3f(5, 5, 5), seed + 2) > 0.15F ? palette[1] : palette[0];
  };
  return solid;
}

Solid spool(Random& random) {
  const float core = real(random, 0.25, 0.4);
  const float disc = real(random, 0.6, 0.8);
  const float height = real(random, 0.3, 0.6);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float body = cylinder_distance(p, core, height);
    const Vector3f q(p.x(), p.y(), std::abs(p.z()) - height + 0.06F);
    const float ends = cylinder_distance(q, disc, 0.06F);
    return std::max(std::min(body, ends), -cylinder_distance(p, 0.12F, 2.0F));
  };
  solid.half_size = {disc, disc, height};
  solid.symmetries = revolution(true);
  solid.color = [=](const Vector3f& p) {
    return std::abs(p.z()) < height - 0.13F ? palette[1] : palette[0];
  };
  return solid;
}

Solid figure(Random& random) {
  const float head = real(random, 0.2, 0.26);
  const float arm = real(random, 0.2, 0.5);
  const float other_arm = -real(random, 0.1, 0.4);
  const float stride = real(random, 0.1, 0.25);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float body = capsule_distance(p, {0, 0, -0.1F}, {0, 0, 0.25F}, 0.24F);
    const float skull = (p - Vector3f(0.04F, 0, 0.68F)).norm() - head;
    const float nose = capsule_distance(p, {head, 0, 0.68F}, {head + 0.12F, 0, 0.68F}, 0.06F);
    const float left = capsule_distance(p, {0, 0.25F, 0.3F}, {arm, 0.48F, 0.2F + arm}, 0.09F);
    const float right =
        capsule_distance(p, {0, -0.25F, 0.3F}, {0.1F, -0.5F, 0.3F + other_arm}, 0.09F);
    const float leg_a = capsule_distance(p, {0, 0.13F, -0.3F}, {stride, 0.15F, -0.8F}, 0.11F);
    const float leg_b = capsule_distance(p, {0, -0.13F, -0.3F}, {-stride, -0.15F, -0.8F}, 0.11F);
    const float limbs = std::min({left, right, leg_a, leg_b});
    return std::min(smooth_union(smooth_union(body, limbs, 0.06F), skull, 0.05F), nose);
  };
  solid.half_size = {0.62F, 0.62F, 0.96F};
  solid.color = [=](const Vector3f& p) {
    if (p.z() > 0.45F) return palette[2];
    return p.z() < -0.25F ? palette[1] : palette[0];
  };
  return solid;
}

Solid console(Random& random) {
  const Vector3f half(real(random, 0.6, 0.8), real(random, 0.4, 0.55), real(random, 0.14, 0.22));
  const float knob = real(random, 0.12, 0.17);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float body =
        std::max(box_distance(p, half), p.z() * 0.95F + 0.25F * p.x() - 0.85F * half.z());
    const float dial =
        cylinder_distance(p - Vector3f(-0.5F * half.x(), 0.3F * half.y(), half.z()), knob, 0.12F);
    const float lever =
        capsule_distance(p, {0.35F * half.x(), -0.3F * half.y(), 0},
                         {0.25F * half.x(), -0.3F * half.y(), half.z() + 0.25F}, 0.06F);
    const float socket =
        box_distance(p - Vector3f(-half.x(), -0.4F * half.y(), 0), {0.12F, 0.12F, 0.07F});
    return std::max(std::min({body, dial, lever}), -socket);
  };
  solid.half_size = {half.x(), half.y(), half.z() + 0.34F};
  solid.color = [=](const Vector3f& p) {
    if (p.z() > half.z() * 1.02F) return palette[2];
    return p.z() < -0.6F * half.z() ? palette[1] : palette[0];
  };
  return solid;
}

}  // namespace

Solid household_solid(ShapeKind kind, Random& random) {
  switch (kind) {
    case ShapeKind::kPlainBox: return box(random, false);
    case ShapeKind::kStepBlock: return step_block(random);
    case ShapeKind::kRing: return ring(random);
    case ShapeKind::kLump: return lump(random);
    case ShapeKind::kSpool: return spool(random);
    case ShapeKind::kFigure: return figure(random);
    case ShapeKind::kConsole: return console(random);
    default: return box(random, true);
  }
}

}  // namespace sam6d::scenes

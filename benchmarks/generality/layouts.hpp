#pragma once

#include <vector>

#include "generality/scene_kinds.hpp"
#include "scenes/placement.hpp"
#include "scenes/random.hpp"

namespace sam6d::generality {

/// One picture's scene: some of the objects, placed as the kind says, furniture, camera, light.
[[nodiscard]] scenes::SceneDescription lay_out(const SceneKind& kind,
                                               const std::vector<CatalogObject>& objects,
                                               int picture, scenes::Random& random);

/// What a layout works on.
struct LayoutContext {
  const SceneKind& kind;
  const std::vector<CatalogObject>& objects;
  std::vector<int> chosen;                ///< indices of the objects that are to be there
  std::vector<scenes::SolidBody> bodies;  ///< one an object; empty for those not chosen
  double size_m;                          ///< largest diameter of those chosen
  double cell_m;                          ///< of height fields
  int picture;

  void show(int object, const RigidTransform& world_from_obj,
            scenes::SceneDescription& scene) const;
};

// Each places the objects and furniture, and sets the scene's target and radius.
void lay_table(const LayoutContext& context, scenes::Random& random,
               scenes::SceneDescription& scene);
void lay_stack(const LayoutContext& context, scenes::Random& random,
               scenes::SceneDescription& scene);
void lay_bin(const LayoutContext& context, scenes::Random& random, scenes::SceneDescription& scene);
void lay_shelves(const LayoutContext& context, scenes::Random& random,
                 scenes::SceneDescription& scene);
void lay_platforms(const LayoutContext& context, scenes::Random& random,
                   scenes::SceneDescription& scene);
void lay_held(const LayoutContext& context, scenes::Random& random,
              scenes::SceneDescription& scene);

}  // namespace sam6d::generality

#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "checkpoint/tensor.hpp"
#include "object/geometric_features.hpp"
#include "object/packed_view.hpp"
#include "sam6d/mesh.hpp"
#include "sam6d/symmetry.hpp"

/// Parts of an object bundle as tensors. Names are `<section>.<what>`, see docs/formats.md. Readers
/// throw Error(kBadFile), naming `source`, unless everything is there, finite, and within range of
/// what it points into, so that later stages need not check it again.
namespace sam6d {

void write_mesh(const TriangleMesh& mesh, TensorMap& tensors);
[[nodiscard]] TriangleMesh read_mesh(const TensorViewMap& tensors, std::string_view source);

void write_samples(std::span<const SurfaceSample> samples, TensorMap& tensors);
[[nodiscard]] std::vector<SurfaceSample> read_samples(const TensorViewMap& tensors,
                                                      std::string_view source);

void write_symmetries(const Symmetries& symmetries, TensorMap& tensors);
[[nodiscard]] Symmetries read_symmetries(const TensorViewMap& tensors, std::string_view source);

void write_views(std::span<const PackedView> views, TensorMap& tensors);
[[nodiscard]] std::vector<PackedView> read_views(const TensorViewMap& tensors,
                                                 std::string_view source);

void write_geometric(const GeometricFeatures& features, TensorMap& tensors);
[[nodiscard]] GeometricFeatures read_geometric(const TensorViewMap& tensors,
                                               std::string_view source);

}  // namespace sam6d

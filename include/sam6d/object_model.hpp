#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sam6d/detection.hpp"
#include "sam6d/export.hpp"
#include "sam6d/mesh.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/symmetry.hpp"
#include "sam6d/template_views.hpp"

namespace sam6d {

struct ObjectData;

struct OnboardOptions {
  std::string name;  ///< for people: pictures, logs, result files
  /// Known symmetries; detected from the shape when not given.
  std::optional<Symmetries> symmetries;
  SymmetryDetectionOptions symmetry_detection;
  /// Whether to keep template views (neural backends want them; geometric ones do not).
  bool render_views = true;
  TemplateOptions templates;
  /// Views to keep instead of rendering them, e.g. from a template folder.
  std::vector<TemplateView> given_views;
  int surface_samples = 10'000;  ///< points to keep that are spread over the surface, 100..1e6
  std::uint64_t seed = 0;
  int threads = 0;  ///< 0 = one a core; also for the views, whatever `templates` says

  /// Throws Error(kInvalidArgument) that names the field.
  SAM6D_API void validate() const;
};

/// All that is computed from a CAD model once: mesh, diameter, symmetries, surface points, views,
/// pair features. An immutable value, cheap to copy, safe to share between threads.
class SAM6D_API ObjectModel {
 public:
  /// Seconds of work for a mesh of 20,000 vertices. Throws Error(kBadMesh) for a mesh that cannot
  /// be used, Error(kCancelled) when `progress` says so.
  [[nodiscard]] static ObjectModel onboard(ObjectId id, const TriangleMesh& mesh,
                                           const OnboardOptions& options = {},
                                           const ProgressFn& progress = {});

  /// The bytes of an object bundle (a safetensors file, see docs/formats.md) and back. Reading
  /// throws Error(kBadFile), naming `source`, for bytes that are no whole bundle of a version that
  /// this library reads.
  [[nodiscard]] std::vector<std::byte> to_bytes() const;
  [[nodiscard]] static ObjectModel from_bytes(std::span<const std::byte> bytes,
                                              std::string_view source);

  [[nodiscard]] ObjectId id() const;
  [[nodiscard]] const std::string& name() const;
  /// The same object under another number and, unless empty, name.
  [[nodiscard]] ObjectModel with_id(ObjectId id, const std::string& name = {}) const;

  [[nodiscard]] const TriangleMesh& mesh() const;
  [[nodiscard]] double diameter_m() const;
  [[nodiscard]] const Symmetries& symmetries() const;
  [[nodiscard]] std::span<const SurfaceSample> surface_samples() const;
  /// How many template views are kept: as many as were rendered or given, or none.
  [[nodiscard]] int template_view_count() const;
  /// A view, unpacked for the caller (about a millisecond). Views are kept packed: object
  /// coordinates are within a 5,000th of the camera's distance (rendered ones within a 20,000th),
  /// the rest is exact. Throws
  /// Error(kInvalidArgument) for an index out of range.
  [[nodiscard]] TemplateView template_view(int index) const;
  /// All of them; they take tens of megabytes.
  [[nodiscard]] std::vector<TemplateView> template_views() const;

  /// For the library's own backends.
  [[nodiscard]] const ObjectData& data() const { return *data_; }
  explicit ObjectModel(std::shared_ptr<const ObjectData> data) : data_(std::move(data)) {}

 private:
  std::shared_ptr<const ObjectData> data_;
};

}  // namespace sam6d

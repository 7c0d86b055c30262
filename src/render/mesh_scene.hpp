#pragma once

#include <memory>
#include <type_traits>

#include <Eigen/Geometry>

#include "render/embree_api.hpp"
#include "sam6d/mesh.hpp"

namespace sam6d {

/// An Embree device. What Embree reports is thrown as Error(kDevice) or Error(kOutOfMemory).
class EmbreeDevice {
 public:
  EmbreeDevice();

  [[nodiscard]] RTCDevice get() const { return device_.get(); }
  /// Throws when Embree has reported an error on this thread since the last check.
  void check(const char* doing) const;

 private:
  struct Release {
    void operator()(RTCDevice device) const { rtcReleaseDevice(device); }
  };
  std::unique_ptr<std::remove_pointer_t<RTCDevice>, Release> device_;
};

/// A mesh with the tree through which rays find its faces. Immutable; rays may be cast from several
/// threads.
class MeshScene {
 public:
  /// `index` is for error texts. Throws Error(kBadMesh) for a mesh without faces, with an index out
  /// of range, or with colours that do not fit its vertices.
  MeshScene(const EmbreeDevice& device, const TriangleMesh& mesh, int index);

  [[nodiscard]] const TriangleMesh& mesh() const { return *mesh_; }
  [[nodiscard]] const Eigen::AlignedBox3f& bounds_m() const { return bounds_m_; }
  [[nodiscard]] RTCScene get() const { return scene_.get(); }

 private:
  struct Release {
    void operator()(RTCScene scene) const { rtcReleaseScene(scene); }
  };
  std::unique_ptr<const TriangleMesh> mesh_;  // Embree reads its buffers, so they must not move
  Eigen::AlignedBox3f bounds_m_;
  std::unique_ptr<std::remove_pointer_t<RTCScene>, Release> scene_;
};

}  // namespace sam6d

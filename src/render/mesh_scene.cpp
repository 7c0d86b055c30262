#include "render/mesh_scene.hpp"

#include "base/fail.hpp"

namespace sam6d {
namespace {

const char* name_of(RTCError error) {
  switch (error) {
    case RTC_ERROR_INVALID_ARGUMENT: return "invalid argument";
    case RTC_ERROR_INVALID_OPERATION: return "invalid operation";
    case RTC_ERROR_OUT_OF_MEMORY: return "out of memory";
    case RTC_ERROR_UNSUPPORTED_CPU: return "unsupported CPU";
    case RTC_ERROR_CANCELLED: return "cancelled";
    default: return "unknown error";
  }
}

void throw_on(RTCError error, const char* doing) {
  if (error == RTC_ERROR_NONE) return;
  fail(error == RTC_ERROR_OUT_OF_MEMORY ? ErrorCode::kOutOfMemory : ErrorCode::kDevice,
       "Embree: {} while {}", name_of(error), doing);
}

void check_mesh(const TriangleMesh& mesh, int index) {
  if (mesh.faces.empty()) {
    fail(ErrorCode::kBadMesh, "mesh {}: expected faces to render, found none", index);
  }
  const auto count = static_cast<Eigen::Index>(mesh.vertices_m.size());
  for (const Eigen::Vector3i& face : mesh.faces) {
    if (face.minCoeff() < 0 || face.maxCoeff() >= count) {
      fail(ErrorCode::kBadMesh,
           "mesh {}: expected vertex indices below {}, found face ({}, {}, {})", index, count,
           face.x(), face.y(), face.z());
    }
  }
  const auto fits = [&](std::size_t size) { return size == 0 || size == mesh.vertices_m.size(); };
  if (!fits(mesh.vertex_colors.size()) || !fits(mesh.uvs.size())) {
    fail(ErrorCode::kBadMesh,
         "mesh {}: expected no colours and uvs or {} of them, one a vertex; found {} and {}", index,
         mesh.vertices_m.size(), mesh.vertex_colors.size(), mesh.uvs.size());
  }
}

std::unique_ptr<const TriangleMesh> copy_for_embree(const TriangleMesh& mesh, int index) {
  check_mesh(mesh, index);
  auto copy = std::make_unique<TriangleMesh>();
  // Embree loads 16 bytes for a vertex, thus 4 bytes past the last one.
  copy->vertices_m.reserve(mesh.vertices_m.size() + 1);
  copy->vertices_m = mesh.vertices_m;
  copy->faces = mesh.faces;
  copy->vertex_colors = mesh.vertex_colors;
  copy->uvs = mesh.uvs;
  copy->texture = mesh.texture;
  return copy;
}

}  // namespace

EmbreeDevice::EmbreeDevice() : device_(rtcNewDevice(nullptr)) {
  if (!device_) throw_on(rtcGetDeviceError(nullptr), "starting");
}

void EmbreeDevice::check(const char* doing) const {
  throw_on(rtcGetDeviceError(device_.get()), doing);
}

MeshScene::MeshScene(const EmbreeDevice& device, const TriangleMesh& mesh, int index)
    : mesh_(copy_for_embree(mesh, index)) {
  for (const Eigen::Vector3f& vertex : mesh_->vertices_m) {
    if (vertex.allFinite()) bounds_m_.extend(vertex);
  }
  if (bounds_m_.isEmpty()) {
    fail(ErrorCode::kBadMesh, "mesh {}: expected finite vertices, found none", index);
  }
  scene_.reset(rtcNewScene(device.get()));
  device.check("making a scene");
  // Without it rays slip through between neighbouring triangles.
  rtcSetSceneFlags(scene_.get(), RTC_SCENE_FLAG_ROBUST);
  const RTCGeometry triangles = rtcNewGeometry(device.get(), RTC_GEOMETRY_TYPE_TRIANGLE);
  device.check("making a geometry");
  rtcSetSharedGeometryBuffer(triangles, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3,
                             mesh_->vertices_m.data(), 0, sizeof(Eigen::Vector3f),
                             mesh_->vertices_m.size());
  rtcSetSharedGeometryBuffer(triangles, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3,
                             mesh_->faces.data(), 0, sizeof(Eigen::Vector3i), mesh_->faces.size());
  rtcCommitGeometry(triangles);
  rtcAttachGeometry(scene_.get(), triangles);
  rtcReleaseGeometry(triangles);
  device.check("reading a mesh");
  rtcCommitScene(scene_.get());
  device.check("building the tree of a mesh");
}

}  // namespace sam6d

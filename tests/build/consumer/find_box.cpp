// Onboards a box, renders it on a table, and asks the pipeline where it is.
#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <span>
#include <vector>

#include <Eigen/Geometry>
#include <sam6d/sam6d.hpp>

namespace {

const Eigen::Vector3f kHalfSize_m(0.09F, 0.06F, 0.035F);

// A box of faces in six colours.
sam6d::TriangleMesh box() {
  constexpr std::array<sam6d::Rgb8, 6> kColors{
      sam6d::Rgb8{200, 60, 50}, {60, 160, 70},  {50, 80, 190},
      {220, 180, 60},           {150, 70, 170}, {70, 180, 190}};
  sam6d::TriangleMesh mesh;
  for (int face = 0; face < 6; ++face) {
    const int axis = face / 2;
    const float side = face % 2 == 0 ? 1.0F : -1.0F;
    const int first = static_cast<int>(mesh.vertices_m.size());
    for (const auto& [u, v] :
         {std::pair{-1.0F, -1.0F}, {1.0F, -1.0F}, {1.0F, 1.0F}, {-1.0F, 1.0F}}) {
      Eigen::Vector3f corner;
      corner[axis] = side;
      corner[(axis + 1) % 3] = u * side;
      corner[(axis + 2) % 3] = v;
      mesh.vertices_m.push_back(corner.cwiseProduct(kHalfSize_m));
      mesh.vertex_colors.push_back(kColors[static_cast<std::size_t>(face)]);
    }
    mesh.faces.emplace_back(first, first + 1, first + 2);
    mesh.faces.emplace_back(first, first + 2, first + 3);
  }
  return mesh;
}

sam6d::TriangleMesh table() {
  sam6d::TriangleMesh mesh;
  mesh.vertices_m = {{-2, -2, 0}, {2, -2, 0}, {2, 2, 0}, {-2, 2, 0}};
  mesh.faces = {{0, 1, 2}, {0, 2, 3}};
  mesh.vertex_colors.assign(4, sam6d::Rgb8{120, 110, 100});
  return mesh;
}

// Largest distance from a corner of the box as found to the nearest true corner: a box that was
// found in a pose that looks the same has none.
double corner_error_m(const sam6d::RigidTransform& found, const sam6d::RigidTransform& truth) {
  double worst = 0;
  const auto corner = [](int i) -> Eigen::Vector3d {
    return kHalfSize_m.cast<double>().cwiseProduct(
        Eigen::Vector3d((i & 1) != 0 ? 1 : -1, (i & 2) != 0 ? 1 : -1, (i & 4) != 0 ? 1 : -1));
  };
  for (int i = 0; i < 8; ++i) {
    double nearest = std::numeric_limits<double>::max();
    for (int j = 0; j < 8; ++j) {
      nearest = std::min(nearest, (found * corner(i) - truth * corner(j)).norm());
    }
    worst = std::max(worst, nearest);
  }
  return worst;
}

}  // namespace

int main() {
  // Depth without noise: a tenth of the box's least side is ample.
  constexpr double kMaxCornerError_m = 0.007;
  constexpr sam6d::ObjectId kBoxId = 7;

  // The table seen from 40 degrees above, the box standing on it.
  const sam6d::CameraIntrinsics camera{600, 600, 319.5, 239.5, 640, 480};
  sam6d::RigidTransform cam_from_table = sam6d::RigidTransform::Identity();
  cam_from_table.translate(Eigen::Vector3d(0.02, 0.03, 0.8));
  cam_from_table.rotate(Eigen::AngleAxisd(2.27, Eigen::Vector3d::UnitX()));
  sam6d::RigidTransform cam_from_box = cam_from_table;
  cam_from_box.translate(Eigen::Vector3d(0, 0, kHalfSize_m.z()));
  cam_from_box.rotate(Eigen::AngleAxisd(0.6, Eigen::Vector3d::UnitZ()));

  const std::vector<sam6d::TriangleMesh> meshes{box(), table()};
  const std::vector<sam6d::RenderInstance> instances{{0, cam_from_box}, {1, cam_from_table}};
  const sam6d::Rendering picture = sam6d::Renderer(meshes).render(camera, instances);

  const sam6d::ObjectModel object = sam6d::ObjectModel::onboard(kBoxId, meshes[0]);
  const sam6d::Frame frame{picture.rgb.view(), picture.depth_m.view(), camera, {}};
  const sam6d::PipelineResult result =
      sam6d::Pipeline().run(frame, std::span(&object, std::size_t{1}));

  if (result.poses.empty() || !result.poses.front().pose) {
    std::fprintf(stderr, "expected the box to be found, found %zu poses\n", result.poses.size());
    return 1;
  }
  const double error_m = corner_error_m(result.poses.front().pose->cam_from_obj, cam_from_box);
  std::printf("the box: corners are off by at most %.2f mm\n", 1e3 * error_m);
  return error_m < kMaxCornerError_m ? 0 : 1;
}

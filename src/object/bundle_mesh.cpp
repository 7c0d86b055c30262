#include "object/bundle_checks.hpp"
#include "object/bundle_sections.hpp"

namespace sam6d {
namespace {

constexpr std::uint64_t kMaxTextureSide = 16384;

template <class Scalar, class Item>
Tensor rows(const std::vector<Item>& items) {
  return tensor_of<Scalar>(std::span<const Item>(items));
}

Tensor picture(const Image<Rgb8>& image) {
  Tensor tensor = tensor_of<std::uint8_t>(std::span<const Rgb8>(image.data(), image.size()));
  tensor.shape = {static_cast<std::uint64_t>(image.height()),
                  static_cast<std::uint64_t>(image.width()), 3};
  return tensor;
}

Image<Rgb8> read_texture(const TensorViewMap& tensors, std::string_view source) {
  const auto found = tensors.find("mesh.texture");
  if (found == tensors.end()) return {};
  const TensorView& tensor = found->second;
  const auto fits = [](std::uint64_t side) { return side >= 1 && side <= kMaxTextureSide; };
  if (tensor.dtype != DType::kUint8 || tensor.shape.size() != 3 || tensor.shape[2] != 3 ||
      !fits(tensor.shape[0]) || !fits(tensor.shape[1])) {
    fail(ErrorCode::kBadFile,
         "{}: expected mesh.texture to be U8 of shape (height, width, 3), at most {} a side",
         source, kMaxTextureSide);
  }
  Image<Rgb8> image(static_cast<int>(tensor.shape[1]), static_cast<int>(tensor.shape[0]));
  std::memcpy(static_cast<void*>(image.data()), tensor.bytes.data(), tensor.bytes.size());
  return image;
}

}  // namespace

void write_mesh(const TriangleMesh& mesh, TensorMap& tensors) {
  tensors["mesh.vertices_m"] = rows<float>(mesh.vertices_m);
  tensors["mesh.faces"] = rows<std::int32_t>(mesh.faces);
  if (!mesh.vertex_colors.empty()) {
    tensors["mesh.vertex_colors"] = rows<std::uint8_t>(mesh.vertex_colors);
  }
  if (!mesh.uvs.empty()) tensors["mesh.uvs"] = rows<float>(mesh.uvs);
  if (!mesh.texture.empty()) tensors["mesh.texture"] = picture(mesh.texture);
}

TriangleMesh read_mesh(const TensorViewMap& tensors, std::string_view source) {
  TriangleMesh mesh;
  mesh.vertices_m = items_of<float, Eigen::Vector3f>(tensors, "mesh.vertices_m", source);
  mesh.faces = items_of<std::int32_t, Eigen::Vector3i>(tensors, "mesh.faces", source);
  if (mesh.faces.empty()) fail(ErrorCode::kBadFile, "{}: expected faces, found none", source);
  check_points(mesh.vertices_m, "mesh.vertices_m", source);
  check_faces(mesh.faces, mesh.vertices_m.size(), "mesh.faces", source);
  if (tensors.contains("mesh.vertex_colors")) {
    mesh.vertex_colors = items_of<std::uint8_t, Rgb8>(tensors, "mesh.vertex_colors", source);
    check_count(mesh.vertex_colors.size(), mesh.vertices_m.size(), "mesh.vertex_colors", source);
  }
  if (tensors.contains("mesh.uvs")) {
    mesh.uvs = items_of<float, Eigen::Vector2f>(tensors, "mesh.uvs", source);
    check_count(mesh.uvs.size(), mesh.vertices_m.size(), "mesh.uvs", source);
    for (const Eigen::Vector2f& uv : mesh.uvs) {
      if (!uv.allFinite()) fail(ErrorCode::kBadFile, "{}: expected finite mesh.uvs", source);
    }
  }
  mesh.texture = read_texture(tensors, source);
  return mesh;
}

void write_samples(std::span<const SurfaceSample> samples, TensorMap& tensors) {
  std::vector<Eigen::Vector3f> points;
  std::vector<Eigen::Vector3f> normals;
  std::vector<Rgb8> colors;
  for (const SurfaceSample& sample : samples) {
    points.push_back(sample.point_m);
    normals.push_back(sample.normal);
    colors.push_back(sample.color);
  }
  tensors["samples.points_m"] = rows<float>(points);
  tensors["samples.normals"] = rows<float>(normals);
  tensors["samples.colors"] = rows<std::uint8_t>(colors);
}

std::vector<SurfaceSample> read_samples(const TensorViewMap& tensors, std::string_view source) {
  const auto points = items_of<float, Eigen::Vector3f>(tensors, "samples.points_m", source);
  const auto normals = items_of<float, Eigen::Vector3f>(tensors, "samples.normals", source);
  const auto colors = items_of<std::uint8_t, Rgb8>(tensors, "samples.colors", source);
  check_count(normals.size(), points.size(), "samples.normals", source);
  check_count(colors.size(), points.size(), "samples.colors", source);
  check_points(points, "samples.points_m", source);
  check_normals(normals, "samples.normals", source);
  std::vector<SurfaceSample> samples;
  samples.reserve(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    samples.push_back({points[i], normals[i], colors[i]});
  }
  return samples;
}

void write_symmetries(const Symmetries& symmetries, TensorMap& tensors) {
  std::vector<Row12> discrete;
  for (const RigidTransform& transform : symmetries.discrete) discrete.push_back(to_row(transform));
  std::vector<std::array<double, 6>> axes;
  for (const ContinuousSymmetry& symmetry : symmetries.continuous) {
    const Eigen::Vector3d& a = symmetry.axis;
    const Eigen::Vector3d& o = symmetry.offset_m;
    axes.push_back({a.x(), a.y(), a.z(), o.x(), o.y(), o.z()});
  }
  tensors["symmetries.discrete"] = rows<double>(discrete);
  tensors["symmetries.axes"] = rows<double>(axes);
}

Symmetries read_symmetries(const TensorViewMap& tensors, std::string_view source) {
  // The largest finite rotation group of use, times a generous factor.
  constexpr std::size_t kMaxSymmetries = 10'000;
  const auto discrete = items_of<double, Row12>(tensors, "symmetries.discrete", source);
  const auto axes = items_of<double, std::array<double, 6>>(tensors, "symmetries.axes", source);
  if (discrete.size() + axes.size() > kMaxSymmetries) {
    fail(ErrorCode::kBadFile, "{}: expected at most {} symmetries, found {}", source,
         kMaxSymmetries, discrete.size() + axes.size());
  }
  Symmetries symmetries;
  for (const Row12& row : discrete) {
    symmetries.discrete.push_back(to_transform(row, "symmetries.discrete", source));
  }
  for (const std::array<double, 6>& row : axes) {
    constexpr double kUnit = 1e-6;
    const Eigen::Vector3d axis(row[0], row[1], row[2]);
    const Eigen::Vector3d offset_m(row[3], row[4], row[5]);
    if (!(std::abs(axis.norm() - 1) < kUnit) || !(offset_m.norm() < kMaxCoordinate_m)) {
      fail(ErrorCode::kBadFile, "{}: expected symmetries.axes of length 1 near the object", source);
    }
    symmetries.continuous.push_back({axis, offset_m});
  }
  return symmetries;
}

}  // namespace sam6d

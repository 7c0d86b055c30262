#include <algorithm>
#include <limits>

#include "object/bundle_checks.hpp"
#include "object/bundle_sections.hpp"

namespace sam6d {
namespace {

using ColorRow = std::array<std::int16_t, 3>;

template <class Scalar, class Item>
Tensor rows(const std::vector<Item>& items) {
  return tensor_of<Scalar>(std::span<const Item>(items));
}

ColorRow to_row(const ColorFeature& color) {
  return {color.red_green, color.yellow_blue, color.luma};
}

ColorFeature to_color(const ColorRow& row) { return {row[0], row[1], row[2]}; }

/// Offsets into a list: from 0 to its size, never falling.
void check_starts(std::span<const std::uint32_t> starts, std::size_t lists, std::size_t items,
                  std::string_view what, std::string_view source) {
  check_count(starts.size(), lists + 1, what, source);
  if (starts.front() != 0 || starts.back() != items ||
      !std::is_sorted(starts.begin(), starts.end())) {
    fail(ErrorCode::kBadFile, "{}: expected {} to rise from 0 to {}, found others", source, what,
         items);
  }
}

template <class Index>
void check_below(std::span<const Index> indices, std::size_t limit, std::string_view what,
                 std::string_view source) {
  for (const Index index : indices) {
    if (index >= limit) {
      fail(ErrorCode::kBadFile, "{}: expected indices below {} in {}, found {}", source, limit,
           what, index);
    }
  }
}

void write_points(const std::vector<ModelPoint>& points, TensorMap& tensors) {
  std::vector<Eigen::Vector3f> positions;
  std::vector<Eigen::Vector3f> normals;
  std::vector<ColorRow> colors;
  for (const ModelPoint& point : points) {
    positions.push_back(point.position_m);
    normals.push_back(point.normal);
    colors.push_back(to_row(point.color));
  }
  tensors["geometric.points_m"] = rows<float>(positions);
  tensors["geometric.normals"] = rows<float>(normals);
  tensors["geometric.colors"] = rows<std::int16_t>(colors);
}

std::vector<ModelPoint> read_points(const TensorViewMap& tensors, std::string_view source) {
  const auto positions = items_of<float, Eigen::Vector3f>(tensors, "geometric.points_m", source);
  const auto normals = items_of<float, Eigen::Vector3f>(tensors, "geometric.normals", source);
  const auto colors = items_of<std::int16_t, ColorRow>(tensors, "geometric.colors", source);
  if (positions.empty() || positions.size() > std::numeric_limits<std::uint16_t>::max()) {
    fail(ErrorCode::kBadFile, "{}: expected 1..65535 geometric.points_m, found {}", source,
         positions.size());
  }
  check_count(normals.size(), positions.size(), "geometric.normals", source);
  check_count(colors.size(), positions.size(), "geometric.colors", source);
  check_points(positions, "geometric.points_m", source);
  check_normals(normals, "geometric.normals", source);
  std::vector<ModelPoint> points(positions.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].position_m = positions[i];
    points[i].normal = normals[i];
    points[i].color = to_color(colors[i]);
  }
  return points;
}

void write_pairs(const PairTable& pairs, TensorMap& tensors) {
  // As in write_geometric(), a member that is added does not compile until it is written, too.
  const auto& [references, starts, entries] = pairs;
  std::vector<std::uint16_t> entry_rows;
  std::vector<std::uint8_t> alphas;
  for (const PairTable::Entry& entry : entries) {
    entry_rows.push_back(entry.row);
    alphas.push_back(entry.alpha);
  }
  tensors["geometric.pair_references"] = rows<std::uint16_t>(references);
  tensors["geometric.pair_starts"] = rows<std::uint32_t>(starts);
  tensors["geometric.pair_rows"] = rows<std::uint16_t>(entry_rows);
  tensors["geometric.pair_alphas"] = rows<std::uint8_t>(alphas);
}

PairTable read_pairs(const TensorViewMap& tensors, std::size_t points, std::string_view source) {
  PairTable pairs;
  pairs.references = items_of<std::uint16_t>(tensors, "geometric.pair_references", source);
  pairs.starts = items_of<std::uint32_t>(tensors, "geometric.pair_starts", source);
  const auto entry_rows = items_of<std::uint16_t>(tensors, "geometric.pair_rows", source);
  const auto alphas = items_of<std::uint8_t>(tensors, "geometric.pair_alphas", source);
  check_below<std::uint16_t>(pairs.references, points, "geometric.pair_references", source);
  check_count(alphas.size(), entry_rows.size(), "geometric.pair_alphas", source);
  check_starts(pairs.starts, PairTable::kCells, entry_rows.size(), "geometric.pair_starts", source);
  check_below<std::uint16_t>(entry_rows, pairs.references.size() * PairTable::kRotationBins,
                             "geometric.pair_rows", source);
  pairs.entries.resize(entry_rows.size());
  for (std::size_t i = 0; i < pairs.entries.size(); ++i) {
    pairs.entries[i].row = entry_rows[i];
    pairs.entries[i].alpha = alphas[i];
  }
  return pairs;
}

using Row9 = std::array<float, 9>;

void write_rotations(const std::vector<Eigen::Matrix3f>& rotations, TensorMap& tensors) {
  std::vector<Row9> list;
  for (const Eigen::Matrix3f& rotation : rotations) {
    Row9& row = list.emplace_back();
    for (int i = 0; i < 9; ++i) row[static_cast<std::size_t>(i)] = rotation(i / 3, i % 3);
  }
  tensors["geometric.look_alikes"] = rows<float>(list);
}

std::vector<Eigen::Matrix3f> read_rotations(const TensorViewMap& tensors, std::string_view source) {
  constexpr float kTolerance = 1e-3F;
  constexpr std::size_t kMost = 1000;
  const auto list = items_of<float, Row9>(tensors, "geometric.look_alikes", source);
  if (list.size() > kMost) {
    fail(ErrorCode::kBadFile, "{}: expected at most {} geometric.look_alikes, found {}", source,
         kMost, list.size());
  }
  std::vector<Eigen::Matrix3f> rotations;
  for (const Row9& row : list) {
    Eigen::Matrix3f& rotation = rotations.emplace_back();
    for (int i = 0; i < 9; ++i) rotation(i / 3, i % 3) = row[static_cast<std::size_t>(i)];
    const float error = (rotation * rotation.transpose() - Eigen::Matrix3f::Identity()).norm();
    if (!(error < kTolerance) || rotation.determinant() < 0) {
      fail(ErrorCode::kBadFile, "{}: expected rotations in geometric.look_alikes", source);
    }
  }
  return rotations;
}

}  // namespace

void write_geometric(const GeometricFeatures& features, TensorMap& tensors) {
  // All members by name: one that is added does not compile until it is written, and read, too.
  const auto& [diameter_m, radius_m, center_m, has_color, points, view_starts, view_points,
               nearest_view, palette, vertices_m, faces, pairs, look_alikes] = features;
  const std::vector<float> scalars = {diameter_m,   radius_m,     center_m.x(),
                                      center_m.y(), center_m.z(), has_color ? 1.0F : 0.0F};
  std::vector<ColorRow> palette_rows;
  palette_rows.reserve(palette.size());
  for (const ColorFeature& color : palette) palette_rows.push_back(to_row(color));
  tensors["geometric.scalars"] = rows<float>(scalars);
  write_points(points, tensors);
  tensors["geometric.view_starts"] = rows<std::uint32_t>(view_starts);
  tensors["geometric.view_points"] = rows<std::uint16_t>(view_points);
  tensors["geometric.nearest_view"] = rows<std::uint8_t>(nearest_view);
  tensors["geometric.palette"] = rows<std::int16_t>(palette_rows);
  tensors["geometric.vertices_m"] = rows<float>(vertices_m);
  tensors["geometric.faces"] = rows<std::int32_t>(faces);
  write_pairs(pairs, tensors);
  write_rotations(look_alikes, tensors);
}

GeometricFeatures read_geometric(const TensorViewMap& tensors, std::string_view source) {
  GeometricFeatures features;
  const auto scalars = items_of<float>(tensors, "geometric.scalars", source);
  check_count(scalars.size(), 6, "geometric.scalars", source);
  features.diameter_m = scalars[0];
  features.radius_m = scalars[1];
  features.center_m = Eigen::Vector3f(scalars[2], scalars[3], scalars[4]);
  features.has_color = scalars[5] != 0.0F;
  const auto is_size = [](float size) { return size > 0.0F && size < kMaxCoordinate_m; };
  if (!is_size(features.diameter_m) || !is_size(features.radius_m)) {
    fail(ErrorCode::kBadFile, "{}: expected sizes above 0 in geometric.scalars, found {} and {}",
         source, features.diameter_m, features.radius_m);
  }
  check_points({&features.center_m, 1}, "geometric.scalars", source);

  features.points = read_points(tensors, source);
  features.view_starts = items_of<std::uint32_t>(tensors, "geometric.view_starts", source);
  features.view_points = items_of<std::uint16_t>(tensors, "geometric.view_points", source);
  features.nearest_view = items_of<std::uint8_t>(tensors, "geometric.nearest_view", source);
  check_starts(features.view_starts, kViewCount, features.view_points.size(),
               "geometric.view_starts", source);
  check_below<std::uint16_t>(features.view_points, features.points.size(), "geometric.view_points",
                             source);
  check_count(features.nearest_view.size(),
              GeometricFeatures::kDirectionCells * GeometricFeatures::kDirectionCells,
              "geometric.nearest_view", source);
  check_below<std::uint8_t>(features.nearest_view, kViewCount, "geometric.nearest_view", source);
  for (const ColorRow& row :
       items_of<std::int16_t, ColorRow>(tensors, "geometric.palette", source)) {
    features.palette.push_back(to_color(row));
  }
  features.vertices_m = items_of<float, Eigen::Vector3f>(tensors, "geometric.vertices_m", source);
  features.faces = items_of<std::int32_t, Eigen::Vector3i>(tensors, "geometric.faces", source);
  check_points(features.vertices_m, "geometric.vertices_m", source);
  check_faces(features.faces, features.vertices_m.size(), "geometric.faces", source);
  features.pairs = read_pairs(tensors, features.points.size(), source);
  features.look_alikes = read_rotations(tensors, source);
  return features;
}

}  // namespace sam6d

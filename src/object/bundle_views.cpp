#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "object/bundle_checks.hpp"
#include "object/bundle_sections.hpp"

namespace sam6d {
namespace {

constexpr std::size_t kMaxViews = 10'000;
constexpr int kMaxSide_px = 4096;

using Row4 = std::array<std::int32_t, 4>;
using Row6 = std::array<double, 6>;

/// The views' tables, a row a view, and their pixels, view after view.
struct ViewTables {
  std::vector<Row12> poses;         // cam_from_obj
  std::vector<Row6> cameras;        // fx, fy, cx, cy, width, height
  std::vector<Row4> boxes;          // x0, y0, x1, y1
  std::vector<std::uint8_t> kinds;  // PackedView::Coordinates
  std::vector<Row6> ranges;         // offset_m, step_m
  std::vector<std::uint8_t> mask;   // bits; every view starts a byte
  std::vector<Rgb8> colors;
  std::vector<std::uint16_t> values;
};

template <class T>
void append(std::vector<T>& all, const std::vector<T>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// The next `count` elements. Throws when there are not so many.
template <class T>
std::vector<T> take(std::span<const T>& rest, std::size_t count, std::string_view what,
                    std::string_view source) {
  if (count > rest.size()) {
    fail(ErrorCode::kBadFile, "{}: expected {} more elements in {}, found {}", source, count, what,
         rest.size());
  }
  std::vector<T> taken(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count));
  rest = rest.subspan(count);
  return taken;
}

CameraIntrinsics to_camera(const Row6& row, std::string_view source) {
  const auto is_side = [](double side) {
    return side >= 1 && side <= kMaxSide_px && side == std::floor(side);
  };
  if (!is_side(row[4]) || !is_side(row[5])) {
    fail(ErrorCode::kBadFile, "{}: expected pictures of 1..{} pixels in views.cameras", source,
         kMaxSide_px);
  }
  const CameraIntrinsics camera{
      row[0], row[1], row[2], row[3], static_cast<int>(row[4]), static_cast<int>(row[5])};
  try {
    validate(camera);
  } catch (const Error& error) {
    fail(ErrorCode::kBadFile, "{}: views.cameras: {}", source, error.what());
  }
  return camera;
}

Box to_box(const Row4& row, const CameraIntrinsics& camera, std::string_view source) {
  const Box box{row[0], row[1], row[2], row[3]};
  const bool inside = box.x0 >= 0 && box.x0 <= box.x1 && box.x1 <= camera.width && box.y0 >= 0 &&
                      box.y0 <= box.y1 && box.y1 <= camera.height;
  if (!inside) {
    fail(ErrorCode::kBadFile, "{}: expected views.boxes inside {} x {}, found [{}, {}) x [{}, {})",
         source, camera.width, camera.height, box.x0, box.x1, box.y0, box.y1);
  }
  return box;
}

void read_range(const Row6& row, PackedView& view, std::string_view source) {
  view.offset_m = Eigen::Vector3d(row[0], row[1], row[2]);
  view.step_m = Eigen::Vector3d(row[3], row[4], row[5]);
  const Eigen::Vector3d last_m = view.offset_m + 65535 * view.step_m;
  const bool good = (view.offset_m.cwiseAbs().array() < kMaxCoordinate_m).all() &&
                    (last_m.cwiseAbs().array() < kMaxCoordinate_m).all() &&
                    (view.step_m.array() >= 0).all();
  if (!good) {
    fail(ErrorCode::kBadFile, "{}: expected views.ranges within {} m", source, kMaxCoordinate_m);
  }
}

std::size_t count_bits(std::span<const std::uint8_t> bytes) {
  return std::accumulate(bytes.begin(), bytes.end(), std::size_t{0},
                         [](std::size_t sum, std::uint8_t byte) {
                           return sum + static_cast<std::size_t>(std::popcount(byte));
                         });
}

ViewTables read_tables(const TensorViewMap& tensors, std::string_view source) {
  ViewTables tables;
  tables.poses = items_of<double, Row12>(tensors, "views.poses", source);
  tables.cameras = items_of<double, Row6>(tensors, "views.cameras", source);
  tables.boxes = items_of<std::int32_t, Row4>(tensors, "views.boxes", source);
  tables.kinds = items_of<std::uint8_t>(tensors, "views.kinds", source);
  tables.ranges = items_of<double, Row6>(tensors, "views.ranges", source);
  tables.mask = items_of<std::uint8_t>(tensors, "views.mask", source);
  tables.colors = items_of<std::uint8_t, Rgb8>(tensors, "views.colors", source);
  tables.values = items_of<std::uint16_t>(tensors, "views.values", source);
  const std::size_t count = tables.poses.size();
  if (count > kMaxViews) {
    fail(ErrorCode::kBadFile, "{}: expected at most {} views, found {}", source, kMaxViews, count);
  }
  check_count(tables.cameras.size(), count, "views.cameras", source);
  check_count(tables.boxes.size(), count, "views.boxes", source);
  check_count(tables.kinds.size(), count, "views.kinds", source);
  check_count(tables.ranges.size(), count, "views.ranges", source);
  return tables;
}

}  // namespace

void write_views(std::span<const PackedView> views, TensorMap& tensors) {
  ViewTables tables;
  for (const PackedView& view : views) {
    const CameraIntrinsics& c = view.camera;
    const Eigen::Vector3d& o = view.offset_m;
    const Eigen::Vector3d& s = view.step_m;
    tables.poses.push_back(to_row(view.cam_from_obj));
    tables.cameras.push_back(
        {c.fx, c.fy, c.cx, c.cy, static_cast<double>(c.width), static_cast<double>(c.height)});
    tables.boxes.push_back({view.box_px.x0, view.box_px.y0, view.box_px.x1, view.box_px.y1});
    tables.kinds.push_back(static_cast<std::uint8_t>(view.coordinates));
    tables.ranges.push_back({o.x(), o.y(), o.z(), s.x(), s.y(), s.z()});
    append(tables.mask, view.mask_bits);
    append(tables.colors, view.colors);
    append(tables.values, view.values);
  }
  tensors["views.poses"] = tensor_of<double>(std::span<const Row12>(tables.poses));
  tensors["views.cameras"] = tensor_of<double>(std::span<const Row6>(tables.cameras));
  tensors["views.boxes"] = tensor_of<std::int32_t>(std::span<const Row4>(tables.boxes));
  tensors["views.kinds"] = tensor_of<std::uint8_t>(std::span<const std::uint8_t>(tables.kinds));
  tensors["views.ranges"] = tensor_of<double>(std::span<const Row6>(tables.ranges));
  tensors["views.mask"] = tensor_of<std::uint8_t>(std::span<const std::uint8_t>(tables.mask));
  tensors["views.colors"] = tensor_of<std::uint8_t>(std::span<const Rgb8>(tables.colors));
  tensors["views.values"] = tensor_of<std::uint16_t>(std::span<const std::uint16_t>(tables.values));
}

std::vector<PackedView> read_views(const TensorViewMap& tensors, std::string_view source) {
  const ViewTables tables = read_tables(tensors, source);
  std::span<const std::uint8_t> mask = tables.mask;
  std::span<const Rgb8> colors = tables.colors;
  std::span<const std::uint16_t> values = tables.values;
  std::vector<PackedView> views;
  for (std::size_t i = 0; i < tables.poses.size(); ++i) {
    PackedView view;
    view.cam_from_obj = to_transform(tables.poses[i], "views.poses", source);
    view.camera = to_camera(tables.cameras[i], source);
    view.box_px = to_box(tables.boxes[i], view.camera, source);
    if (tables.kinds[i] > static_cast<std::uint8_t>(PackedView::Coordinates::kXyz)) {
      fail(ErrorCode::kBadFile, "{}: expected 0 or 1 in views.kinds, found {}", source,
           tables.kinds[i]);
    }
    view.coordinates = static_cast<PackedView::Coordinates>(tables.kinds[i]);
    read_range(tables.ranges[i], view, source);
    const auto pixels = static_cast<std::size_t>(view.box_px.area());
    view.mask_bits = take(mask, (pixels + 7) / 8, "views.mask", source);
    if (pixels % 8 != 0 && view.mask_bits.back() >> pixels % 8 != 0) {
      fail(ErrorCode::kBadFile, "{}: expected no bits beyond the boxes in views.mask", source);
    }
    const std::size_t shown = count_bits(view.mask_bits);
    const std::size_t values_each = view.coordinates == PackedView::Coordinates::kXyz ? 3 : 1;
    view.colors = take(colors, shown, "views.colors", source);
    view.values = take(values, shown * values_each, "views.values", source);
    views.push_back(std::move(view));
  }
  if (!mask.empty() || !colors.empty() || !values.empty()) {
    fail(ErrorCode::kBadFile, "{}: expected no more pixels than the views have", source);
  }
  return views;
}

}  // namespace sam6d

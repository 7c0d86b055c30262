#include "sam6d/template_folder.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <system_error>

#include <fmt/ranges.h>
#include <Eigen/Geometry>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "io/template_camera.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/image_io.hpp"
#include "sam6d/npy.hpp"

namespace sam6d {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxViews = 10'000;

struct Pattern {
  std::string_view prefix;
  std::string_view suffix;

  [[nodiscard]] fs::path path(const fs::path& folder, int number) const {
    return folder / fmt::format("{}{}{}", prefix, number, suffix);
  }
  /// The number in a file's name, if the name has this pattern.
  [[nodiscard]] std::optional<int> number(const std::string& name) const {
    if (!name.starts_with(prefix) || !name.ends_with(suffix) ||
        name.size() <= prefix.size() + suffix.size()) {
      return std::nullopt;
    }
    const char* const first = name.data() + prefix.size();
    const char* const last = name.data() + name.size() - suffix.size();
    int value = 0;
    const auto [end, error] = std::from_chars(first, last, value);
    const bool whole = error == std::errc{} && end == last && value >= 0;
    // No other spelling of a number, such as 007, names the file of a view.
    if (!whole || std::to_string(value).size() != static_cast<std::size_t>(last - first)) {
      return std::nullopt;
    }
    return value;
  }
};

constexpr Pattern kRgb{"rgb_", ".png"};
constexpr Pattern kMask{"mask_", ".png"};
constexpr Pattern kXyz{"xyz_", ".npy"};
constexpr std::array<Pattern, 3> kPatterns = {kRgb, kMask, kXyz};

/// Numbers and paths of all files in the folder that belong to views.
std::vector<std::pair<int, fs::path>> view_files(const fs::path& folder) {
  std::vector<std::pair<int, fs::path>> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    for (const Pattern& pattern : kPatterns) {
      if (const auto number = pattern.number(entry->path().filename().string())) {
        files.emplace_back(*number, entry->path());
      }
    }
  }
  if (error) {
    const bool missing = error == std::errc::no_such_file_or_directory;
    fail(missing ? ErrorCode::kFileNotFound : ErrorCode::kBadFile,
         "{}: expected a folder of template views: {}", folder.string(), error.message());
  }
  return files;
}

int count_views(const fs::path& folder) {
  int count = 0;
  for (const auto& [number, path] : view_files(folder)) {
    if (number >= kMaxViews) {
      fail(ErrorCode::kBadFile, "{}: expected view numbers below {}", path.string(), kMaxViews);
    }
    count = std::max(count, number + 1);
  }
  if (count == 0) {
    fail(ErrorCode::kBadFile, "{}: expected rgb_0.png, mask_0.png, xyz_0.npy and so on, found none",
         folder.string());
  }
  return count;
}

template <class T>
Image<T> whole_picture(const Image<T>& crop, const TemplateView& view, const T& outside) {
  Image<T> picture(view.camera.width, view.camera.height, outside);
  for (int y = 0; y < crop.height(); ++y) {
    std::copy(crop.row(y), crop.row(y) + crop.width(),
              picture.row(view.box_px.y0 + y) + view.box_px.x0);
  }
  return picture;
}

/// The box's part of a picture, `outside` where the mask is off.
template <class T>
Image<T> masked_crop(const Image<T>& picture, const Mask& mask, const T& outside) {
  const Box& box = mask.box();
  Image<T> crop(box.width(), box.height(), outside);
  for (int y = 0; y < crop.height(); ++y) {
    for (int x = 0; x < crop.width(); ++x) {
      if (mask.at(box.x0 + x, box.y0 + y)) crop(x, y) = picture(box.x0 + x, box.y0 + y);
    }
  }
  return crop;
}

void check_views(std::span<const TemplateView> views) {
  if (views.empty()) fail(ErrorCode::kInvalidArgument, "template views: expected some, found none");
  for (std::size_t i = 0; i < views.size(); ++i) {
    const TemplateView& view = views[i];
    validate(view.camera);
    const Box whole{0, 0, view.camera.width, view.camera.height};
    const auto has_size = [&](const auto& picture) {
      return picture.width() == view.box_px.width() && picture.height() == view.box_px.height();
    };
    if (view.camera.width != views[0].camera.width ||
        view.camera.height != views[0].camera.height ||
        (!view.box_px.empty() && intersect(view.box_px, whole) != view.box_px) ||
        !has_size(view.rgb) || !has_size(view.mask) || !has_size(view.object_xyz_m)) {
      fail(ErrorCode::kInvalidArgument,
           "template views [{}]: expected pictures of the box's size inside of {} x {}", i,
           views[0].camera.width, views[0].camera.height);
    }
  }
}

Image<Eigen::Vector3f> load_xyz(const fs::path& path, int width, int height, double unit_m) {
  constexpr std::uint64_t kHeader = 1U << 16U;
  const std::uint64_t values =
      3 * static_cast<std::uint64_t>(width) * static_cast<unsigned>(height);
  const NpyArray array = load_npy(path, 8 * values + kHeader);
  const bool is_float = array.type == NpyType::kFloat16 || array.type == NpyType::kFloat32 ||
                        array.type == NpyType::kFloat64;
  const std::vector<std::size_t> shape = {static_cast<std::size_t>(height),
                                          static_cast<std::size_t>(width), 3};
  if (!is_float || array.shape != shape) {
    fail(ErrorCode::kBadFile,
         "{}: expected float16 of shape ({}, {}, 3) as its mask, found {} of ({})", path.string(),
         height, width, to_string(array.type), fmt::join(array.shape, ", "));
  }
  const std::vector<float> numbers = array.to_float();
  Image<Eigen::Vector3f> picture(width, height, Eigen::Vector3f::Zero());
  for (std::size_t i = 0; i < picture.size(); ++i) {
    picture.data()[i] = static_cast<float>(unit_m) *
                        Eigen::Vector3f(numbers[3 * i], numbers[3 * i + 1], numbers[3 * i + 2]);
  }
  return picture;
}

/// Refuses coordinates of which more than a hundredth lie off the mesh's box.
void check_on_mesh(const TemplateView& view, const Eigen::AlignedBox3f& bounds_m,
                   const fs::path& path) {
  std::size_t pixels = 0;
  std::size_t outside = 0;
  for (std::size_t i = 0; i < view.mask.size(); ++i) {
    if (view.mask.data()[i] == 0) continue;
    const Eigen::Vector3f& point = view.object_xyz_m.data()[i];
    if (!point.allFinite()) {
      fail(ErrorCode::kBadFile, "{}: expected finite coordinates inside of the mask, found others",
           path.string());
    }
    ++pixels;
    if (!bounds_m.contains(point)) ++outside;
  }
  if (outside * 100 > pixels) {
    fail(ErrorCode::kBadFile,
         "{}: expected coordinates on the mesh, found {} of {} outside of its box; is it another "
         "object or another unit?",
         path.string(), outside, pixels);
  }
}

TemplateView load_view(const fs::path& folder, int number, const Eigen::AlignedBox3f& bounds_m,
                       double unit_m) {
  const fs::path rgb_path = kRgb.path(folder, number);
  const fs::path xyz_path = kXyz.path(folder, number);
  const Image<std::uint8_t> mask_picture = load_mask(kMask.path(folder, number));
  const Image<Rgb8> rgb = load_rgb(rgb_path);
  const int width = mask_picture.width();
  const int height = mask_picture.height();
  if (rgb.width() != width || rgb.height() != height) {
    fail(ErrorCode::kBadFile, "{}: expected {} x {} pixels as its mask, found {} x {}",
         rgb_path.string(), width, height, rgb.width(), rgb.height());
  }
  const Mask mask = Mask::from_image(mask_picture.view());
  TemplateView view;
  view.camera = template_camera(width, height);
  view.box_px = mask.box();
  view.rgb = masked_crop(rgb, mask, Rgb8{});
  view.mask = masked_crop(mask_picture, mask, std::uint8_t{0});
  view.object_xyz_m = masked_crop<Eigen::Vector3f>(load_xyz(xyz_path, width, height, unit_m), mask,
                                                   Eigen::Vector3f::Zero());
  check_on_mesh(view, bounds_m, xyz_path);
  return view;
}

/// The mesh's box, grown by a twentieth of its diagonal: float16 and other samplings of the
/// surface.
Eigen::AlignedBox3f grown_bounds(const TriangleMesh& mesh) {
  Eigen::AlignedBox3f box;
  for (const Eigen::Vector3f& vertex : mesh.vertices_m) box.extend(vertex);
  if (box.isEmpty()) return box;
  const Eigen::Vector3f margin = Eigen::Vector3f::Constant(0.05F * box.diagonal().norm());
  return {box.min() - margin, box.max() + margin};
}

}  // namespace

void save_template_folder(const fs::path& folder, std::span<const TemplateView> views,
                          double unit_m) {
  check_views(views);
  make_folder(folder);
  for (std::size_t i = 0; i < views.size(); ++i) {
    const TemplateView& view = views[i];
    const int number = static_cast<int>(i);
    save_png(kRgb.path(folder, number), whole_picture(view.rgb, view, Rgb8{}).view());
    save_png(kMask.path(folder, number), whole_picture(view.mask, view, std::uint8_t{0}).view());
    Image<Eigen::Vector3f> xyz =
        whole_picture<Eigen::Vector3f>(view.object_xyz_m, view, Eigen::Vector3f::Zero());
    for (std::size_t k = 0; k < xyz.size(); ++k) xyz.data()[k] /= static_cast<float>(unit_m);
    save_npy(kXyz.path(folder, number),
             NpyArray::of_half({xyz.data()->data(), 3 * xyz.size()},
                               {static_cast<std::size_t>(xyz.height()),
                                static_cast<std::size_t>(xyz.width()), 3}));
  }
  for (const auto& [number, path] : view_files(folder)) {
    if (number < static_cast<int>(views.size())) continue;
    std::error_code error;
    fs::remove(path, error);
    if (error) {
      fail(ErrorCode::kWriteFailed, "{}: cannot be removed: {}", path.string(), error.message());
    }
  }
}

std::vector<TemplateView> load_template_folder(const fs::path& folder, const TriangleMesh& mesh,
                                               double unit_m) {
  if (!(unit_m > 0) || !std::isfinite(unit_m)) {
    fail(ErrorCode::kInvalidArgument, "unit_m: expected a positive number, found {}", unit_m);
  }
  const int count = count_views(folder);
  const Eigen::AlignedBox3f bounds_m = grown_bounds(mesh);
  std::vector<TemplateView> views;
  for (int i = 0; i < count; ++i) {
    views.push_back(load_view(folder, i, bounds_m, unit_m));
    const CameraIntrinsics& camera = views.back().camera;
    if (camera.width != views[0].camera.width || camera.height != views[0].camera.height) {
      fail(ErrorCode::kBadFile, "{}: expected {} x {} pixels as view 0, found {} x {}",
           kMask.path(folder, i).string(), views[0].camera.width, views[0].camera.height,
           camera.width, camera.height);
    }
  }
  if (!find_template_poses(views)) {
    log_warning("{}: {} views whose poses are not those of SAM-6D's views; they are left unknown",
                folder.string(), count);
  }
  return views;
}

}  // namespace sam6d

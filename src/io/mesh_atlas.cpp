#include "io/mesh_atlas.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <opencv2/imgproc.hpp>

#include "base/logging.hpp"
#include "mesh/surface_color.hpp"

namespace sam6d {
namespace {

constexpr int kBorder = 2;     // px about a patch, so that its neighbours do not shine through
constexpr int kMaxTiles = 16;  // a side; textures that repeat more often are their mean colour

/// The part of a texture's plane that a mesh part uses, in whole repetitions.
struct Tiles {
  int u0 = 0;
  int v0 = 0;
  int across = 1;
  int down = 1;
};

/// A rectangle of the atlas and the mesh part that it colours.
struct Patch {
  MeshPart* part = nullptr;
  cv::Mat picture;  ///< RGB; one pixel for a plain colour
  Tiles tiles;
  int x = 0;
  int y = 0;
};

std::optional<Tiles> tiles_of(const MeshPart& part) {
  constexpr float kSlack = 1e-3F;  // coordinates just outside of 0..1 do not ask for another tile
  Eigen::Vector2f low = Eigen::Vector2f::Constant(std::numeric_limits<float>::max());
  Eigen::Vector2f high = -low;
  for (const Eigen::Vector2f& uv : part.mesh.uvs) {
    if (!uv.allFinite()) continue;
    low = low.cwiseMin(uv);
    high = high.cwiseMax(uv);
  }
  if (!(low.array() <= high.array()).all()) return Tiles{};
  const Eigen::Vector2f first = (low.array() + kSlack).floor();
  const Eigen::Vector2f count = ((high.array() - kSlack).ceil() - first.array()).max(1.0F).matrix();
  constexpr float kFarthest = 1e6F;
  if (count.maxCoeff() > static_cast<float>(kMaxTiles) || first.cwiseAbs().maxCoeff() > kFarthest) {
    return std::nullopt;
  }
  return Tiles{static_cast<int>(first.x()), static_cast<int>(first.y()),
               static_cast<int>(count.x()), static_cast<int>(count.y())};
}

cv::Mat as_mat(const Image<Rgb8>& picture) {
  cv::Mat mat(picture.height(), picture.width(), CV_8UC3);
  for (int y = 0; y < picture.height(); ++y) {
    std::copy(picture.row(y), picture.row(y) + picture.width(), mat.ptr<Rgb8>(y));
  }
  return mat;
}

cv::Mat plain(const cv::Scalar& color) { return {1, 1, CV_8UC3, color}; }

Patch make_patch(MeshPart& part, const std::vector<Image<Rgb8>>& textures,
                 const Rgb8& unknown_color, const std::string& source, int max_side_px) {
  Patch patch;
  patch.part = &part;
  if (!part.texture) {
    const Rgb8 color = part.color.value_or(unknown_color);
    patch.picture = plain(cv::Scalar(color.r, color.g, color.b));
    return patch;
  }
  const cv::Mat texture = as_mat(tinted(textures[*part.texture], part.color));
  const std::optional<Tiles> tiles = tiles_of(part);
  if (!tiles) {
    log_warning("{}: a texture that repeats over {} times became its mean colour", source,
                kMaxTiles);
    patch.picture = plain(cv::mean(texture));
    return patch;
  }
  patch.tiles = *tiles;
  // Shrunk before it is repeated, so that the patch stays within the atlas.
  const int side = std::max(tiles->across * texture.cols, tiles->down * texture.rows);
  const double scale = std::min(1.0, static_cast<double>(max_side_px) / side);
  cv::Mat tile = texture;
  if (scale < 1.0) {
    cv::resize(texture, tile,
               cv::Size(std::max(1, static_cast<int>(scale * texture.cols)),
                        std::max(1, static_cast<int>(scale * texture.rows))),
               0, 0, cv::INTER_AREA);
  }
  patch.picture = cv::repeat(tile, tiles->down, tiles->across);
  return patch;
}

/// Places the patches in rows (shelves) from the tallest to the lowest; the atlas's size.
cv::Size place(std::vector<Patch>& patches) {
  double area = 0;
  int width = 0;
  for (const Patch& patch : patches) {
    area +=
        static_cast<double>(patch.picture.cols + 2 * kBorder) * (patch.picture.rows + 2 * kBorder);
    width = std::max(width, patch.picture.cols + 2 * kBorder);
  }
  width = std::max(width, static_cast<int>(std::ceil(std::sqrt(area))));
  std::vector<std::size_t> order(patches.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return patches[a].picture.rows > patches[b].picture.rows;
  });
  int x = 0;
  int y = 0;
  int shelf = 0;
  for (const std::size_t i : order) {
    Patch& patch = patches[i];
    const int patch_width = patch.picture.cols + 2 * kBorder;
    if (x + patch_width > width) {
      x = 0;
      y += shelf;
      shelf = 0;
    }
    patch.x = x + kBorder;
    patch.y = y + kBorder;
    x += patch_width;
    shelf = std::max(shelf, patch.picture.rows + 2 * kBorder);
  }
  return {width, y + shelf};
}

/// Shrinks the patches until the atlas fits.
cv::Size place_within(std::vector<Patch>& patches, int max_side_px) {
  for (;;) {
    const cv::Size size = place(patches);
    const int side = std::max(size.width, size.height);
    const bool any_left = std::any_of(patches.begin(), patches.end(), [](const Patch& patch) {
      return patch.picture.cols > 1 || patch.picture.rows > 1;
    });
    if (side <= max_side_px || !any_left) return size;
    const double scale = std::min(0.95, static_cast<double>(max_side_px) / side);
    for (Patch& patch : patches) {
      const cv::Size smaller(std::max(1, static_cast<int>(scale * patch.picture.cols)),
                             std::max(1, static_cast<int>(scale * patch.picture.rows)));
      cv::Mat shrunk;
      cv::resize(patch.picture, shrunk, smaller, 0, 0, cv::INTER_AREA);
      patch.picture = shrunk;
    }
  }
}

void set_uvs(const Patch& patch, const cv::Size& atlas) {
  std::vector<Eigen::Vector2f>& uvs = patch.part->mesh.uvs;
  const Eigen::Vector2f size(static_cast<float>(atlas.width), static_cast<float>(atlas.height));
  const Eigen::Vector2f corner(static_cast<float>(patch.x), static_cast<float>(patch.y));
  const Eigen::Vector2f extent(static_cast<float>(patch.picture.cols),
                               static_cast<float>(patch.picture.rows));
  const bool is_plain = patch.picture.cols == 1 && patch.picture.rows == 1;
  if (is_plain) {
    const Eigen::Vector2f middle = (corner + 0.5F * extent).cwiseQuotient(size);
    uvs.assign(patch.part->mesh.vertices_m.size(), middle);
    return;
  }
  const Eigen::Vector2f first(static_cast<float>(patch.tiles.u0),
                              static_cast<float>(patch.tiles.v0));
  const Eigen::Vector2f count(static_cast<float>(patch.tiles.across),
                              static_cast<float>(patch.tiles.down));
  for (Eigen::Vector2f& uv : uvs) {
    if (!uv.allFinite()) uv = first;
    const Eigen::Vector2f share = (uv - first).cwiseQuotient(count).cwiseMax(0.0F).cwiseMin(1.0F);
    uv = (corner + share.cwiseProduct(extent)).cwiseQuotient(size);
  }
}

}  // namespace

Rgb8 tinted(const Rgb8& color, const std::optional<Rgb8>& tint) {
  if (!tint) return color;
  const auto times = [](unsigned a, unsigned b) {
    return static_cast<std::uint8_t>((a * b + 127U) / 255U);
  };
  return {times(color.r, tint->r), times(color.g, tint->g), times(color.b, tint->b)};
}

Image<Rgb8> tinted(Image<Rgb8> picture, const std::optional<Rgb8>& tint) {
  if (!tint || tint == Rgb8{255, 255, 255}) return picture;
  for (std::size_t i = 0; i < picture.size(); ++i) {
    picture.data()[i] = tinted(picture.data()[i], tint);
  }
  return picture;
}

Image<Rgb8> put_into_atlas(MeshParts& parts, const Rgb8& unknown_color, const std::string& source,
                           int max_side_px) {
  std::vector<Patch> patches;
  patches.reserve(parts.parts.size());
  for (MeshPart& part : parts.parts) {
    patches.push_back(make_patch(part, parts.textures, unknown_color, source, max_side_px));
  }
  const cv::Size size = place_within(patches, max_side_px);
  Image<Rgb8> atlas(size.width, size.height);
  for (const Patch& patch : patches) {
    set_uvs(patch, size);
    const cv::Mat& from = patch.picture;
    for (int y = -kBorder; y < from.rows + kBorder; ++y) {
      const Rgb8* const row = from.ptr<Rgb8>(std::clamp(y, 0, from.rows - 1));
      for (int x = -kBorder; x < from.cols + kBorder; ++x) {
        atlas(patch.x + x, patch.y + y) = row[std::clamp(x, 0, from.cols - 1)];
      }
    }
  }
  log_info("{}: {} parts share a texture of {} x {} pixels", source, parts.parts.size(), size.width,
           size.height);
  return atlas;
}

}  // namespace sam6d

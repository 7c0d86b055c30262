#include "io/mesh_atlas.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "base/logging.hpp"
#include "mesh/surface_color.hpp"

namespace sam6d {
namespace {

constexpr int kBorder = 2;     // px about a patch, so that its neighbours do not shine through
constexpr int kMaxTiles = 16;  // a side; textures that repeat more often are their mean colour

/// The part of a texture's plane that mesh parts use, in whole repetitions.
struct Tiles {
  Eigen::Vector2i first = Eigen::Vector2i::Zero();
  Eigen::Vector2i count = Eigen::Vector2i::Ones();
};

/// A rectangle of the atlas and the mesh parts that it colours.
struct Patch {
  std::optional<std::size_t> texture;
  std::optional<Rgb8> color;
  std::vector<MeshPart*> parts;
  Tiles tiles;
  cv::Mat picture;  ///< RGB; one pixel for a plain colour
  int x = 0;
  int y = 0;
};

/// One patch for all parts of the same texture and colour.
std::vector<Patch> patches_of(std::vector<MeshPart>& parts) {
  std::vector<Patch> patches;
  for (MeshPart& part : parts) {
    const auto same = [&](const Patch& patch) {
      return patch.texture == part.texture && patch.color == part.color;
    };
    auto patch = std::find_if(patches.begin(), patches.end(), same);
    if (patch == patches.end()) {
      patch = patches.insert(patches.end(), Patch{part.texture, part.color, {}, {}, {}, 0, 0});
    }
    patch->parts.push_back(&part);
  }
  return patches;
}

/// Nothing for a texture that repeats too often.
std::optional<Tiles> tiles_of(const std::vector<MeshPart*>& parts) {
  constexpr float kSlack = 1e-3F;  // coordinates just outside of 0..1 do not ask for another tile
  constexpr float kFarthest = 1e6F;
  Eigen::Vector2f low = Eigen::Vector2f::Constant(std::numeric_limits<float>::max());
  Eigen::Vector2f high = -low;
  for (const MeshPart* const part : parts) {
    for (const Eigen::Vector2f& uv : part->mesh.uvs) {
      if (!uv.allFinite()) continue;
      low = low.cwiseMin(uv);
      high = high.cwiseMax(uv);
    }
  }
  if (!(low.array() <= high.array()).all()) return Tiles{};
  const Eigen::Vector2f first = (low.array() + kSlack).floor();
  const Eigen::Vector2f count = ((high.array() - kSlack).ceil() - first.array()).max(1.0F);
  if (count.maxCoeff() > static_cast<float>(kMaxTiles) || first.cwiseAbs().maxCoeff() > kFarthest) {
    return std::nullopt;
  }
  return Tiles{first.cast<int>(), count.cast<int>()};
}

cv::Mat as_mat(const Image<Rgb8>& picture) {
  cv::Mat mat(picture.height(), picture.width(), CV_8UC3);
  for (int y = 0; y < picture.height(); ++y) {
    std::copy(picture.row(y), picture.row(y) + picture.width(), mat.ptr<Rgb8>(y));
  }
  return mat;
}

cv::Mat plain(const cv::Scalar& color) { return {1, 1, CV_8UC3, color}; }

cv::Mat shrunk(const cv::Mat& picture, double scale) {
  if (scale >= 1.0) return picture;
  cv::Mat result;
  cv::resize(picture, result,
             cv::Size(std::max(1, static_cast<int>(scale * picture.cols)),
                      std::max(1, static_cast<int>(scale * picture.rows))),
             0, 0, cv::INTER_AREA);
  return result;
}

/// Draws the patches, shrunk so that all of them together have about the pixels of the atlas.
void draw(std::vector<Patch>& patches, const std::vector<Image<Rgb8>>& textures,
          const Rgb8& unknown_color, const std::string& source, int max_side_px) {
  double area = 0;
  std::vector<std::optional<Tiles>> tiles;
  for (const Patch& patch : patches) {
    tiles.push_back(patch.texture ? tiles_of(patch.parts) : std::nullopt);
    if (tiles.back()) {
      area += static_cast<double>(textures[*patch.texture].size()) * tiles.back()->count.prod();
    }
  }
  const double scale = std::min(1.0, max_side_px / std::sqrt(std::max(1.0, area)));
  for (std::size_t i = 0; i < patches.size(); ++i) {
    Patch& patch = patches[i];
    if (!patch.texture) {
      const Rgb8 color = patch.color.value_or(unknown_color);
      patch.picture = plain(cv::Scalar(color.r, color.g, color.b));
      continue;
    }
    const cv::Mat texture = as_mat(tinted(textures[*patch.texture], patch.color));
    if (tiles[i]) {
      patch.tiles = *tiles[i];
      // Shrunk before it is repeated, so that this never takes more memory than the atlas.
      patch.picture =
          cv::repeat(shrunk(texture, scale), patch.tiles.count.y(), patch.tiles.count.x());
    } else {
      log_warning("{}: a texture that repeats over {} times became its mean colour", source,
                  kMaxTiles);
      patch.picture = plain(cv::mean(texture));
    }
  }
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
    for (Patch& patch : patches) patch.picture = shrunk(patch.picture, scale);
  }
}

void set_uvs(const Patch& patch, const cv::Size& atlas) {
  const auto vector = [](int x, int y) {
    return Eigen::Vector2f(static_cast<float>(x), static_cast<float>(y));
  };
  const Eigen::Vector2f size = vector(atlas.width, atlas.height);
  const Eigen::Vector2f corner = vector(patch.x, patch.y);
  const Eigen::Vector2f extent = vector(patch.picture.cols, patch.picture.rows);
  const Eigen::Vector2f first = patch.tiles.first.cast<float>();
  const Eigen::Vector2f count = patch.tiles.count.cast<float>();
  const bool is_plain = patch.picture.cols == 1 && patch.picture.rows == 1;
  for (MeshPart* const part : patch.parts) {
    std::vector<Eigen::Vector2f>& uvs = part->mesh.uvs;
    if (is_plain) {
      uvs.assign(part->mesh.vertices_m.size(), (corner + 0.5F * extent).cwiseQuotient(size));
      continue;
    }
    for (Eigen::Vector2f& uv : uvs) {
      if (!uv.allFinite()) uv = first;
      const Eigen::Vector2f share = (uv - first).cwiseQuotient(count).cwiseMax(0.0F).cwiseMin(1.0F);
      uv = (corner + share.cwiseProduct(extent)).cwiseQuotient(size);
    }
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
  std::vector<Patch> patches = patches_of(parts.parts);
  draw(patches, parts.textures, unknown_color, source, max_side_px);
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

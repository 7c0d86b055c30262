#include "io/mesh_scene.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <assimp/material.h>
#include <assimp/mesh.h>
#include <assimp/scene.h>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "io/mesh_textures.hpp"
#include "io/text_lines.hpp"

namespace sam6d {
namespace {

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::lround(255.0 * std::clamp(value, 0.0, 1.0)));
}

/// The transfer function of sRGB (IEC 61966-2-1).
double encoded(double linear) {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1.0 / 2.4) - 0.055;
}

/// Puts what Assimp read into parts.
class PartsReader {
 public:
  PartsReader(const aiScene& scene, MeshFormat format, const MeshFolder& folder,
              const std::string& source, const MeshLoadOptions& options)
      : scene_(scene), format_(format), folder_(folder), source_(source), options_(options) {}

  MeshParts read() {
    struct Visit {
      const aiNode* node;
      Eigen::Matrix4d scene_from_node;
    };
    std::vector<Visit> open{{scene_.mRootNode, Eigen::Matrix4d::Identity()}};
    while (!open.empty()) {
      const Visit visit = open.back();
      open.pop_back();
      const Eigen::Matrix4d scene_from_node =
          visit.scene_from_node * matrix(visit.node->mTransformation);
      for (unsigned i = 0; i < visit.node->mNumMeshes; ++i) {
        add_part(*scene_.mMeshes[visit.node->mMeshes[i]], scene_from_node);
      }
      for (unsigned i = visit.node->mNumChildren; i > 0; --i) {
        open.push_back({visit.node->mChildren[i - 1], scene_from_node});
      }
    }
    if (lines_ > 0) log_info("{}: passed over {} points and lines", source_, lines_);
    return std::move(result_);
  }

 private:
  static constexpr std::size_t kMaxTexturePixels = std::size_t{1} << 27U;

  static Eigen::Matrix4d matrix(const aiMatrix4x4& m) {
    Eigen::Matrix4d result;
    result << m.a1, m.a2, m.a3, m.a4, m.b1, m.b2, m.b3, m.b4, m.c1, m.c2, m.c3, m.c4, m.d1, m.d2,
        m.d3, m.d4;
    return result;
  }

  [[nodiscard]] bool is_gltf() const {
    return format_ == MeshFormat::kGltf || format_ == MeshFormat::kGlb;
  }

  /// glTF's numbers are proportional to light, the others' are meant for the screen.
  [[nodiscard]] Rgb8 color(const aiColor4D& c) const {
    const auto channel = [&](float value) {
      const double clamped = std::clamp(static_cast<double>(value), 0.0, 1.0);
      return to_byte(is_gltf() ? encoded(clamped) : clamped);
    };
    return {channel(c.r), channel(c.g), channel(c.b)};
  }

  void add_part(const aiMesh& from, const Eigen::Matrix4d& scene_from_node) {
    total_vertices_ += from.mNumVertices;
    total_faces_ += from.mNumFaces;
    check_mesh_counts(total_vertices_, total_faces_, source_, options_.limits);
    MeshPart part;
    copy_geometry(from, scene_from_node, part.mesh);
    if (part.mesh.faces.empty()) return;
    if (const aiColor4D* const colors = from.mColors[0]) {
      part.mesh.vertex_colors.reserve(from.mNumVertices);
      for (unsigned i = 0; i < from.mNumVertices; ++i) {
        part.mesh.vertex_colors.push_back(color(colors[i]));
      }
    }
    if (from.mMaterialIndex < scene_.mNumMaterials) {
      apply_material(*scene_.mMaterials[from.mMaterialIndex], from, part);
    }
    result_.parts.push_back(std::move(part));
  }

  void copy_geometry(const aiMesh& from, const Eigen::Matrix4d& scene_from_node,
                     TriangleMesh& mesh) {
    const bool identity = scene_from_node.isIdentity(0.0);
    mesh.vertices_m.reserve(from.mNumVertices);
    for (unsigned i = 0; i < from.mNumVertices; ++i) {
      const aiVector3D& v = from.mVertices[i];
      const Eigen::Vector3f point(v.x, v.y, v.z);
      mesh.vertices_m.push_back(
          identity
              ? point
              : (scene_from_node * point.cast<double>().homogeneous()).head<3>().cast<float>());
    }
    // A mirror image has its faces inside out.
    const bool mirrored = scene_from_node.topLeftCorner<3, 3>().determinant() < 0;
    mesh.faces.reserve(from.mNumFaces);
    for (unsigned i = 0; i < from.mNumFaces; ++i) {
      const aiFace& face = from.mFaces[i];
      if (face.mNumIndices != 3) {
        ++lines_;
        continue;
      }
      // Indices beyond the range of int turn negative here; repaired() drops such faces.
      Eigen::Vector3i indices(static_cast<int>(face.mIndices[0]),
                              static_cast<int>(face.mIndices[1]),
                              static_cast<int>(face.mIndices[2]));
      if (mirrored) std::swap(indices[1], indices[2]);
      mesh.faces.push_back(indices);
    }
  }

  void apply_material(const aiMaterial& material, const aiMesh& from, MeshPart& part) {
    const std::optional<Rgb8> diffuse = diffuse_color(material);
    aiString path;
    unsigned channel = 0;
    const bool has_path =
        material.GetTexture(aiTextureType_DIFFUSE, 0, &path, nullptr, &channel) == AI_SUCCESS ||
        material.GetTexture(aiTextureType_BASE_COLOR, 0, &path, nullptr, &channel) == AI_SUCCESS;
    if (has_path && options_.load_textures) {
      if (channel >= AI_MAX_NUMBER_OF_TEXTURECOORDS) channel = 0;
      const aiVector3D* const uvs = from.mTextureCoords[channel];
      if (uvs != nullptr) part.texture = texture(path.C_Str());
      if (uvs == nullptr) {
        warn_once(
            fmt::format("{}: the texture {} is not used, since there are no texture "
                        "coordinates",
                        source_, excerpt(path.C_Str())));
      }
      if (part.texture) {
        part.mesh.uvs.reserve(from.mNumVertices);
        for (unsigned i = 0; i < from.mNumVertices; ++i) {
          part.mesh.uvs.emplace_back(uvs[i].x, uvs[i].y);
        }
        part.mesh.vertex_colors.clear();
        if (is_gltf()) part.color = diffuse;
        return;
      }
    }
    if (part.mesh.vertex_colors.empty()) part.color = diffuse;
  }

  [[nodiscard]] std::optional<Rgb8> diffuse_color(const aiMaterial& material) const {
    // PLY and STL have no materials; what Assimp then gives is a grey of its own.
    if (!is_gltf() && format_ != MeshFormat::kObj) return std::nullopt;
    aiColor4D diffuse;
    if (material.Get(AI_MATKEY_COLOR_DIFFUSE, diffuse) != AI_SUCCESS) return std::nullopt;
    aiString name;
    const bool named = material.Get(AI_MATKEY_NAME, name) == AI_SUCCESS && name.length > 0 &&
                       std::string_view(name.C_Str()) != AI_DEFAULT_MATERIAL_NAME;
    const Rgb8 found = color(diffuse);
    // Nameless white is what stands for no material in glTF.
    if (!named && (!is_gltf() || found == Rgb8{255, 255, 255})) return std::nullopt;
    return found;
  }

  /// Index of a texture; nothing, and one warning, where it cannot be had.
  std::optional<std::size_t> texture(const std::string& name) {
    const auto known = texture_index_.find(name);
    if (known != texture_index_.end()) return known->second;
    std::optional<std::size_t> index;
    try {
      Image<Rgb8> loaded = load_texture(name);
      texture_pixels_ += loaded.size();
      if (texture_pixels_ > kMaxTexturePixels) {
        fail(ErrorCode::kBadFile, "{}: expected textures of at most {} pixels together",
             excerpt(name), kMaxTexturePixels);
      }
      result_.textures.push_back(std::move(loaded));
      index = result_.textures.size() - 1;
    } catch (const Error& error) {
      log_warning("{}: texture left out: {}", source_, error.what());
    }
    texture_index_.emplace(name, index);
    return index;
  }

  Image<Rgb8> load_texture(const std::string& name) {
    const std::string shown = excerpt(name);
    const aiTexture* const embedded = scene_.GetEmbeddedTexture(name.c_str());
    if (embedded == nullptr) {
      return decode_texture(folder_.read(name), shown, options_.max_texture_side_px);
    }
    // A height of 0 means a compressed picture of mWidth bytes.
    if (embedded->mHeight != 0) {
      fail(ErrorCode::kBadFile, "{}: expected a compressed picture, found pixels", shown);
    }
    return decode_texture(
        std::as_bytes(std::span(reinterpret_cast<const char*>(embedded->pcData), embedded->mWidth)),
        "embedded texture " + shown, options_.max_texture_side_px);
  }

  void warn_once(const std::string& text) {
    if (std::find(warned_.begin(), warned_.end(), text) != warned_.end()) return;
    log_warning("{}", text);
    warned_.push_back(text);
  }

  const aiScene& scene_;
  MeshFormat format_;
  const MeshFolder& folder_;
  const std::string& source_;
  const MeshLoadOptions& options_;
  MeshParts result_;
  std::map<std::string, std::optional<std::size_t>> texture_index_;
  std::vector<std::string> warned_;
  std::size_t total_vertices_ = 0;
  std::size_t total_faces_ = 0;
  std::size_t texture_pixels_ = 0;
  std::size_t lines_ = 0;
};

}  // namespace

MeshParts parts_of(const aiScene& scene, MeshFormat format, const MeshFolder& folder,
                   const std::string& source, const MeshLoadOptions& options) {
  return PartsReader(scene, format, folder, source, options).read();
}

}  // namespace sam6d

#include "io/mesh_parts.hpp"

#include <exception>
#include <new>
#include <utility>

#include <assimp/BaseImporter.h>
#include <assimp/importerdesc.h>
#include <assimp/postprocess.h>
#include <assimp/scene.h>
#include <assimp/Importer.hpp>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "io/mesh_scene.hpp"
#include "io/obj_file.hpp"
#include "io/ply_header.hpp"
#include "io/text_lines.hpp"

namespace sam6d {
namespace {

/// Leaves Assimp the importers of one format, or it would try the others on a file that the right
/// one refuses.
void keep_importers(Assimp::Importer& importer, std::string_view ending) {
  for (std::size_t i = importer.GetImporterCount(); i > 0; --i) {
    Assimp::BaseImporter* const reader = importer.GetImporter(i - 1);
    LineWords endings(reader->GetInfo()->mFileExtensions);
    bool keep = false;
    for (std::string_view word = endings.next(); !word.empty(); word = endings.next()) {
      keep |= word == ending;
    }
    if (keep) continue;
    importer.UnregisterLoader(reader);
    delete reader;
  }
}

constexpr std::string_view kMaterialFile = "mesh.mtl";

/// The materials of an OBJ file; what is missing is told of.
std::vector<ObjMaterial> load_materials(const ObjFile& obj, const MeshFolder& folder,
                                        const std::string& source) {
  std::vector<ObjMaterial> materials;
  for (const std::string& name : obj.libraries) {
    try {
      const std::vector<std::byte> file = folder.read(name);
      for (ObjMaterial& material :
           read_mtl({reinterpret_cast<const char*>(file.data()), file.size()})) {
        materials.push_back(std::move(material));
      }
    } catch (const Error& error) {
      log_warning("{}: material file left out: {}", source, error.what());
    }
  }
  return materials;
}

const aiScene& assimp_scene(Assimp::Importer& importer, const std::string& name, MeshFormat format,
                            const std::string& source) {
  constexpr unsigned kSteps = aiProcess_ValidateDataStructure | aiProcess_Triangulate |
                              aiProcess_TransformUVCoords | aiProcess_FlipUVs;
  const aiScene* scene = nullptr;
  std::string reason;
  try {
    scene = importer.ReadFile(name, kSteps);
    reason = importer.GetErrorString();
  } catch (const std::bad_alloc&) {
    fail(ErrorCode::kOutOfMemory, "{}: not enough memory to read the mesh", source);
  } catch (const std::exception& error) {
    reason = error.what();
  }
  if (scene == nullptr || scene->mRootNode == nullptr) {
    fail(ErrorCode::kBadFile, "{}: expected a mesh of the format {}, which this is not: {}", source,
         file_ending(format), excerpt(reason));
  }
  return *scene;
}

}  // namespace

MeshParts read_mesh_parts(std::span<const std::byte> file, MeshFormat format,
                          const MeshFolder& folder, const std::string& source,
                          const MeshLoadOptions& options) {
  const std::string name = fmt::format("mesh.{}", file_ending(format));
  Assimp::Importer importer;
  keep_importers(importer, file_ending(format));
  auto* const files = new MeshFileSystem(folder);
  importer.SetIOHandler(files);  // takes it over
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  PlainObj plain;
  std::string ply;
  if (format == MeshFormat::kPly) {
    ply = plain_ply(text, read_ply_header(text, source));
    files->add(name, std::as_bytes(std::span(ply)));
  } else if (format == MeshFormat::kObj) {
    const ObjFile obj = read_obj(text, source, options.limits);
    plain = plain_obj(obj, load_materials(obj, folder, source), kMaterialFile);
    files->add(name, std::as_bytes(std::span(plain.obj)));
    files->add(std::string(kMaterialFile), std::as_bytes(std::span(plain.mtl)));
  } else {
    files->add(name, file);
  }
  const aiScene& scene = assimp_scene(importer, name, format, source);
  return parts_of(scene, format, folder, source, options);
}

}  // namespace sam6d

// Covers: src/io/obj_file.cpp src/io/mesh_parts.cpp src/io/mesh_folder.cpp
// Covers: src/io/mesh_merge.cpp src/io/mesh_atlas.cpp src/mesh/weld.cpp
//
// What stands behind a line "#MTL" is a material file beside the mesh, and so are two small
// textures (t.png, u.png).
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "mesh_fuzz.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/image_io.hpp"

namespace {

/// A folder of its own for the process, in memory where the system has such.
class FuzzFolder {
 public:
  FuzzFolder() {
    const std::filesystem::path shm = "/dev/shm";
    const auto parent = std::filesystem::exists(shm) ? shm : std::filesystem::temp_directory_path();
    std::string name = (parent / "sam6d_fuzz_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
    sam6d::Image<sam6d::Rgb8> picture(6, 4, {200, 100, 50});
    sam6d::save_png(path_ / "t.png", picture.view());
    picture(1, 1) = {0, 0, 255};
    sam6d::save_png(path_ / "u.png", picture.view());
  }
  ~FuzzFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sam6d;
  static const FuzzFolder folder;
  constexpr std::string_view kMaterials = "\n#MTL\n";
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t split = text.find(kMaterials);
  const auto materials = folder.path() / "fuzz.mtl";
  if (split != std::string_view::npos) {
    write_text_file(materials, text.substr(split + kMaterials.size()));
  } else {
    std::error_code ignored;
    std::filesystem::remove(materials, ignored);
  }
  write_text_file(folder.path() / "fuzz.obj", text.substr(0, split));
  check_fuzzed_mesh([&] {
    return load_mesh(folder.path() / "fuzz.obj", LengthUnit::kMetre, fuzzed_mesh_options());
  });
  return 0;
}

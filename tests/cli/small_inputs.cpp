#include "small_inputs.hpp"

#include <cstdint>

#include "sam6d/camera_io.hpp"
#include "sam6d/image_io.hpp"

namespace sam6d::test {
namespace {

constexpr int kWidth = 64;
constexpr int kHeight = 48;
constexpr float kDistance_m = 0.6F;

constexpr const char* kCube_mm = R"(ply
format ascii 1.0
element vertex 8
property float x
property float y
property float z
element face 12
property list uchar int vertex_indices
end_header
-30 -30 -30
30 -30 -30
30 30 -30
-30 30 -30
-30 -30 30
30 -30 30
30 30 30
-30 30 30
3 0 2 1
3 0 3 2
3 4 5 6
3 4 6 7
3 0 1 5
3 0 5 4
3 2 3 7
3 2 7 6
3 1 2 6
3 1 6 5
3 0 4 7
3 0 7 3
)";

}  // namespace

SmallInputs::SmallInputs() {
  Image<Rgb8> rgb(kWidth, kHeight);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      rgb(x, y) = {static_cast<std::uint8_t>(100 + x), static_cast<std::uint8_t>(90 + y), 120};
    }
  }
  save_png(file("rgb.png"), rgb.view());
  save_depth(file("depth.png"), Image<float>(kWidth, kHeight, kDistance_m).view(), 1.0);
  CameraFile camera;
  camera.intrinsics = {60, 60, 31.5, 23.5, 0, 0};
  save_camera(file("camera.json"), camera);
  make_file(file("cube.ply"), kCube_mm);
}

std::vector<std::string> SmallInputs::command(const std::string& name,
                                              const Variables& changed) const {
  Variables options = {{"--rgb", file("rgb.png")},
                       {"--depth", file("depth.png")},
                       {"--camera", file("camera.json")},
                       {"--object", "7=" + file("cube.ply") + ":mm"},
                       {"--out", out()}};
  for (const auto& [option, value] : changed) {
    bool known = false;
    for (auto& [known_option, known_value] : options) {
      if (known_option != option) continue;
      known_value = value;
      known = true;
    }
    if (!known) options.emplace_back(option, value);
  }
  std::vector<std::string> words = {name};
  for (const auto& [option, value] : options) words.insert(words.end(), {option, value});
  return words;
}

}  // namespace sam6d::test

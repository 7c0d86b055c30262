/// The smallest whole program: CAD model and picture in, poses out.
///   embed_minimal rgb.png depth.png camera.json model_mm.ply

#include <exception>
#include <iostream>
#include <vector>

#include <sam6d/io.hpp>
#include <sam6d/sam6d.hpp>

int main(int argc, char** argv) try {
  if (argc != 5) {
    std::cerr << "usage: embed_minimal rgb.png depth.png camera.json model_mm.ply\n";
    return 2;
  }
  const auto picture = sam6d::load_frame(argv[1], argv[2], argv[3]);
  const auto mesh = sam6d::load_mesh(argv[4], sam6d::LengthUnit::kMillimetre);
  const std::vector objects = {sam6d::ObjectModel::onboard(1, mesh)};

  const sam6d::Pipeline pipeline;
  for (const auto& result : pipeline.run(picture.view(), objects).poses) {
    if (!result.pose) continue;
    std::cout << "score " << result.pose->score << ", camera from object:\n"
              << result.pose->cam_from_obj.matrix() << "\n";
  }
} catch (const std::exception& error) {
  std::cerr << "error: " << error.what() << "\n";
  return 1;
}

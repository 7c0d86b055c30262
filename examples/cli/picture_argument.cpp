#include "picture_argument.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "errors.hpp"

namespace sam6d::cli {

void add_picture_options(CLI::App& command, PictureArgument& picture) {
  command.add_option("--rgb", picture.rgb, "Colour picture, 8 bits a channel")->required();
  command.add_option("--depth", picture.depth, "Depth picture of the same size, registered to it")
      ->required();
  command.add_option("--camera", picture.camera, "JSON with cam_K and depth_scale")->required();
}

FrameData load_picture(const PictureArgument& picture, const std::optional<Roi>& roi) {
  FrameData data = load_frame(picture.rgb, picture.depth, picture.camera);
  if (roi && intersect(*roi, {0, 0, data.rgb.width(), data.rgb.height()}).empty()) {
    fail(ErrorCode::kInvalidArgument,
         "--roi: expected a region inside the picture of {} x {} pixels, found {},{},{},{}",
         data.rgb.width(), data.rgb.height(), roi->x0, roi->y0, roi->width(), roi->height());
  }
  return data;
}

}  // namespace sam6d::cli

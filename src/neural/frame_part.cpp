#include "neural/frame_part.hpp"

#include <utility>

namespace sam6d {
namespace {

Box region_px(const Frame& frame) {
  const Box all{0, 0, frame.camera.width, frame.camera.height};
  return frame.roi ? intersect(all, *frame.roi) : all;
}

template <class T>
ImageView<T> part(const ImageView<T>& view, const Box& box) {
  return {&view.at(box.x0, box.y0), box.width(), box.height(), view.row_stride_bytes};
}

Box moved(const Box& box, int x, int y) { return {box.x0 + x, box.y0 + y, box.x1 + x, box.y1 + y}; }

Mask moved(const Mask& mask, int x, int y) {
  if (mask.empty()) return {};
  Mask result(moved(mask.box(), x, y));
  const Box& box = result.box();
  for (int row = box.y0; row < box.y1; ++row) {
    for (int column = box.x0; column < box.x1; ++column) {
      if (mask.at(column - x, row - y)) result.set(column, row);
    }
  }
  return result;
}

}  // namespace

Frame region_of_interest(const Frame& frame) {
  const Box box = region_px(frame);
  Frame result{part(frame.rgb, box), part(frame.depth_m, box), frame.camera, {}};
  result.camera.cx -= box.x0;
  result.camera.cy -= box.y0;
  result.camera.width = box.width();
  result.camera.height = box.height();
  return result;
}

void move_to_frame(const Frame& frame, std::vector<Detection>& detections) {
  const Box box = region_px(frame);
  if (box.x0 == 0 && box.y0 == 0) return;
  for (Detection& detection : detections) {
    detection.mask = moved(detection.mask, box.x0, box.y0);
    detection.box_px = moved(detection.box_px, box.x0, box.y0);
  }
}

}  // namespace sam6d

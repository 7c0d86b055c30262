#include <array>
#include <string>
#include <vector>

#include "viz/contours.hpp"
#include "viz/coverage.hpp"
#include "viz/detections.hpp"
#include "viz/frame_lines.hpp"
#include "viz/label.hpp"
#include "viz/palette.hpp"
#include "viz/posed_objects.hpp"
#include "viz/style.hpp"

namespace sam6d {
namespace {

constexpr std::array<Rgb8, 3> kAxisColors{{{228, 42, 40}, {38, 172, 60}, {48, 96, 235}}};
constexpr double kAxisLengthShare = 0.35;  // of the diameter

Box picture_box(const Image<Rgb8>& picture) { return {0, 0, picture.width(), picture.height()}; }

void draw_lines(Image<Rgb8>& picture, const std::vector<Segment>& lines, Rgb8 color,
                const Style& style, double opacity) {
  const Box limits = picture_box(picture);
  paint(picture, cover_segments(lines, style.line_px + style.halo_px, limits), kBlack,
        0.3 * opacity);
  paint(picture, cover_segments(lines, style.line_px, limits), color, opacity);
}

/// Returns the box on the picture that the lines cover.
Box draw_box(Image<Rgb8>& picture, const PosedObject& posed, const CameraIntrinsics& camera,
             const Style& style) {
  const Rgb8 color = object_color(posed.object->id());
  const CuboidLines lines =
      cuboid_lines(bounds_of(posed.object->mesh()), camera, posed.cam_from_obj());
  Style thin = style;
  thin.line_px = std::max(1.0, 0.75 * style.line_px);
  draw_lines(picture, lines.back, color, thin, 0.35);
  draw_lines(picture, lines.front, color, thin, 0.9);
  return cover_segments(lines.front, thin.line_px, picture_box(picture)).box;
}

void draw_axes(Image<Rgb8>& picture, const PosedObject& posed, const CameraIntrinsics& camera,
               const Style& style) {
  const Box limits = picture_box(picture);
  const double length_m = kAxisLengthShare * posed.object->diameter_m();
  for (const AxisLine& axis : axis_lines(length_m, camera, posed.cam_from_obj())) {
    const std::vector<Segment> line{axis.line};
    paint(picture, cover_segments(line, 1.5 * style.line_px + 2 * style.halo_px, limits), kWhite,
          0.8);
    paint(picture, cover_segments(line, 1.5 * style.line_px, limits),
          kAxisColors[static_cast<std::size_t>(axis.axis)]);
  }
}

void draw_contour(Image<Rgb8>& picture, const InstanceLines& lines, int factor, Rgb8 color) {
  paint(picture, shrunk(lines.rim, factor), kBlack, 0.5);
  paint(picture, shrunk(lines.creases, factor), color, 0.75);
  paint(picture, shrunk(lines.outline, factor), color);
}

Box shrunk_box(const Box& box, int factor) {
  return {box.x0 / factor, box.y0 / factor, (box.x1 + factor - 1) / factor,
          (box.y1 + factor - 1) / factor};
}

/// The photo, darker and with little colour, so that what is drawn on it stands out.
Image<Rgb8> dimmed(const ImageView<Rgb8>& rgb) {
  Image<Rgb8> picture(rgb);
  for (int y = 0; y < picture.height(); ++y) {
    Rgb8* const row = picture.row(y);
    for (int x = 0; x < picture.width(); ++x) {
      const double luma = 0.299 * row[x].r + 0.587 * row[x].g + 0.114 * row[x].b;
      const auto grey = static_cast<std::uint8_t>(luma);
      row[x] = mixed(mixed(row[x], {grey, grey, grey}, 0.75), kBlack, 0.5);
    }
  }
  return picture;
}

/// Averages the rendering's colours over `factor` x `factor` pixels onto the picture.
void paste(Image<Rgb8>& picture, const Rendering& rendering, int factor) {
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      int hits = 0;
      std::array<int, 3> sum{};
      for (int v = factor * y; v < factor * (y + 1); ++v) {
        for (int u = factor * x; u < factor * (x + 1); ++u) {
          if (rendering.instance(u, v) < 0) continue;
          const Rgb8 color = rendering.rgb(u, v);
          ++hits;
          sum[0] += color.r;
          sum[1] += color.g;
          sum[2] += color.b;
        }
      }
      if (hits == 0) continue;
      const auto mean = [&](int value) { return static_cast<std::uint8_t>(value / hits); };
      picture(x, y) = mixed(picture(x, y), {mean(sum[0]), mean(sum[1]), mean(sum[2])},
                            static_cast<double>(hits) / (factor * factor));
    }
  }
}

/// What both pictures are drawn from.
struct Drawing {
  std::vector<PosedObject> posed;
  int factor = 1;  ///< the rendering is so much larger than the photo
  Style style;
  Rendering rendering;
  std::vector<InstanceLines> lines;
};

Drawing prepare(const ImageView<Rgb8>& rgb, const CameraIntrinsics& camera,
                std::span<const ObjectModel> objects, std::span<const PoseResult> results,
                const OverlayOptions& options, bool color) {
  require_photo(rgb, camera);
  options.validate();
  Drawing drawing;
  drawing.posed = posed_objects(objects, results);
  drawing.style = style_for(rgb.width, rgb.height, options.line_width_px);
  if (drawing.posed.empty()) return drawing;
  drawing.factor = smoothing_factor(camera);
  RenderOptions what;
  what.color = color;
  what.normals = true;
  what.threads = options.threads;
  drawing.rendering = render_posed(drawing.posed, camera, drawing.factor, what);
  const Style& style = drawing.style;
  drawing.lines = instance_lines(drawing.rendering, static_cast<int>(drawing.posed.size()),
                                 drawing.factor * style.line_px,
                                 drawing.factor * (style.line_px + 2 * style.halo_px));
  return drawing;
}

Image<Rgb8> on_photo(const Drawing& drawing, const ImageView<Rgb8>& rgb,
                     const CameraIntrinsics& camera, std::span<const PoseResult> results,
                     const OverlayOptions& options) {
  Image<Rgb8> picture(rgb);
  const Style& style = drawing.style;
  for (const PoseResult& result : results) {
    if (!options.masks) break;
    // The contour takes the place of the mask's outline, which would hide what it is judged by.
    const bool has_contour = result.pose && options.contours;
    if (has_contour) tint_mask(picture, result.detection, 0.5F * options.tint);
    if (!has_contour) draw_mask(picture, result.detection, style, options.tint);
  }
  std::vector<Label> labels;
  for (std::size_t i = 0; i < drawing.posed.size(); ++i) {
    const PosedObject& posed = drawing.posed[i];
    const InstanceLines& lines = drawing.lines[i];
    const Rgb8 color = object_color(posed.object->id());
    Box extent = shrunk_box(lines.box, drawing.factor);
    if (options.boxes) extent = united(extent, draw_box(picture, posed, camera, style));
    if (options.contours) draw_contour(picture, lines, drawing.factor, color);
    if (!options.labels || lines.box.empty()) continue;
    labels.push_back({label_text(posed.object->name(), posed.object->id(),
                                 static_cast<double>(posed.result->pose->score)),
                      extent, color});
  }
  if (options.axes) {
    for (const PosedObject& posed : drawing.posed) draw_axes(picture, posed, camera, style);
  }
  draw_labels(picture, labels, style.text_px);
  return picture;
}

Image<Rgb8> models_only(const Drawing& drawing, const ImageView<Rgb8>& rgb) {
  Image<Rgb8> picture = dimmed(rgb);
  if (drawing.posed.empty()) return picture;
  paste(picture, drawing.rendering, drawing.factor);
  for (std::size_t i = 0; i < drawing.posed.size(); ++i) {
    if (drawing.lines[i].box.empty()) continue;
    paint(picture, shrunk(drawing.lines[i].outline, drawing.factor),
          object_color(drawing.posed[i].object->id()));
  }
  return picture;
}

}  // namespace

Image<Rgb8> draw_poses(const ImageView<Rgb8>& rgb, const CameraIntrinsics& camera,
                       std::span<const ObjectModel> objects, std::span<const PoseResult> results,
                       const OverlayOptions& options) {
  return on_photo(prepare(rgb, camera, objects, results, options, false), rgb, camera, results,
                  options);
}

Image<Rgb8> draw_render(const ImageView<Rgb8>& rgb, const CameraIntrinsics& camera,
                        std::span<const ObjectModel> objects, std::span<const PoseResult> results,
                        const OverlayOptions& options) {
  return models_only(prepare(rgb, camera, objects, results, options, true), rgb);
}

Image<Rgb8> draw_photo_and_render(const ImageView<Rgb8>& rgb, const CameraIntrinsics& camera,
                                  std::span<const ObjectModel> objects,
                                  std::span<const PoseResult> results,
                                  const OverlayOptions& options) {
  const Drawing drawing = prepare(rgb, camera, objects, results, options, true);
  const std::array<Image<Rgb8>, 2> pictures{on_photo(drawing, rgb, camera, results, options),
                                            models_only(drawing, rgb)};
  const std::array<std::string, 2> captions{"photo with poses", "CAD models at these poses"};
  return side_by_side(pictures, captions);
}

}  // namespace sam6d

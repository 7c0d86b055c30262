// Seconds for the template views of a mesh of 20,000 vertices: a bumpy, coloured ball.
// Usage: bench_render_templates [threads]

#include <cstdio>
#include <cstdlib>

#include "render/bumpy_ball.hpp"
#include "render/median_seconds.hpp"
#include "sam6d/renderer.hpp"
#include "sam6d/template_views.hpp"

int main(int argc, char** argv) {
  using sam6d::bench::median_seconds;
  using sam6d::bench::Seconds;
  const sam6d::TriangleMesh mesh = sam6d::bench::bumpy_ball(100);
  std::printf("mesh: %zu vertices, %zu faces\n", mesh.vertices_m.size(), mesh.faces.size());
  for (const int threads : {1, argc > 1 ? std::atoi(argv[1]) : 2}) {
    sam6d::TemplateOptions options;
    options.threads = threads;
    const Seconds time = median_seconds(3, [&] { (void)sam6d::render_templates(mesh, options); });
    std::printf("42 views of 512 x 512, %d threads: %.3f s (CPU %.3f s)\n", threads, time.wall,
                time.cpu);
  }

  const Seconds start = median_seconds(5, [&] { const sam6d::Renderer renderer({&mesh, 1}); });
  std::printf("making a Renderer: %.2f ms (CPU %.2f ms)\n", 1e3 * start.wall, 1e3 * start.cpu);

  const sam6d::Renderer renderer({&mesh, 1});
  const sam6d::CameraIntrinsics camera{600, 600, 320, 240, 640, 480};
  for (const double distance_m : {0.4, 1.0}) {
    sam6d::RenderInstance instance;
    instance.cam_from_obj.translation().z() = distance_m;
    for (const bool color : {false, true}) {
      sam6d::RenderOptions options;
      options.color = color;
      options.threads = 1;
      sam6d::Rendering picture;
      const Seconds time = median_seconds(21, [&] {
        picture = renderer.render(camera, {&instance, 1}, options);
      });
      const double hits =
          static_cast<double>(sam6d::Mask::from_image(picture.mask().view()).area());
      std::printf("640 x 480 at %.1f m, %s, 1 thread: %.2f ms (CPU %.2f ms), %.0f pixels hit\n",
                  distance_m, color ? "colour and depth" : "depth", 1e3 * time.wall, 1e3 * time.cpu,
                  hits);
    }
  }
  return 0;
}

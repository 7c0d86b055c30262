// Seconds for the template views of a mesh of 20,000 vertices: a bumpy, coloured ball.
// Usage: bench_render_templates [threads]

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <vector>

#include "base/stopwatch.hpp"
#include "sam6d/renderer.hpp"
#include "sam6d/template_views.hpp"

namespace {

sam6d::TriangleMesh bumpy_ball(int rings) {
  sam6d::TriangleMesh mesh;
  const int around = 2 * rings;
  for (int ring = 0; ring <= rings; ++ring) {
    for (int step = 0; step < around; ++step) {
      const double polar = std::numbers::pi * ring / rings;
      const double turn = 2 * std::numbers::pi * step / around;
      const double radius = 0.1 + 0.01 * std::sin(8 * polar) * std::cos(6 * turn);
      mesh.vertices_m.push_back(
          (radius * Eigen::Vector3d(std::sin(polar) * std::cos(turn),
                                    std::sin(polar) * std::sin(turn), 0.7 * std::cos(polar)))
              .cast<float>());
      mesh.vertex_colors.push_back({static_cast<std::uint8_t>(255 * ring / rings),
                                    static_cast<std::uint8_t>(255 * step / around), 90});
    }
  }
  for (int ring = 0; ring < rings; ++ring) {
    for (int step = 0; step < around; ++step) {
      const int a = ring * around + step;
      const int b = ring * around + (step + 1) % around;
      mesh.faces.emplace_back(a, a + around, b);
      mesh.faces.emplace_back(b, a + around, b + around);
    }
  }
  return mesh;
}

/// The median of `repeats` times.
template <class Body>
double median_seconds(int repeats, const Body& body) {
  std::vector<double> seconds;
  for (int i = 0; i < repeats; ++i) {
    const sam6d::Stopwatch watch;
    body();
    seconds.push_back(watch.seconds());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const sam6d::TriangleMesh mesh = bumpy_ball(100);
  std::printf("mesh: %zu vertices, %zu faces\n", mesh.vertices_m.size(), mesh.faces.size());
  for (const int threads : {1, argc > 1 ? std::atoi(argv[1]) : 2}) {
    sam6d::TemplateOptions options;
    options.threads = threads;
    const double seconds = median_seconds(3, [&] { (void)sam6d::render_templates(mesh, options); });
    std::printf("42 views of 512 x 512, %d threads: %.3f s\n", threads, seconds);
  }

  const double start = median_seconds(5, [&] { const sam6d::Renderer renderer({&mesh, 1}); });
  std::printf("making a Renderer: %.2f ms\n", 1e3 * start);

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
      const double seconds = median_seconds(11, [&] {
        picture = renderer.render(camera, {&instance, 1}, options);
      });
      const double hits =
          static_cast<double>(sam6d::Mask::from_image(picture.mask().view()).area());
      std::printf("640 x 480 at %.1f m, %s, 1 thread: %.2f ms, %.0f pixels hit\n", distance_m,
                  color ? "colour and depth" : "depth", 1e3 * seconds, hits);
    }
  }
  return 0;
}

// Seconds to onboard a mesh, size of its bundle, milliseconds to load that.
// Usage: bench_render_bundle [mesh [folder for the template views]]

#include <cstdio>
#include <filesystem>

#include "render/bumpy_ball.hpp"
#include "render/median_seconds.hpp"
#include "sam6d/bundle.hpp"
#include "sam6d/log.hpp"
#include "sam6d/mesh_io.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/template_folder.hpp"

namespace {

void print(const char* what, const sam6d::bench::Seconds& time) {
  std::printf("%s: %.2f ms (CPU %.2f ms)\n", what, 1e3 * time.wall, 1e3 * time.cpu);
}

}  // namespace

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  using sam6d::bench::median_seconds;
  sam6d::set_log_level(sam6d::LogLevel::kError);
  const sam6d::TriangleMesh mesh =
      argc > 1 ? sam6d::load_mesh(argv[1]) : sam6d::bench::bumpy_ball(100);
  std::printf("mesh: %zu vertices, %zu faces\n", mesh.vertices_m.size(), mesh.faces.size());

  sam6d::ObjectModel object = sam6d::ObjectModel::onboard(1, mesh);
  for (const int threads : {1, 2}) {
    sam6d::OnboardOptions options;
    options.threads = threads;
    const auto time =
        median_seconds(3, [&] { object = sam6d::ObjectModel::onboard(1, mesh, options); });
    std::printf("onboarding, %d threads: %.2f s (CPU %.2f s)\n", threads, time.wall, time.cpu);
  }

  const fs::path path = fs::temp_directory_path() / "bench_render_bundle.s6d";
  print("saving the bundle", median_seconds(5, [&] { save_bundle(path, object); }));
  std::printf("bundle: %.2f MB\n", 1e-6 * static_cast<double>(fs::file_size(path)));
  print("loading the bundle", median_seconds(21, [&] { (void)sam6d::load_bundle(path); }));
  print("unpacking a view", median_seconds(21, [&] { (void)object.template_view(7); }));
  if (argc > 2) sam6d::save_template_folder(argv[2], object.template_views());
  fs::remove(path);
  return 0;
}

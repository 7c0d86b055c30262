#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "generality/bop_writer.hpp"
#include "generality/scene_kinds.hpp"
#include "sam6d/error.hpp"

/// Writes BOP data sets of many kinds of scenes: bench_make_scenes --out DIR --seed 1
int main(int argc, char** argv) {
  using namespace sam6d;
  CLI::App app{"Writes a BOP data set a kind of scene: OUT/<kind>/"};
  std::string out;
  std::vector<std::string> kinds;
  std::uint64_t seed = 1;
  int pictures = 10;
  int threads = 0;
  bool list = false;
  app.add_option("--out", out, "folder to write");
  app.add_option("--kind", kinds, "kinds to make; all when not given");
  app.add_option("--seed", seed,
                 "other objects and scenes; 1..99 for development, 1000.. for reports");
  app.add_option("--pictures", pictures, "pictures a kind")->check(CLI::Range(1, 1000));
  app.add_option("--threads", threads, "0 = one a core");
  app.add_flag("--list", list, "list the kinds");
  CLI11_PARSE(app, argc, argv);
  try {
    if (list) {
      for (const auto& kind : generality::scene_kinds()) {
        std::printf("%-16s %s\n", kind.name.c_str(), kind.what.c_str());
      }
      return 0;
    }
    if (out.empty()) throw Error(ErrorCode::kInvalidArgument, "--out: expected a folder");
    if (kinds.empty()) {
      for (const auto& kind : generality::scene_kinds()) kinds.push_back(kind.name);
    }
    for (const std::string& name : kinds) {
      const auto data = generality::make_data_set(generality::scene_kind(name), seed, pictures);
      generality::write_bop(data, std::filesystem::path(out) / name, threads);
      std::fprintf(stderr, "%s: %d pictures\n", name.c_str(), pictures);
    }
  } catch (const Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
  return 0;
}

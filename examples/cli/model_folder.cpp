#include "model_folder.hpp"

#include <cstdlib>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

struct KnownFile {
  const char* role;
  const char* name;
};
constexpr KnownFile kKnownFiles[] = {
    {"sam-vit-h", "sam_vit_h_4b8939.pth"},    {"sam-vit-l", "sam_vit_l_0b3195.pth"},
    {"sam-vit-b", "sam_vit_b_01ec64.pth"},    {"fastsam", "FastSAM-x.pt"},
    {"dinov2", "dinov2_vitl14_pretrain.pth"}, {"pem", "sam-6d-pem-base.pth"}};

const char* variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

/// Whether the first bytes are those of the kind of file that the name promises: a zip archive or
/// pickled tensors (.pth, .pt), or the length and opening brace of a safetensors header.
std::string problem_of(const fs::path& file, std::uintmax_t bytes) {
  std::ifstream in(file, std::ios::binary);
  unsigned char head[9] = {};
  if (!in.read(reinterpret_cast<char*>(head), sizeof head)) {
    return fmt::format("cannot be read, or shorter than {} bytes", sizeof head);
  }
  if (file.extension() == ".safetensors") {
    std::uint64_t header = 0;
    for (int i = 7; i >= 0; --i) header = header << 8 | head[i];
    return head[8] == '{' && header <= bytes ? "" : "no safetensors file, or cut short";
  }
  const bool zip = head[0] == 'P' && head[1] == 'K';
  const bool pickle = head[0] == 0x80;
  return zip || pickle ? "" : "neither a zip archive nor a pickle, as torch writes them";
}

}  // namespace

fs::path default_model_folder() {
  for (const char* name : {"SAM6D_MODELS", "ISM_CHECKPOINTS_DIR"}) {
    if (const char* const folder = variable(name)) return folder;
  }
  if (const char* const cache = variable("XDG_CACHE_HOME")) {
    return fs::path(cache) / "sam6d" / "models";
  }
  const char* const home = variable("HOME");
  return fs::path(home != nullptr ? home : ".") / ".cache" / "sam6d" / "models";
}

std::vector<ModelFile> find_model_files(const fs::path& folder) {
  std::vector<ModelFile> files;
  for (const KnownFile& known : kKnownFiles) {
    ModelFile file{known.role, known.name, std::nullopt, 0, {}};
    std::vector<fs::path> candidates = {(folder / known.name).replace_extension(".safetensors"),
                                        folder / known.name};
    const char* const pem = variable("PEM_CHECKPOINT_PATH");
    if (file.role == "pem" && pem != nullptr) candidates.insert(candidates.begin(), pem);
    for (const fs::path& candidate : candidates) {
      std::error_code error;
      if (!fs::is_regular_file(candidate, error)) continue;
      file.path = candidate;
      file.bytes = fs::file_size(candidate, error);
      file.problem = problem_of(candidate, file.bytes);
      break;
    }
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace sam6d::cli

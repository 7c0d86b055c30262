#include "model_folder.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string_view>
#include <system_error>

#include "sam6d/checkpoint.hpp"
#include "sam6d/error.hpp"

#include "errors.hpp"

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

/// Where a file may be, the preferred place first.
std::vector<fs::path> candidates(const fs::path& folder, const KnownFile& known) {
  std::vector<fs::path> places = {(folder / known.name).replace_extension(".safetensors"),
                                  folder / known.name};
  const char* const pem = variable("PEM_CHECKPOINT_PATH");
  if (std::string_view(known.role) == "pem" && pem != nullptr) places.insert(places.begin(), pem);
  return places;
}

/// Empty for a file whose tensors could be read; they are not, so it takes milliseconds.
std::string problem_of(const fs::path& file) {
  try {
    return list_checkpoint(file).tensors.empty() ? "it has no tensors" : "";
  } catch (const Error& problem) {
    return problem.what();
  }
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

fs::path find_model_file(const fs::path& folder, const std::vector<std::string>& roles) {
  const char* const pem = variable("PEM_CHECKPOINT_PATH");
  std::error_code error;
  if (roles.front() == "pem" && pem != nullptr && !fs::is_regular_file(pem, error)) {
    fail(ErrorCode::kFileNotFound, "PEM_CHECKPOINT_PATH: expected a file, found none at {}", pem);
  }
  std::string names;
  for (const std::string& role : roles) {
    const auto known = std::find_if(std::begin(kKnownFiles), std::end(kKnownFiles),
                                    [&](const KnownFile& file) { return file.role == role; });
    for (const fs::path& candidate : candidates(folder, *known)) {
      if (fs::is_regular_file(candidate, error)) return candidate;
    }
    names += (names.empty() ? "" : " or ") + std::string(known->name);
  }
  const bool is_pem = roles.front() == "pem";
  fail(
      ErrorCode::kFileNotFound,
      "{}: expected the weights {} there (or a .safetensors of that name), found none; --models "
      "names another folder{}, docs/models.md says where they come from; --{} geometric needs none",
      folder.string(), names, is_pem ? ", --weights the file itself" : "",
      is_pem ? "pose" : "segmenter");
}

std::vector<ModelFile> find_model_files(const fs::path& folder) {
  std::vector<ModelFile> files;
  for (const KnownFile& known : kKnownFiles) {
    ModelFile file{known.role, known.name, std::nullopt, 0, {}};
    for (const fs::path& candidate : candidates(folder, known)) {
      std::error_code error;
      if (!fs::is_regular_file(candidate, error)) continue;
      file.path = candidate;
      file.bytes = fs::file_size(candidate, error);
      file.problem = problem_of(candidate);
      break;
    }
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace sam6d::cli

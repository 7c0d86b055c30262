#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sam6d::cli {

/// $SAM6D_MODELS, then $ISM_CHECKPOINTS_DIR, then the user's cache folder.
[[nodiscard]] std::filesystem::path default_model_folder();

/// A file of weights that the neural backends look for.
struct ModelFile {
  std::string role;                           ///< "sam-vit-h", "dinov2", ...
  std::string name;                           ///< as its publisher calls it
  std::optional<std::filesystem::path> path;  ///< nothing = not there
  std::uintmax_t bytes = 0;
  std::string problem;  ///< empty = its tensors can be read
};

/// The file of the first role that has one. Throws Error(kFileNotFound) that says where it was
/// looked for under which names, also when $PEM_CHECKPOINT_PATH names a file that is not there.
[[nodiscard]] std::filesystem::path find_model_file(const std::filesystem::path& folder,
                                                    const std::vector<std::string>& roles);

/// Looks for every known file; a .safetensors of the same stem is preferred, and
/// $PEM_CHECKPOINT_PATH names the file of the pose network.
[[nodiscard]] std::vector<ModelFile> find_model_files(const std::filesystem::path& folder);

}  // namespace sam6d::cli

#pragma once

#include <filesystem>
#include <optional>

#include <CLI/App.hpp>

#include "sam6d/frame_io.hpp"
#include "sam6d/mask.hpp"

namespace sam6d::cli {

/// The files of one RGB-D picture.
struct PictureArgument {
  std::filesystem::path rgb;
  std::filesystem::path depth;
  std::filesystem::path camera;
};

void add_picture_options(CLI::App& command, PictureArgument& picture);

/// Throws as load_frame() does, and Error(kInvalidArgument) when the region does not meet the
/// picture.
[[nodiscard]] FrameData load_picture(const PictureArgument& picture, const std::optional<Roi>& roi);

}  // namespace sam6d::cli

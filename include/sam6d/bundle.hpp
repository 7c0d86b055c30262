#pragma once

#include <filesystem>

#include "sam6d/export.hpp"
#include "sam6d/object_model.hpp"

/// Object bundles (`.s6d`): all that onboarding computed, in one file. They are safetensors files,
/// see docs/formats.md.
namespace sam6d {

/// Milliseconds. Throws Error(kFileNotFound), or Error(kBadFile), naming the file, for one that is
/// damaged, over 1 GiB, no bundle, or of a version that this library does not read.
[[nodiscard]] SAM6D_API ObjectModel load_bundle(const std::filesystem::path& path);

/// Throws Error(kWriteFailed); then an older file of that name is as it was.
SAM6D_API void save_bundle(const std::filesystem::path& path, const ObjectModel& object);

}  // namespace sam6d

#pragma once

#include <filesystem>

#include "sam6d/export.hpp"
#include "sam6d/tensor.hpp"

/// Writing safetensors files (https://github.com/huggingface/safetensors); sam6d/checkpoint.hpp
/// reads them.
namespace sam6d {

/// Tensors with large elements come first, so that all lie aligned, and by name among those. Throws
/// Error(kInvalidArgument) for a tensor whose shape does not fit its bytes, or a name or text that
/// is not UTF-8, and Error(kWriteFailed); then an older file of that name is as it was.
SAM6D_API void save_safetensors(const std::filesystem::path& path, const TensorViewMap& tensors,
                                const Metadata& metadata = {});

}  // namespace sam6d

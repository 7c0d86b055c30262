#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "sam6d/export.hpp"
#include "sam6d/mesh.hpp"
#include "sam6d/template_views.hpp"

/// Folders of template views as SAM-6D's renderer writes them: for every view i = 0, 1, ...
/// `rgb_i.png` (black outside of the object), `mask_i.png` (0 or 255) and `xyz_i.npy` (float16,
/// height x width x 3: object coordinates of the visible surface). All pictures have one size.
namespace sam6d {

/// Unit of the coordinates in xyz_i.npy that SAM-6D's readers expect.
inline constexpr double kTemplateUnit_m = 1e-3;

/// Writes whole pictures of the cameras' size. Files of that pattern with higher numbers, which an
/// earlier call may have left, are removed. Throws Error(kWriteFailed), Error(kInvalidArgument) for
/// views of different sizes or none.
SAM6D_API void save_template_folder(const std::filesystem::path& folder,
                                    std::span<const TemplateView> views,
                                    double unit_m = kTemplateUnit_m);

/// Reads as many views as there are files. Of 42, 162 or 642 views in SAM-6D's order the camera's
/// pose is found from the coordinates; of others, and where they do not fit, it is unknown and the
/// identity. Throws Error(kFileNotFound) for a missing folder or file, Error(kBadFile), naming the
/// file, for one that cannot be read, has another size than the others, or holds coordinates that
/// do not lie on the mesh (another object, another unit).
[[nodiscard]] SAM6D_API std::vector<TemplateView> load_template_folder(
    const std::filesystem::path& folder, const TriangleMesh& mesh, double unit_m = kTemplateUnit_m);

}  // namespace sam6d

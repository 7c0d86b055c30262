#pragma once

#include <vector>

#include "sam6d/template_views.hpp"

namespace sam6d {

/// The camera with which SAM-6D renders templates, for pictures of another size.
[[nodiscard]] CameraIntrinsics template_camera(int width, int height);

/// Sets the poses of views in SAM-6D's order: rotations follow from the number, the one distance
/// that all have in common from the coordinates (least squares). Returns false, and changes
/// nothing, where there is no such order for so many views or the coordinates do not fit it.
[[nodiscard]] bool find_template_poses(std::vector<TemplateView>& views);

}  // namespace sam6d

#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "io/json_cursor.hpp"
#include "sam6d/camera_io.hpp"

namespace sam6d {

/// Reads the members of a camera file or of an image's entry in scene_camera.json.
[[nodiscard]] CameraFile read_camera(const JsonCursor& entry);

/// The bytes of a camera file.
[[nodiscard]] CameraFile parse_camera(std::string_view text, const std::string& source);

[[nodiscard]] nlohmann::ordered_json camera_to_json(const CameraFile& camera);

/// Throws Error(kBadFile) when a camera's members say that its pictures are distorted or that its
/// depth is not registered to colour.
void refuse_unsupported_cameras(const JsonCursor& entry);

}  // namespace sam6d

#pragma once

#include <functional>
#include <istream>
#include <string>

#include <nlohmann/json.hpp>

#include "io/json_cursor.hpp"
#include "sam6d/detection_io.hpp"

namespace sam6d {

/// Calls `use` for every object of a JSON list, holding one of them in memory at a time. Throws
/// Error(kBadFile), naming `source`, for anything else.
void for_each_object(std::istream& text, const std::string& source,
                     const std::function<void(const JsonCursor&)>& use);

[[nodiscard]] DetectionEntry read_detection(const JsonCursor& entry);
[[nodiscard]] PoseEntry read_pose(const JsonCursor& entry);

/// The pose in "R" (9 numbers or three rows) and "t" (mm).
[[nodiscard]] RigidTransform read_transform(const JsonCursor& entry);

[[nodiscard]] nlohmann::ordered_json detection_to_json(const DetectionEntry& entry);

/// The shortest decimal number that means this float; 0 for what is not finite.
[[nodiscard]] double short_number(float value);

/// x, y, width, height.
[[nodiscard]] nlohmann::ordered_json box_to_json(const Box& box);
[[nodiscard]] Box read_box(const JsonCursor& bbox);

/// A list with one element a line.
[[nodiscard]] std::string lines_of(const nlohmann::ordered_json& list);

}  // namespace sam6d

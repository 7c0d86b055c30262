#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sam6d/detection.hpp"
#include "sam6d/mesh_io.hpp"

namespace sam6d::cli {

/// One `--object [NAME=|ID=]PATH[:UNIT]`.
struct ObjectArgument {
  std::filesystem::path path;
  std::optional<ObjectId> id;
  std::string name;  ///< empty = not given
  std::optional<LengthUnit> unit;

  [[nodiscard]] bool is_bundle() const { return path.extension() == ".s6d"; }
};

/// Throws UsageError for a text without a path.
[[nodiscard]] ObjectArgument parse_object_argument(const std::string& text);

/// Gives every argument without an id one: the number in a file name like obj_000005, or else the
/// lowest that is free. Bundles keep theirs unless the command line says otherwise. Throws
/// UsageError when two have the same.
void number_objects(std::vector<ObjectArgument>& arguments);

}  // namespace sam6d::cli

#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "sam6d/object_model.hpp"
#include "sam6d/result_io.hpp"
#include "sam6d/viz.hpp"

#include "console.hpp"
#include "object_argument.hpp"

namespace sam6d::cli {

/// What `--object` and `--unit` said.
struct ObjectOptions {
  std::vector<std::string> objects;
  std::optional<LengthUnit> unit;  ///< of meshes that do not carry their own
};

void add_object_options(CLI::App& command, ObjectOptions& options);
/// `--unit` alone.
void add_unit_option(CLI::App& command, std::optional<LengthUnit>& unit);

/// Objects that are ready to be looked for.
struct ObjectSet {
  std::vector<ObjectModel> models;
  std::vector<std::string> paths;    ///< the files that they came from, in the same order
  std::vector<FailedObject> failed;  ///< objects that could not be used
  double seconds = 0;                ///< for reading and onboarding them

  [[nodiscard]] ObjectNames names() const;
};

/// The arguments of the command line, or $ISM_CAD_MODEL_PATH. Throws UsageError.
[[nodiscard]] std::vector<ObjectArgument> parse_objects(const ObjectOptions& options);

/// Reads bundles and onboards meshes. An object that cannot be used does not stop the others, but
/// throws Error when it is the only one, and so does a file that is not there.
[[nodiscard]] ObjectSet load_objects(std::vector<ObjectArgument> arguments,
                                     const OnboardOptions& onboard, Console& console);

/// The mesh alone, of a bundle or a mesh file; a bundle gives an argument without a number its own.
[[nodiscard]] TriangleMesh load_object_mesh(ObjectArgument& argument);

}  // namespace sam6d::cli

#pragma once

#include <string>
#include <vector>

#include "run_tool.hpp"

namespace sam6d::test {

/// Input files of `sam6d run`, made from scratch: a picture of 64 x 48 pixels that shows a flat
/// surface, its depth and camera, and an ascii PLY of a cube. Whole and readable, so that a test
/// spoils one of them; nothing in the picture looks like the cube.
class SmallInputs {
 public:
  SmallInputs();

  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] std::string out() const { return folder_ / "out"; }
  /// The command with all inputs; `changed` replaces single files by option ("--rgb", ...).
  [[nodiscard]] std::vector<std::string> command(const std::string& name,
                                                 const Variables& changed = {}) const;

 private:
  TemporaryFolder folder_;
};

}  // namespace sam6d::test

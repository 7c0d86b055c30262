#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sam6d/transform.hpp"

#include "run_tool.hpp"

namespace sam6d::test {

/// One run of `sam6d demo` that all tests of a process share.
class DemoRun {
 public:
  [[nodiscard]] static const DemoRun& get();

  [[nodiscard]] const ToolRun& tool() const { return tool_; }
  [[nodiscard]] std::string file(const std::string& name) const {
    return folder_ / ("out/" + name);
  }
  [[nodiscard]] nlohmann::json json(const std::string& name) const;
  /// The arguments of `sam6d COMMAND` on the demo's picture and objects.
  [[nodiscard]] std::vector<std::string> command(const std::string& command, const std::string& out,
                                                 const std::vector<std::string>& more = {}) const;

 private:
  DemoRun();

  TemporaryFolder folder_;
  ToolRun tool_;
};

/// Poses as all the tool's JSON files give them: R and t, or cam_R_m2c and cam_t_m2c (mm).
[[nodiscard]] RigidTransform pose_of(const nlohmann::json& entry);

/// How many of the truths that are visible enough have a pose of their object within `max_error_m`
/// of their position, and how many such truths there are.
struct Found {
  int found = 0;
  int truths = 0;
};
[[nodiscard]] Found count_found(const nlohmann::json& truths, const nlohmann::json& poses,
                                const std::string& id_key, double min_visib_fract,
                                double max_error_m);

/// Without the times, which differ from run to run.
[[nodiscard]] nlohmann::json without_times(nlohmann::json json);

}  // namespace sam6d::test

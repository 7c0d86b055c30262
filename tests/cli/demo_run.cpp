#include "demo_run.hpp"

namespace sam6d::test {
namespace {

constexpr double kMetresPerMillimetre = 0.001;
constexpr int kDemoObjects = 3;

}  // namespace

DemoRun::DemoRun() : tool_(run_tool({"demo", "--out", folder_ / "out"})) {}

const DemoRun& DemoRun::get() {
  static const DemoRun run;
  return run;
}

nlohmann::json DemoRun::json(const std::string& name) const {
  return nlohmann::json::parse(file_text(file(name)));
}

std::vector<std::string> DemoRun::command(const std::string& command, const std::string& out,
                                          const std::vector<std::string>& more) const {
  std::vector<std::string> words = {command,
                                    "--rgb",
                                    file("input/rgb.png"),
                                    "--depth",
                                    file("input/depth.png"),
                                    "--camera",
                                    file("input/camera.json"),
                                    "--out",
                                    out};
  for (int i = 1; i <= kDemoObjects; ++i) {
    words.insert(words.end(),
                 {"--object", file("input/obj_00000" + std::to_string(i) + ".ply") + ":mm"});
  }
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

RigidTransform pose_of(const nlohmann::json& entry) {
  const bool bop = entry.contains("cam_R_m2c");
  const nlohmann::json& rotation = entry.at(bop ? "cam_R_m2c" : "R");
  const nlohmann::json& translation_mm = entry.at(bop ? "cam_t_m2c" : "t");
  RigidTransform pose = RigidTransform::Identity();
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      pose.linear()(row, column) = rotation.size() == 3
                                       ? rotation.at(row).at(column).get<double>()
                                       : rotation.at(3 * row + column).get<double>();
    }
    pose.translation()(row) = translation_mm.at(row).get<double>() * kMetresPerMillimetre;
  }
  return pose;
}

Found count_found(const nlohmann::json& truths, const nlohmann::json& poses,
                  const std::string& id_key, double min_visib_fract, double max_error_m) {
  Found count;
  for (const nlohmann::json& truth : truths) {
    if (truth.at("visib_fract").get<double>() < min_visib_fract) continue;
    ++count.truths;
    for (const nlohmann::json& pose : poses) {
      if (pose.at(id_key) != truth.at("obj_id")) continue;
      const Eigen::Vector3d offset = pose_of(pose).translation() - pose_of(truth).translation();
      if (offset.norm() > max_error_m) continue;
      ++count.found;
      break;
    }
  }
  return count;
}

nlohmann::json without_times(nlohmann::json json) {
  if (json.is_object()) {
    json.erase("seconds");
    json.erase("time");
    json.erase("objects");  // paths
  }
  if (json.is_structured()) {
    for (nlohmann::json& child : json) child = without_times(child);
  }
  return json;
}

}  // namespace sam6d::test

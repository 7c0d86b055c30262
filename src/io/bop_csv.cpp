#include "io/bop_csv.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/fail.hpp"
#include "io/rotation.hpp"

namespace sam6d {
namespace {

constexpr std::size_t kColumns = 7;

/// Reads the fields of one line.
class LineParser {
 public:
  LineParser(std::string_view line, const std::string& source, std::size_t number)
      : line_(line), source_(source), number_(number) {}

  EstimatedPose parse() {
    split();
    EstimatedPose pose;
    pose.scene_id = id(0, "scene_id");
    pose.im_id = id(1, "im_id");
    pose.obj_id = id(2, "obj_id");
    pose.score = numbers<1>(3, "score")[0];
    const std::array<double, 9> r = numbers<9>(4, "R");
    const Eigen::Matrix3d rotation =
        Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(r.data());
    if (rotation_error(rotation) > kMaxRotationError) refuse("a rotation matrix as R", fields_[4]);
    const std::array<double, 3> t = numbers<3>(5, "t");
    pose.cam_from_obj = transform_from_mm(rotation, {t[0], t[1], t[2]});
    pose.seconds = numbers<1>(6, "time")[0];
    return pose;
  }

 private:
  [[noreturn]] void refuse(const std::string& expected, std::string_view found) const {
    constexpr std::size_t kShown = 60;
    fail(ErrorCode::kBadFile, "{}:{}: expected {}, found \"{}\"", source_, number_, expected,
         found.substr(0, kShown));
  }

  void split() {
    std::string_view rest = line_;
    for (std::size_t i = 0; i < kColumns; ++i) {
      const std::size_t comma = rest.find(',');
      if ((comma == std::string_view::npos) != (i + 1 == kColumns)) {
        refuse(std::to_string(kColumns) + " columns", line_);
      }
      fields_[i] = rest.substr(0, comma);
      rest.remove_prefix(std::min(rest.size(), fields_[i].size() + 1));
    }
  }

  static void skip_space(std::string_view& text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  }

  int id(std::size_t column, const char* name) const {
    std::string_view text = fields_[column];
    skip_space(text);
    int value = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    skip_space(text);
    if (error != std::errc{} || value < 0 || !text.empty()) {
      refuse(std::string("a whole number as ") + name, fields_[column]);
    }
    return value;
  }

  template <std::size_t N>
  std::array<double, N> numbers(std::size_t column, const char* name) const {
    std::array<double, N> values{};
    std::string_view text = fields_[column];
    for (double& value : values) {
      skip_space(text);
      if (text.starts_with('+')) text.remove_prefix(1);
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      const bool is_number = error == std::errc{} && std::isfinite(value);
      text.remove_prefix(static_cast<std::size_t>(end - text.data()));
      const bool ends = text.empty() || text.front() == ' ' || text.front() == '\t';
      if (!is_number || !ends) {
        refuse(fmt::format("{} finite number{} as {}", N, N == 1 ? "" : "s", name),
               fields_[column]);
      }
    }
    skip_space(text);
    if (!text.empty()) {
      refuse(fmt::format("{} finite number{} as {}", N, N == 1 ? "" : "s", name), fields_[column]);
    }
    return values;
  }

  std::string_view line_;
  const std::string& source_;
  std::size_t number_;
  std::array<std::string_view, kColumns> fields_;
};

}  // namespace

std::vector<EstimatedPose> parse_bop_results(std::string_view text, const std::string& source,
                                             LastLine last_line) {
  std::vector<EstimatedPose> poses;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos && last_line == LastLine::kMayBeCut) break;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line == kBopResultsHeader) continue;
    poses.push_back(LineParser(line, source, number).parse());
  }
  return poses;
}

}  // namespace sam6d

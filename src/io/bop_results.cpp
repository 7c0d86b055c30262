#include "sam6d/bop_results.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "base/fail.hpp"
#include "io/bop_csv.hpp"
#include "io/rotation.hpp"
#include "sam6d/file_io.hpp"

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

void add_line(std::string& text, const EstimatedPose& pose, const std::string& target) {
  if (!is_finite(pose.cam_from_obj) || !std::isfinite(pose.score) || !std::isfinite(pose.seconds)) {
    fail(ErrorCode::kInvalidArgument,
         "{}: expected finite poses, scores and times, found others (scene {}, image {}, object "
         "{})",
         target, pose.scene_id, pose.im_id, pose.obj_id);
  }
  const auto r = pose.cam_from_obj.linear();
  const Eigen::Vector3d t_mm = pose.cam_from_obj.translation() * 1000.0;
  // Ten digits: far below what any estimate is good for, and the file stays small.
  text += fmt::format(
      "{},{},{},{:.6g},{:.10g} {:.10g} {:.10g} {:.10g} {:.10g} {:.10g} {:.10g} {:.10g} {:.10g},"
      "{:.10g} {:.10g} {:.10g},{:.6g}\n",
      pose.scene_id, pose.im_id, pose.obj_id, pose.score, r(0, 0), r(0, 1), r(0, 2), r(1, 0),
      r(1, 1), r(1, 2), r(2, 0), r(2, 1), r(2, 2), t_mm.x(), t_mm.y(), t_mm.z(), pose.seconds);
}

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

std::vector<EstimatedPose> load_bop_results(const std::filesystem::path& path, LastLine last_line) {
  return parse_bop_results(read_text_file(path), path.string(), last_line);
}

void save_bop_results(const std::filesystem::path& path, std::span<const EstimatedPose> estimates) {
  std::string text = std::string(kBopResultsHeader) + "\n";
  for (const EstimatedPose& pose : estimates) add_line(text, pose, path.string());
  write_text_file(path, text);
}

void append_bop_results(const std::filesystem::path& path,
                        std::span<const EstimatedPose> estimates) {
  std::error_code none;
  if (!std::filesystem::exists(path, none)) return save_bop_results(path, estimates);
  std::string text;
  for (const EstimatedPose& pose : estimates) add_line(text, pose, path.string());

  const std::string old = read_text_file(path);
  const std::size_t last_end = old.rfind('\n');
  const std::size_t whole = last_end == std::string::npos ? 0 : last_end + 1;
  if (whole < old.size()) {
    write_text_file(path, old.substr(0, whole) + text);
    return;
  }
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  const ssize_t written = file < 0 ? -1 : ::write(file, text.data(), text.size());
  const bool closed = file < 0 || ::close(file) == 0;
  if (written != static_cast<ssize_t>(text.size()) || !closed) {
    fail(ErrorCode::kWriteFailed, "{}: cannot be written: {}", path.string(),
         std::generic_category().message(errno));
  }
}

}  // namespace sam6d

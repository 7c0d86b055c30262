#include "sam6d/bop_results.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <string>
#include <system_error>

#include "base/fail.hpp"
#include "io/bop_csv.hpp"
#include "io/rotation.hpp"
#include "sam6d/file_io.hpp"

namespace sam6d {
namespace {

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

std::vector<EstimatedPose> load_bop_results(const std::filesystem::path& path, LastLine last_line) {
  return parse_bop_results(read_text_file(path), path.string(), last_line);
}

void save_bop_results(const std::filesystem::path& path, std::span<const EstimatedPose> estimates,
                      HeaderLine header) {
  std::string text;
  if (header == HeaderLine::kWrite) text = std::string(kBopResultsHeader) + "\n";
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

#include "bop_journal.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sam6d/file_io.hpp"

#include "errors.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const EstimatedPose& pose) {
  ordered_json numbers = ordered_json::array();
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 4; ++column) {
      numbers.push_back(pose.cam_from_obj.matrix()(row, column));
    }
  }
  return {{"obj_id", pose.obj_id},
          {"score", pose.score},
          {"seconds", pose.seconds},
          {"cam_from_obj_m", numbers}};
}

EstimatedPose pose_from_json(const ordered_json& entry, ImageKey image) {
  EstimatedPose pose;
  pose.scene_id = image.first;
  pose.im_id = image.second;
  pose.obj_id = entry.at("obj_id").get<ObjectId>();
  pose.score = entry.at("score").get<double>();
  pose.seconds = entry.at("seconds").get<double>();
  const ordered_json& numbers = entry.at("cam_from_obj_m");
  for (int i = 0; i < 12; ++i) {
    pose.cam_from_obj.matrix()(i / 4, i % 4) =
        numbers.at(static_cast<std::size_t>(i)).get<double>();
  }
  return pose;
}

}  // namespace

BopJournal::BopJournal(fs::path file, const std::string& settings) : file_(std::move(file)) {
  if (file_.has_parent_path()) make_folder(file_.parent_path());
  if (fs::exists(file_)) read(settings);
  out_ = std::fopen(file_.c_str(), "ab");
  if (out_ == nullptr) {
    fail(ErrorCode::kWriteFailed, "{}: cannot be written: {}", file_.string(),
         std::strerror(errno));
  }
  if (fs::file_size(file_) == 0) append(ordered_json({{"settings", settings}}).dump());
}

BopJournal::~BopJournal() {
  if (out_ != nullptr) std::fclose(out_);
}

void BopJournal::read(const std::string& settings) {
  const std::string text = read_text_file(file_);
  std::size_t whole = 0;  // bytes up to the end of the last whole line
  int line_number = 0;
  for (std::size_t end = 0; (end = text.find('\n', whole)) != std::string::npos; whole = end + 1) {
    ++line_number;
    try {
      const auto line = ordered_json::parse(text.begin() + static_cast<std::ptrdiff_t>(whole),
                                            text.begin() + static_cast<std::ptrdiff_t>(end));
      if (line_number == 1) {
        if (line.at("settings").get<std::string>() != settings) {
          fail(ErrorCode::kBadFile,
               "{}: expected the settings of this run ({}), found {}; finish that run with its own "
               "settings, or remove the file",
               file_.string(), settings, line.at("settings").get<std::string>());
        }
        continue;
      }
      const ImageKey image{line.at("scene_id").get<int>(), line.at("im_id").get<int>()};
      ImageResult result;
      for (const ordered_json& pose : line.at("poses")) {
        result.poses.push_back(pose_from_json(pose, image));
      }
      for (const ordered_json& entry : line.at("detections")) {
        result.detections.push_back(entry.dump());
      }
      results_[image] = std::move(result);
    } catch (const nlohmann::json::exception& problem) {
      fail(ErrorCode::kBadFile, "{}: expected the record of an image in line {}, found {}",
           file_.string(), line_number, problem.what());
    }
  }
  if (whole < text.size()) fs::resize_file(file_, whole);
}

void BopJournal::append(const std::string& line) {
  const std::string whole = line + "\n";
  if (std::fwrite(whole.data(), 1, whole.size(), out_) != whole.size() || std::fflush(out_) != 0) {
    fail(ErrorCode::kWriteFailed, "{}: cannot be written: {}", file_.string(),
         std::strerror(errno));
  }
}

void BopJournal::add(ImageKey image, ImageResult result) {
  ordered_json poses = ordered_json::array();
  for (const EstimatedPose& pose : result.poses) poses.push_back(to_json(pose));
  append(fmt::format(R"({{"scene_id":{},"im_id":{},"poses":{},"detections":[{}]}})", image.first,
                     image.second, poses.dump(), fmt::join(result.detections, ",")));
  results_[image] = std::move(result);
}

void BopJournal::remove() {
  std::fclose(out_);
  out_ = nullptr;
  std::error_code ignored;
  fs::remove(file_, ignored);
}

}  // namespace sam6d::cli

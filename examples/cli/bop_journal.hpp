#pragma once

#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sam6d/evaluate.hpp"

#include "bop_images.hpp"

namespace sam6d::cli {

/// What was found in one image.
struct ImageResult {
  std::vector<EstimatedPose> poses;
  std::vector<std::string> detections;  ///< COCO entries, a line of JSON each
};

/// The work of a run over a data set so far: a file beside the results that grows by a line an
/// image and outlives a run that is stopped. What a stop left half of the last line is dropped.
class BopJournal {
 public:
  /// Opens or starts the file. `settings` says how results are made; Error(kBadFile) when the file
  /// was started with others. Throws Error(kWriteFailed).
  BopJournal(std::filesystem::path file, const std::string& settings);
  ~BopJournal();
  BopJournal(const BopJournal&) = delete;
  BopJournal& operator=(const BopJournal&) = delete;

  [[nodiscard]] const std::map<ImageKey, ImageResult>& results() const { return results_; }
  /// Throws Error(kWriteFailed).
  void add(ImageKey image, ImageResult result);
  /// Takes the file away, when the results are safe elsewhere.
  void remove();

 private:
  void read(const std::string& settings);
  void append(const std::string& line);

  std::filesystem::path file_;
  std::map<ImageKey, ImageResult> results_;
  std::FILE* out_ = nullptr;
};

}  // namespace sam6d::cli

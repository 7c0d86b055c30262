#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "sam6d/evaluate.hpp"
#include "sam6d/export.hpp"

/// BOP19 results files: lines scene_id,im_id,obj_id,score,R,t,time with the nine numbers of R
/// (row-major, model to camera) and the three of t (mm) separated by spaces.
namespace sam6d {

inline constexpr std::string_view kBopResultsHeader = "scene_id,im_id,obj_id,score,R,t,time";

enum class LastLine {
  kMustBeWhole,
  kMayBeCut,  ///< leave out a last line without a line end: its writer was stopped
};

/// Reads a results file. Header lines may stand anywhere, as in concatenated files. Throws
/// Error(kFileNotFound), or Error(kBadFile) that names file and line.
[[nodiscard]] SAM6D_API std::vector<EstimatedPose> load_bop_results(
    const std::filesystem::path& path, LastLine last_line = LastLine::kMustBeWhole);

enum class HeaderLine {
  kWrite,
  kLeaveOut,  ///< for a file that is to be put behind another
};

/// Writes a whole results file. Throws Error(kWriteFailed), or Error(kInvalidArgument) for a pose
/// that is not finite.
SAM6D_API void save_bop_results(const std::filesystem::path& path,
                                std::span<const EstimatedPose> estimates,
                                HeaderLine header = HeaderLine::kWrite);

/// Adds lines to a results file, which gets a header when it is new and loses a cut last line. All
/// lines are written at once. Throws as save_bop_results().
SAM6D_API void append_bop_results(const std::filesystem::path& path,
                                  std::span<const EstimatedPose> estimates);

}  // namespace sam6d

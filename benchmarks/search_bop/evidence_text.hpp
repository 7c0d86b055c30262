#pragma once

#include <string>

#include "search_bop/picture_search.hpp"

/// The search's evidence for people and for scripts that fit its score.
namespace sam6d::search_bop {

/// The columns of csv_rows(), with a line's end.
[[nodiscard]] std::string csv_header();

/// A line for each of the best 20 finalists of every query; `visib` is the visible share of the
/// truth that it meets, or -1.
[[nodiscard]] std::string csv_rows(const FolderData& data, const PictureSearch& picture);

/// A line for each instance whose pose was not chosen, with the best right and the best wrong
/// finalist, and for each absent object that was answered as if it were there.
[[nodiscard]] std::string lost_lines(const FolderData& data, const PictureSearch& picture);

}  // namespace sam6d::search_bop

#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "neural/object_size.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/image.hpp"

namespace sam6d {

/// What depth says of a pixel before anybody has looked at its colour.
enum class PixelKind : std::uint8_t {
  kNoDepth,
  kSupport,  ///< a plane that is larger than any object, and nothing lies behind it
  kOther,
};

/// The kinds of a picture's pixels, at the resolution at which depth was looked at.
struct DepthSurvey {
  Image<PixelKind> kinds;
  int reduction = 1;  ///< pixels of the picture a side that make one

  /// x, y: of the picture, inside of it.
  [[nodiscard]] PixelKind at(int x, int y) const {
    return kinds(std::min(x / reduction, kinds.width() - 1),
                 std::min(y / reduction, kinds.height() - 1));
  }
};

struct DepthSurveySettings {
  std::uint64_t seed = 0;
  int threads = 0;
};

/// Finds the tables, floors and walls that the objects may stand on or before.
///
/// A pixel is taken for support only within the depth sensor's noise of the plane, and below a
/// third of the height of the flattest object. A plane counts only when it is a third longer than
/// the largest object, and nothing was measured behind it: tops of boxes that stand side by side on
/// a table do not. Where less than a two-hundredth of the depth rises above the planes, none
/// counts: what looks like the support may be a layer of flat objects that fills the picture.
[[nodiscard]] DepthSurvey survey_depth(const Frame& frame, std::span<const ObjectSize> objects,
                                       const DepthSurveySettings& settings);

}  // namespace sam6d

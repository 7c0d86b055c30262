#pragma once

namespace sam6d {

/// What the geometric backends look up in a picture.
struct GeometricFeatures {};

}  // namespace sam6d

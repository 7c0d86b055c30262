#include "io/depth_units.hpp"
#include "io/picture_header.hpp"
#include "sam6d/npy.hpp"

namespace sam6d {

Image<float> load_depth_npy(const std::filesystem::path& path, double metres_per_value) {
  const NpyArray array = load_npy(path, kMaxPicturePixels * sizeof(double));
  if (array.shape.size() != 2 || array.type == NpyType::kBool || size_of(array.type) < 2) {
    fail(ErrorCode::kBadFile,
         "{}: expected depth as an array of H x W of 16 bits or more, found {} dimensions of {}",
         path.string(), array.shape.size(), to_string(array.type));
  }
  const std::size_t height = array.shape[0];
  const std::size_t width = array.shape[1];
  if (height < 1 || width < 1 || height > kMaxPictureSide || width > kMaxPictureSide) {
    fail(ErrorCode::kBadFile, "{}: expected depth of 1..{} pixels a side, found {} x {}",
         path.string(), kMaxPictureSide, width, height);
  }
  const std::vector<double> values = array.to_double();
  Image<float> depth_m(static_cast<int>(width), static_cast<int>(height));
  for (std::size_t i = 0; i < values.size(); ++i) {
    depth_m.data()[i] = depth_in_metres(values[i], metres_per_value);
  }
  return depth_m;
}

}  // namespace sam6d

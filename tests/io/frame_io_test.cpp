#include "sam6d/frame_io.hpp"

#include "io/temporary_folder.hpp"
#include "sam6d/image_io.hpp"

namespace sam6d {
namespace {

using test::contains;
using test::error_of;
using test::TemporaryFolder;

constexpr const char* kCamera = R"({"cam_K": [50, 0, 4, 0, 50, 3, 0, 0, 1], "depth_scale": 1.0})";

/// A folder with a whole frame of 8 x 6 pixels.
struct FrameFolder {
  FrameFolder() {
    save_png(folder.path() / "rgb.png", Image<Rgb8>(8, 6, Rgb8{1, 2, 3}).view());
    save_depth(folder.path() / "depth.png", Image<float>(8, 6, 0.8F).view(), 1.0);
    folder.file("camera.json", kCamera);
  }
  [[nodiscard]] FrameData load() const {
    return load_frame(folder.path() / "rgb.png", folder.path() / "depth.png",
                      folder.path() / "camera.json");
  }
  [[nodiscard]] std::string error() const {
    return error_of(ErrorCode::kBadFile, [&] { (void)load(); });
  }
  TemporaryFolder folder;
};

TEST_CASE("a frame takes its size from its pictures") {
  const FrameFolder files;
  const FrameData frame = files.load();
  CHECK(frame.camera == CameraIntrinsics{50, 50, 4, 3, 8, 6});
  CHECK(frame.rgb(7, 5) == Rgb8{1, 2, 3});
  CHECK(frame.depth_m(7, 5) == 0.8F);
  CHECK_NOTHROW(validate(frame.view()));
}

TEST_CASE("pictures of different sizes are refused") {
  const FrameFolder files;
  save_depth(files.folder.path() / "depth.png", Image<float>(6, 8, 0.8F).view(), 1.0);
  const std::string text = files.error();
  CHECK(contains(text, "depth.png: expected the size of"));
  CHECK(contains(text, "8 x 6, found 6 x 8"));
}

TEST_CASE("a camera of another size is refused") {
  const FrameFolder files;
  files.folder.file("camera.json", R"({"cam_K": [50, 0, 4, 0, 50, 3, 0, 0, 1], "depth_scale": 1.0,
                                       "width": 16, "height": 12})");
  CHECK(contains(files.error(), "16 x 12, found 8 x 6"));
}

TEST_CASE("depth of zeros is refused") {
  const FrameFolder files;
  save_depth(files.folder.path() / "depth.png", Image<float>(8, 6).view(), 1.0);
  CHECK(contains(files.error(), "depth.png: expected depth, found no pixel that is not 0"));
}

}  // namespace
}  // namespace sam6d

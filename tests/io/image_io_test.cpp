#include "sam6d/image_io.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <opencv2/imgcodecs.hpp>

#include "io/temporary_folder.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/npy.hpp"

namespace sam6d {
namespace {

using test::contains;
using test::error_of;
using test::TemporaryFolder;

const std::filesystem::path kData = std::filesystem::path(SAM6D_TEST_DATA) / "png";

Image<Rgb8> color_pattern(int width, int height) {
  Image<Rgb8> picture(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      picture(x, y) = {static_cast<std::uint8_t>(x * 5), static_cast<std::uint8_t>(y * 7),
                       static_cast<std::uint8_t>((x * x + y * 31) % 256)};
    }
  }
  return picture;
}

template <class T>
bool same(const Image<T>& a, const Image<T>& b) {
  return a.width() == b.width() && a.height() == b.height() &&
         std::equal(a.data(), a.data() + a.size(), b.data());
}

std::filesystem::path write_mat(const TemporaryFolder& folder, const char* name,
                                const cv::Mat& mat) {
  const auto path = folder.path() / name;
  REQUIRE(cv::imwrite(path.string(), mat));
  return path;
}

TEST_CASE("colour pictures come back as written, padded rows too") {
  const TemporaryFolder folder;
  const Image<Rgb8> picture = color_pattern(33, 21);
  save_png(folder.path() / "a.png", picture.view());
  CHECK(same(load_rgb(folder.path() / "a.png"), picture));

  ImageView<Rgb8> left = picture.view();
  left.width = 10;
  save_png(folder.path() / "b.png", left);
  CHECK(same(load_rgb(folder.path() / "b.png"), Image<Rgb8>(left)));
  CHECK(folder.count() == 2);
}

TEST_CASE("an alpha channel is dropped, a palette expanded") {
  const TemporaryFolder folder;
  const auto path = write_mat(folder, "a.png", cv::Mat(4, 5, CV_8UC4, cv::Scalar(1, 2, 3, 4)));
  CHECK(load_rgb(path)(2, 2) == Rgb8{3, 2, 1});
}

TEST_CASE("JPEG pictures are read, cut ones are not") {
  const TemporaryFolder folder;
  const auto path = write_mat(folder, "a.jpg", cv::Mat(40, 60, CV_8UC3, cv::Scalar(10, 200, 100)));
  const Image<Rgb8> picture = load_rgb(path);
  CHECK(picture.width() == 60);
  CHECK(std::abs(picture(30, 20).g - 200) <= 3);  // grey levels that JPEG may lose
  std::string bytes = read_text_file(path);
  bytes.resize(bytes.size() - 3);
  CHECK(contains(
      error_of(ErrorCode::kBadFile, [&] { (void)load_rgb(folder.file("cut.jpg", bytes)); }),
      "cut.jpg: expected a whole picture"));
}

TEST_CASE("a picture of the wrong kind is refused with what was found") {
  const TemporaryFolder folder;
  const auto grey = write_mat(folder, "grey.png", cv::Mat(4, 5, CV_8UC1, cv::Scalar(9)));
  CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)load_rgb(grey); }),
                 "expected a colour picture of 3 channels of 8 bits, found 1 channel of 8 bits"));
  CHECK(load_rgb(grey, GreyPictures::kExpand)(1, 1) == Rgb8{9, 9, 9});
  const auto deep = write_mat(folder, "deep.png", cv::Mat(4, 5, CV_16UC3));
  CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)load_rgb(deep); }), "of 16 bits"));
  CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)load_depth(grey, 1); }),
                 "grey.png: expected a depth picture of 1 channel of 16 bits, found 1 channel of "
                 "8 bits"));
  CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)load_depth(deep, 1); }),
                 "found 3 channels of 16 bits"));
  CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)load_mask(deep); }), "16 bits"));
  const auto text = folder.file("text.png", "not a picture");
  CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)load_rgb(text); }), "another format"));
  CHECK_THROWS_AS((void)load_rgb(folder.file("empty.png", "")), Error);
  CHECK(contains(
      error_of(ErrorCode::kFileNotFound, [&] { (void)load_rgb(folder.path() / "missing.png"); }),
      "missing.png"));
}

TEST_CASE("depth is scaled to metres once") {
  const TemporaryFolder folder;
  cv::Mat values(2, 3, CV_16UC1, cv::Scalar(0));
  values.at<std::uint16_t>(1, 2) = 12345;
  const auto png = write_mat(folder, "d.png", values);
  const Image<float> depth = load_depth(png, 0.1);
  CHECK(depth.width() == 3);
  CHECK(depth(2, 1) == doctest::Approx(1.2345));
  CHECK(depth(0, 0) == 0);

  cv::Mat floats(2, 3, CV_32FC1, cv::Scalar(1500.0));
  floats.at<float>(0, 0) = std::numeric_limits<float>::quiet_NaN();
  floats.at<float>(0, 1) = -3;
  const Image<float> tiff = load_depth(write_mat(folder, "d.tiff", floats), 1.0);
  CHECK(tiff(2, 1) == 1.5F);
  CHECK(tiff(0, 0) == 0);
  CHECK(tiff(1, 0) == 0);

  const std::vector<float> numbers = {1, 2, 3, 4, 5, INFINITY};
  save_npy(folder.path() / "d.npy", NpyArray::of(numbers, {2, 3}));
  const Image<float> npy = load_depth(folder.path() / "d.npy", 1000.0);
  CHECK(npy(2, 0) == 3);
  CHECK(npy(2, 1) == 0);
  save_npy(folder.path() / "e.npy", NpyArray::of(numbers, {6}));
  CHECK_THROWS_AS((void)load_depth(folder.path() / "e.npy", 1.0), Error);

  CHECK_THROWS_AS((void)load_depth(png, 0.0), Error);
  CHECK_THROWS_AS((void)load_depth(png, NAN), Error);
}

TEST_CASE("depth comes back to half a step") {
  const TemporaryFolder folder;
  Image<float> depth(4, 1);
  depth(0, 0) = 0.73456F;
  depth(1, 0) = NAN;
  depth(2, 0) = -1;
  depth(3, 0) = 100;  // beyond 16 bits
  save_depth(folder.path() / "d.png", depth.view(), 0.1);
  const Image<float> back = load_depth(folder.path() / "d.png", 0.1);
  CHECK(std::abs(back(0, 0) - depth(0, 0)) <= 0.00005F + 1e-6F);  // metres
  CHECK(back(1, 0) == 0);
  CHECK(back(2, 0) == 0);
  CHECK(back(3, 0) == 0);
}

TEST_CASE("masks become 0 and 255") {
  const TemporaryFolder folder;
  cv::Mat values(2, 3, CV_8UC1, cv::Scalar(0));
  values.at<std::uint8_t>(1, 2) = 1;
  const Image<std::uint8_t> mask = load_mask(write_mat(folder, "m.png", values));
  CHECK(mask(2, 1) == 255);
  CHECK(mask(0, 0) == 0);
  CHECK(load_mask(write_mat(folder, "c.png", cv::Mat(2, 3, CV_8UC3, cv::Scalar::all(7))))(1, 1) ==
        255);
  const auto red = write_mat(folder, "red.png", cv::Mat(2, 3, CV_8UC3, cv::Scalar(0, 0, 255)));
  CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)load_mask(red); }), "coloured"));
  save_png(folder.path() / "back.png", mask.view());
  CHECK(same(load_mask(folder.path() / "back.png"), mask));
}

TEST_CASE("a PNG that ends early or is damaged is refused wherever it is cut") {
  const TemporaryFolder folder;
  save_png(folder.path() / "a.png", color_pattern(64, 48).view());
  const std::string whole = read_text_file(folder.path() / "a.png");
  for (std::size_t size = 1; size < whole.size(); size += 1 + size / 16) {
    const auto path = folder.file("cut.png", whole.substr(0, size));
    const std::string text = error_of(ErrorCode::kBadFile, [&] { (void)load_rgb(path); });
    CHECK(contains(text, path.string()));
  }
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    CHECK_THROWS_AS((void)load_rgb(folder.file("damaged.png", damaged)), Error);
  }
}

TEST_CASE("pixel data that is short or damaged behind right checksums is refused") {
  for (const char* name : {"short_stream.png", "damaged_stream.png"}) {
    CAPTURE(name);
    CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)load_rgb(kData / name); }),
                   "found damaged pixel data"));
  }
  CHECK(contains(
      error_of(ErrorCode::kBadFile, [&] { (void)load_rgb(kData / "too_little_data.png"); }),
      "bytes of pixel data for 8000 x 8000 pixels"));
  CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)load_rgb(kData / "huge.png"); }),
                 "found 60000 x 60000"));
}

TEST_CASE("profiles and gamma of a PNG change nothing") {
  const Image<Rgb8> picture = load_rgb(kData / "odd_profile.png");
  CHECK(picture(0, 0) == Rgb8{1, 2, 3});
  CHECK(picture(1, 0) == Rgb8{250, 251, 252});
}

TEST_CASE("a picture that cannot be written names the path") {
  const TemporaryFolder folder;
  const auto below_file = folder.file("file", "") / "a.png";
  CHECK(contains(
      error_of(ErrorCode::kWriteFailed, [&] { save_png(below_file, color_pattern(2, 2).view()); }),
      below_file.string()));
  CHECK_THROWS_AS(save_png(folder.path() / "e.png", ImageView<Rgb8>{}), Error);
  CHECK(folder.count() == 1);
}

}  // namespace
}  // namespace sam6d

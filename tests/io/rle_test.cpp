#include "sam6d/rle.hpp"

#include "base/random.hpp"
#include "io/temporary_folder.hpp"

namespace sam6d {
namespace {

using test::contains;
using test::error_of;
using Counts = std::vector<std::uint32_t>;

Mask mask_of(const std::vector<std::string>& rows) {
  Image<std::uint8_t> picture(static_cast<int>(rows[0].size()), static_cast<int>(rows.size()));
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      picture(x, y) = rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] == '1';
    }
  }
  return Mask::from_image(picture.view());
}

TEST_CASE("runs go down the columns and begin with pixels that are off") {
  CHECK(encode_rle(mask_of({"000000", "000000"}), 6, 2).counts == Counts{12});
  CHECK(encode_rle(mask_of({"111", "111"}), 3, 2).counts == Counts{0, 6});
  CHECK(encode_rle(mask_of({"000", "001"}), 3, 2).counts == Counts{5, 1});
  CHECK(encode_rle(mask_of({"100", "000"}), 3, 2).counts == Counts{0, 1, 5});
  // A run that goes on from the bottom of a column to the top of the next one.
  CHECK(encode_rle(mask_of({"010", "100", "100"}), 3, 3).counts == Counts{1, 3, 5});
  // Seven rows of five, from COCO's own encoder.
  const Mask mask = mask_of({"10011", "11000", "11111", "10110", "01001", "10101", "00101"});
  CHECK(encode_rle(mask, 5, 7).counts ==
        Counts{0, 4, 1, 1, 2, 2, 1, 1, 4, 2, 1, 3, 1, 2, 3, 1, 1, 1, 1, 3});
}

TEST_CASE("random masks come back, also cut off at the picture's edge") {
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    const int width = 1 + static_cast<int>(random.below(12));
    const int height = 1 + static_cast<int>(random.below(12));
    const double share = random.uniform();
    Mask mask(Box{-2, -2, width + 2, height + 2});
    for (int y = -2; y < height + 2; ++y) {
      for (int x = -2; x < width + 2; ++x) mask.set(x, y, random.uniform() < share);
    }
    const Mask inside = Mask::from_image(mask.to_image(width, height).view());
    const Rle rle = encode_rle(mask, width, height);
    CHECK(decode_rle(rle, "test") == inside);
    CHECK(decompress_counts(compress_counts(rle.counts), "test") == rle.counts);
  }
}

TEST_CASE("the compressed text is COCO's") {
  // Made with pycocotools 2.0.
  CHECK(compress_counts(Counts{549, 1, 59, 2, 4189}) == "Ua01k11RQ4");
  CHECK(decompress_counts("Ua01k11RQ4", "test") == Counts{549, 1, 59, 2, 4189});
  CHECK(compress_counts(Counts{0, 24}) == "0h0");
  CHECK(decompress_counts("", "test").empty());
}

TEST_CASE("bad run lengths are refused before memory is asked for") {
  const auto decode_error = [](const Rle& rle) {
    return error_of(ErrorCode::kBadFile, [&] { (void)decode_rle(rle, "f.json[3]"); });
  };
  CHECK(contains(decode_error({4, 3, {5, 6}}),
                 "f.json[3]: expected runs of 12 pixels for 4 x 3, "
                 "found 11"));
  CHECK(contains(decode_error({4, 3, {5, 8}}), "found more"));
  CHECK(contains(decode_error({4, 3, {}}), "found 0"));
  CHECK(contains(decode_error({4, 3, {4294967295U, 4294967295U, 14}}), "found more"));
  CHECK(contains(decode_error({1 << 30, 1 << 30, {1}}), "expected a mask of 1.."));
  CHECK(contains(decode_error({0, 3, {}}), "expected a mask of 1.."));
  CHECK(contains(decode_error({-4, -3, {12}}), "expected a mask of 1.."));

  const auto text_error = [](std::string_view text) {
    return error_of(ErrorCode::kBadFile, [&] { (void)decompress_counts(text, "f.json"); });
  };
  CHECK(contains(text_error("Ua"), "ends in one"));
  CHECK(contains(text_error("U A"), "another text"));
  CHECK(contains(text_error(std::string(40, 'o')), "another text"));
  CHECK(contains(text_error("PPPPPPPP0"), "another text"));
  CHECK(contains(text_error("O"), "found -1"));
}

}  // namespace
}  // namespace sam6d

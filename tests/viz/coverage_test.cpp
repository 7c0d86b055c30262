#include "viz/coverage.hpp"

#include <cmath>
#include <numbers>
#include <vector>

#include <doctest/doctest.h>

namespace sam6d {
namespace {

const Box kPicture{0, 0, 100, 80};
constexpr double kSmoothing = 0.03;  // relative: ends and corners are sampled per pixel

double total(const Coverage& coverage) {
  return coverage.share.empty() ? 0.0 : cv::sum(coverage.share)[0];
}

TEST_CASE("a line covers its length times its width, whatever its direction") {
  for (const double angle : {0.0, 0.3, 0.8, 1.5}) {
    const cv::Point2d from(30.0, 20.0);
    const cv::Point2d to = from + 40.0 * cv::Point2d(std::cos(angle), std::sin(angle));
    const std::vector<Segment> line{{from, to}};
    const double expected = 40.0 * 3.0 + std::numbers::pi * 1.5 * 1.5;
    CHECK(total(cover_segments(line, 3.0, kPicture)) ==
          doctest::Approx(expected).epsilon(kSmoothing));
  }
}

TEST_CASE("lines that cross are not covered twice") {
  const std::vector<Segment> twice{{{10, 10}, {50, 10}}, {{10, 10}, {50, 10}}};
  const std::vector<Segment> once{{{10, 10}, {50, 10}}};
  CHECK(total(cover_segments(twice, 2.0, kPicture)) == total(cover_segments(once, 2.0, kPicture)));
}

TEST_CASE("lines outside of the picture cover nothing, however far they reach") {
  const std::vector<Segment> outside{{{-50, -50}, {-20, -1e12}}, {{1e15, 10}, {1e15, 20}}};
  CHECK(cover_segments(outside, 2.0, kPicture).box.empty());
  CHECK(cover_segments({}, 2.0, kPicture).box.empty());
  const std::vector<Segment> through{{{-1e6, 40}, {1e6, 40}}};
  CHECK(total(cover_segments(through, 2.0, kPicture)) == doctest::Approx(200.0));
}

TEST_CASE("an outline runs along the border and nowhere else") {
  const cv::Mat1b set(20, 30, static_cast<std::uint8_t>(255));
  const Coverage outline = cover_outline(set, {20, 30}, 2.0, kPicture);
  const auto share = [&](int x, int y) {
    return outline.box.contains(x, y) ? outline.share(y - outline.box.y0, x - outline.box.x0) : 0;
  };
  CHECK(share(19, 40) > 0.9F);  // the pixels on either side of the left border
  CHECK(share(20, 40) > 0.9F);
  CHECK(share(22, 40) == 0.0F);
  CHECK(share(16, 40) == 0.0F);
  CHECK(share(35, 40) == 0.0F);  // the middle
  // The perimeter times the width, the corners being rounded off a little.
  CHECK(total(outline) == doctest::Approx(2.0 * 2 * (20 + 30)).epsilon(0.08));
}

TEST_CASE("an outline is cut off at the picture and need not lie in it") {
  const cv::Mat1b set(20, 30, static_cast<std::uint8_t>(255));
  const Coverage cut = cover_outline(set, {-15, 70}, 2.0, kPicture);
  CHECK(intersect(cut.box, kPicture) == cut.box);
  CHECK(total(cut) > 10.0);
  CHECK(cover_outline(set, {500, 500}, 2.0, kPicture).box.empty());
  CHECK(cover_outline(cv::Mat1b(), {0, 0}, 2.0, kPicture).box.empty());
}

TEST_CASE("a rectangle with round corners covers its area less the corners") {
  const Coverage plate = cover_rectangle({10, 10, 40, 30}, 5.0, kPicture);
  const double corners = (4.0 - std::numbers::pi) * 25.0;
  CHECK(total(plate) == doctest::Approx(600.0 - corners).epsilon(kSmoothing));
  CHECK(plate.share(0, 0) == 0.0F);
  CHECK(plate.share(10, 0) == 1.0F);
}

TEST_CASE("shrinking keeps the covered area, in larger pixels") {
  const std::vector<Segment> line{{{11, 13}, {55, 37}}};
  const Coverage large = cover_segments(line, 3.0, kPicture);
  const Coverage small = shrunk(large, 2);
  CHECK(total(small) == doctest::Approx(total(large) / 4.0).epsilon(1e-4));
  CHECK(shrunk(large, 1).box == large.box);
  CHECK(shrunk({}, 2).box.empty());
}

TEST_CASE("painting mixes the colour in by share and opacity, inside of the picture") {
  Image<Rgb8> picture(4, 4, Rgb8{100, 100, 100});
  Coverage coverage{{2, 2, 6, 6}, cv::Mat1f(4, 4, 0.5F)};
  paint(picture, coverage, {200, 0, 100}, 0.5);
  CHECK(picture(3, 3) == Rgb8{125, 75, 100});
  CHECK(picture(1, 1) == Rgb8{100, 100, 100});
}

}  // namespace
}  // namespace sam6d

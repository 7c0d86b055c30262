#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "io/temporary_folder.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/mesh_io.hpp"
#include "support/errors.hpp"
#include "support/log_capture.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

/// A box whose diagonal is `diameter` in the numbers of the file.
std::vector<std::byte> box_file(double diameter) {
  const test::TemporaryFolder folder;
  const auto side = static_cast<float>(diameter / std::sqrt(3.0));
  save_mesh_ply(folder.path() / "box.ply", test::box({side, side, side}), LengthUnit::kMetre);
  return read_file(folder.path() / "box.ply");
}

double loaded_diameter_m(double diameter, std::optional<LengthUnit> unit = std::nullopt) {
  return diameter_m(mesh_from_bytes(box_file(diameter), "box.ply", unit));
}

TEST_CASE("units by their names") {
  CHECK(parse_length_unit("mm") == LengthUnit::kMillimetre);
  CHECK(parse_length_unit("m") == LengthUnit::kMetre);
  CHECK(parse_length_unit("cm") == LengthUnit::kCentimetre);
  CHECK(parse_length_unit("in") == LengthUnit::kInch);
  CHECK(parse_length_unit("millimeter") == LengthUnit::kMillimetre);
  for (const LengthUnit unit :
       {LengthUnit::kMetre, LengthUnit::kCentimetre, LengthUnit::kMillimetre, LengthUnit::kInch}) {
    CHECK(parse_length_unit(to_string(unit)) == unit);
  }
  for (const char* const wrong : {"", "MM", "km", "mm ", "millimetre s"}) {
    CHECK(test::mentions(test::error_of([&] { (void)parse_length_unit(wrong); }), "mm"));
  }
}

TEST_CASE("a given unit is taken") {
  CHECK(loaded_diameter_m(2.0, LengthUnit::kMetre) == doctest::Approx(2.0));
  CHECK(loaded_diameter_m(2.0, LengthUnit::kMillimetre) == doctest::Approx(0.002));
  CHECK(loaded_diameter_m(2.0, LengthUnit::kCentimetre) == doctest::Approx(0.02));
  CHECK(loaded_diameter_m(2.0, LengthUnit::kInch) == doctest::Approx(0.0508));
}

TEST_CASE("without a unit the plausible one of mm and m is taken and told of") {
  const test::LogCapture log(LogLevel::kInfo);
  CHECK(loaded_diameter_m(150.0) == doctest::Approx(0.15));
  CHECK(log.mentions("taken to be in mm"));
  CHECK(loaded_diameter_m(0.15) == doctest::Approx(0.15));
  CHECK(log.mentions("taken to be in m:"));
}

TEST_CASE("where neither mm nor m is plausible both readings are given") {
  for (const double diameter : {0.003, 9000.0}) {
    const auto error = test::error_of([&] { (void)loaded_diameter_m(diameter); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kBadMesh);
    CHECK(test::mentions(error, diameter < 1 ? "3e-06 m" : "9 m"));
    CHECK(test::mentions(error, diameter < 1 ? "0.003 m" : "9000 m"));
  }
}

TEST_CASE("a unit that makes the mesh absurd is questioned") {
  const auto error = test::error_of([] { (void)loaded_diameter_m(150.0, LengthUnit::kMetre); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kBadMesh);
  CHECK(test::mentions(error, "is the unit of length right?"));
}

}  // namespace
}  // namespace sam6d

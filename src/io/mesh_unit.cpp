#include "io/mesh_unit.hpp"

#include <array>
#include <utility>

#include "base/fail.hpp"
#include "base/logging.hpp"

namespace sam6d {
namespace {

constexpr double kMinPlausible_m = 0.005;
constexpr double kMaxPlausible_m = 5.0;

constexpr std::array<std::pair<std::string_view, LengthUnit>, 14> kUnitNames{{
    {"m", LengthUnit::kMetre},
    {"metre", LengthUnit::kMetre},
    {"meter", LengthUnit::kMetre},
    {"metres", LengthUnit::kMetre},
    {"meters", LengthUnit::kMetre},
    {"cm", LengthUnit::kCentimetre},
    {"centimetre", LengthUnit::kCentimetre},
    {"centimeter", LengthUnit::kCentimetre},
    {"mm", LengthUnit::kMillimetre},
    {"millimetre", LengthUnit::kMillimetre},
    {"millimeter", LengthUnit::kMillimetre},
    {"in", LengthUnit::kInch},
    {"inch", LengthUnit::kInch},
    {"inches", LengthUnit::kInch},
}};

bool is_plausible(double diameter_m) {
  return diameter_m >= kMinPlausible_m && diameter_m <= kMaxPlausible_m;
}

}  // namespace

LengthUnit parse_length_unit(std::string_view text) {
  for (const auto& [name, unit] : kUnitNames) {
    if (name == text) return unit;
  }
  fail(ErrorCode::kInvalidArgument, "unit: expected m, cm, mm or in, found '{}'", text);
}

std::string_view to_string(LengthUnit unit) noexcept {
  switch (unit) {
    case LengthUnit::kMetre: return "m";
    case LengthUnit::kCentimetre: return "cm";
    case LengthUnit::kMillimetre: return "mm";
    case LengthUnit::kInch: return "in";
  }
  return "unknown unit";
}

double metres_per(LengthUnit unit) noexcept {
  switch (unit) {
    case LengthUnit::kMetre: break;
    case LengthUnit::kCentimetre: return 0.01;
    case LengthUnit::kMillimetre: return 0.001;
    case LengthUnit::kInch: return 0.0254;
  }
  return 1.0;
}

LengthUnit inferred_unit(double diameter, std::string_view source) {
  const double if_mm = diameter * metres_per(LengthUnit::kMillimetre);
  const double if_m = diameter * metres_per(LengthUnit::kMetre);
  if (is_plausible(if_mm) == is_plausible(if_m)) {
    fail(ErrorCode::kBadMesh,
         "{}: give its unit of length: its diameter is {:.4g} m if it is in millimetres and {:.4g} "
         "m if it is in metres, and {} plausible ({} to {} m)",
         source, if_mm, if_m, is_plausible(if_m) ? "both are" : "neither is", kMinPlausible_m,
         kMaxPlausible_m);
  }
  const LengthUnit unit = is_plausible(if_mm) ? LengthUnit::kMillimetre : LengthUnit::kMetre;
  log_info("{}: taken to be in {}: its diameter is then {:.4g} m", source, to_string(unit),
           diameter * metres_per(unit));
  return unit;
}

}  // namespace sam6d

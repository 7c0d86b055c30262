#include "object_argument.hpp"

#include <charconv>
#include <set>
#include <string_view>
#include <system_error>

#include "errors.hpp"

namespace sam6d::cli {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kBopPrefix = "obj_";

std::optional<ObjectId> whole_number(std::string_view text) {
  ObjectId number = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || stop != text.data() + text.size() || number < 0) {
    return std::nullopt;
  }
  return number;
}

/// 5 for obj_000005.ply, as BOP names its models.
std::optional<ObjectId> number_in_name(const fs::path& path) {
  const std::string stem = path.stem().string();
  if (!stem.starts_with(kBopPrefix)) return std::nullopt;
  return whole_number(std::string_view(stem).substr(kBopPrefix.size()));
}

LengthUnit unit_named(const std::string& unit, const std::string& argument) {
  try {
    return parse_length_unit(unit);
  } catch (const Error& problem) {
    fail_usage("--object {}: {}", argument, problem.what());
  }
}

}  // namespace

ObjectArgument parse_object_argument(const std::string& text) {
  ObjectArgument argument;
  std::string rest = text;
  std::error_code ignored;
  if (!fs::exists(rest, ignored)) {  // the path itself may hold a "=" or end in ":mm"
    const std::size_t equals = rest.find('=');
    if (equals != std::string::npos) {
      const std::string label = rest.substr(0, equals);
      rest = rest.substr(equals + 1);
      argument.id = whole_number(label);
      if (!argument.id) argument.name = label;
      if (label.empty()) {
        fail_usage("--object {}: expected a name or a number before \"=\", found nothing", text);
      }
    }
    const std::size_t colon = rest.rfind(':');
    if (colon != std::string::npos && !fs::exists(rest, ignored)) {
      argument.unit = unit_named(rest.substr(colon + 1), text);
      rest = rest.substr(0, colon);
    }
  }
  if (rest.empty()) fail_usage("--object {}: expected a path, found nothing", text);
  argument.path = rest;
  return argument;
}

void number_objects(std::vector<ObjectArgument>& arguments) {
  std::set<ObjectId> taken;
  for (ObjectArgument& argument : arguments) {
    if (!argument.id && !argument.is_bundle()) argument.id = number_in_name(argument.path);
    if (argument.id && !taken.insert(*argument.id).second) {
      fail_usage("--object: expected every object to have a number of its own, found {} twice",
                 *argument.id);
    }
  }
  ObjectId next = 1;
  for (ObjectArgument& argument : arguments) {
    if (argument.id || argument.is_bundle()) continue;
    while (taken.contains(next)) ++next;
    argument.id = next;
    taken.insert(next);
  }
}

}  // namespace sam6d::cli

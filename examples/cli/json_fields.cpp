#include "json_fields.hpp"

#include <limits>
#include <utility>

namespace sam6d::cli {

JsonFields::JsonFields(const nlohmann::json& object, std::string where)
    : object_(object), where_(std::move(where)) {
  if (!object.is_object()) {
    fail(ErrorCode::kBadFile, "{}: expected a JSON object, found {}", where_, object.type_name());
  }
}

bool JsonFields::has(const std::string& key) {
  known_.insert(key);
  return object_.contains(key);
}

void JsonFields::wrong_type(const std::string& key, const char* expected) const {
  std::string found =
      object_.at(key).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (found.size() > 60) found = found.substr(0, 57) + "...";
  fail(ErrorCode::kBadFile, "{}: expected {} to be {}, found {}", where_, key, expected, found);
}

double JsonFields::number(const std::string& key) const {
  if (!object_.at(key).is_number()) wrong_type(key, "a number");
  return object_.at(key).get<double>();
}

void JsonFields::read(const std::string& key, bool& value) {
  if (!has(key)) return;
  if (!object_.at(key).is_boolean()) wrong_type(key, "true or false");
  value = object_.at(key).get<bool>();
}

void JsonFields::read(const std::string& key, int& value) {
  if (!has(key)) return;
  const nlohmann::json& field = object_.at(key);
  constexpr auto kMax = static_cast<std::int64_t>(std::numeric_limits<int>::max());
  if (!field.is_number_integer() || field.get<double>() > static_cast<double>(kMax) ||
      field.get<double>() < -static_cast<double>(kMax)) {
    wrong_type(key, "a whole number");
  }
  value = field.get<int>();
}

void JsonFields::read(const std::string& key, std::uint64_t& value) {
  if (!has(key)) return;
  if (!object_.at(key).is_number_unsigned()) wrong_type(key, "a whole number of at least 0");
  value = object_.at(key).get<std::uint64_t>();
}

void JsonFields::read(const std::string& key, float& value) {
  if (has(key)) value = static_cast<float>(number(key));
}

void JsonFields::read(const std::string& key, double& value) {
  if (has(key)) value = number(key);
}

void JsonFields::read(const std::string& key, std::string& value) {
  if (!has(key)) return;
  if (!object_.at(key).is_string()) wrong_type(key, "a text");
  value = object_.at(key).get<std::string>();
}

const nlohmann::json* JsonFields::child(const std::string& key) {
  return has(key) ? &object_.at(key) : nullptr;
}

void JsonFields::finish() const {
  for (const auto& [key, value] : object_.items()) {
    if (known_.contains(key)) continue;
    std::string known;
    for (const std::string& name : known_) known += (known.empty() ? "" : ", ") + name;
    fail(ErrorCode::kBadFile, "{}: unknown key \"{}\", expected one of {}", where_, key, known);
  }
}

}  // namespace sam6d::cli

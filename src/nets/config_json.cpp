#include "nets/config_json.hpp"

#include <nlohmann/json.hpp>

#include "base/fail.hpp"

namespace sam6d::nets {
namespace {

using Json = nlohmann::json;

[[noreturn]] void fail_at(const std::string& key, std::string_view expected, const Json& value) {
  fail(ErrorCode::kInvalidArgument, "{}: expected {}, found {}", key, expected,
       value.dump().substr(0, 80));
}

/// `prefix` stands before keys in messages.
void read_object(const std::string& prefix, const Json& object, const ConfigReaders& readers) {
  for (const auto& [key, value] : object.items()) {
    const auto reader = readers.find(key);
    if (reader == readers.end()) {
      std::string known;
      for (const auto& [name, unused] : readers) known += " " + name;
      fail(ErrorCode::kInvalidArgument, "{}{}: unknown key; there are:{}", prefix, key, known);
    }
    reader->second(prefix + key, value);
  }
}

}  // namespace

void read_config(std::string_view who, std::string_view text, const ConfigReaders& readers) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) fail(ErrorCode::kInvalidArgument, "{}: this is no JSON", who);
  if (!json.is_object()) fail_at(std::string(who), "an object {\"key\": value, ...}", json);
  read_object(std::string(who) + ": ", json, readers);
}

ConfigReader into(std::int64_t& field) {
  return [&field](const std::string& key, const Json& value) {
    if (!value.is_number_integer()) fail_at(key, "a whole number", value);
    field = value.get<std::int64_t>();
  };
}

ConfigReader into(float& field) {
  return [&field](const std::string& key, const Json& value) {
    if (!value.is_number()) fail_at(key, "a number", value);
    field = value.get<float>();
  };
}

ConfigReader into(bool& field) {
  return [&field](const std::string& key, const Json& value) {
    if (!value.is_boolean()) fail_at(key, "true or false", value);
    field = value.get<bool>();
  };
}

ConfigReader into(std::vector<std::int64_t>& field) {
  return [&field](const std::string& key, const Json& value) {
    if (!value.is_array()) fail_at(key, "a list of whole numbers", value);
    std::vector<std::int64_t> numbers;
    for (const Json& number : value) {
      if (!number.is_number_integer()) fail_at(key, "a list of whole numbers", value);
      numbers.push_back(number.get<std::int64_t>());
    }
    field = std::move(numbers);
  };
}

ConfigReader into_object(ConfigReaders readers) {
  return [readers = std::move(readers)](const std::string& key, const Json& value) {
    if (!value.is_object()) fail_at(key, "an object {\"key\": value, ...}", value);
    read_object(key + ".", value, readers);
  };
}

ConfigReader into_choice(std::function<void(int)> set,
                         std::vector<std::pair<std::string, int>> choices) {
  return [set = std::move(set), choices = std::move(choices)](const std::string& key,
                                                              const Json& value) {
    std::string names;
    for (const auto& [name, choice] : choices) {
      if (value.is_string() && value.get<std::string>() == name) {
        set(choice);
        return;
      }
      names += (names.empty() ? "\"" : " or \"") + name + "\"";
    }
    fail_at(key, names, value);
  };
}

}  // namespace sam6d::nets

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

/// Sizes of networks as JSON objects whose keys are the fields' names.
namespace sam6d::nets {

/// Puts a value into a field. `key` is what a message calls it: "pem config: vit.width".
using ConfigReader = std::function<void(const std::string& key, const nlohmann::json& value)>;
using ConfigReaders = std::map<std::string, ConfigReader>;

/// `who`: whose configuration, for messages: "pem config". Throws Error(kInvalidArgument) for a
/// text that is no JSON object, for unknown keys, and what the readers throw.
void read_config(std::string_view who, std::string_view text, const ConfigReaders& readers);

/// Readers that throw Error(kInvalidArgument) for a value of another type.
[[nodiscard]] ConfigReader into(std::int64_t& field);
[[nodiscard]] ConfigReader into(float& field);
[[nodiscard]] ConfigReader into(bool& field);
[[nodiscard]] ConfigReader into(std::vector<std::int64_t>& field);
[[nodiscard]] ConfigReader into_object(ConfigReaders readers);
/// Of texts that each stand for a number.
[[nodiscard]] ConfigReader into_choice(std::function<void(int)> set,
                                       std::vector<std::pair<std::string, int>> choices);

template <class Choice>
[[nodiscard]] ConfigReader into(Choice& field,
                                const std::vector<std::pair<std::string, Choice>>& choices) {
  std::vector<std::pair<std::string, int>> numbers;
  numbers.reserve(choices.size());
  for (const auto& [name, choice] : choices) numbers.emplace_back(name, static_cast<int>(choice));
  return into_choice([&field](int number) { field = static_cast<Choice>(number); },
                     std::move(numbers));
}

}  // namespace sam6d::nets

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sam6d/error.hpp"

#include "errors.hpp"

namespace sam6d::cli {

/// Reads the fields of one JSON object into the fields of an options struct; every key must be one
/// that was asked for. Errors (kBadFile) name the file and the field.
class JsonFields {
 public:
  /// `where` is the file, followed by the path of the object inside it.
  JsonFields(const nlohmann::json& object, std::string where);

  void read(const std::string& key, bool& value);
  void read(const std::string& key, int& value);
  void read(const std::string& key, std::uint64_t& value);
  void read(const std::string& key, float& value);
  void read(const std::string& key, double& value);
  void read(const std::string& key, std::string& value);

  /// One of a list of names.
  template <class T>
  void read(const std::string& key, T& value, const std::map<std::string, T>& names) {
    std::string text;
    if (!has(key)) return;
    read(key, text);
    const auto name = names.find(text);
    if (name == names.end()) {
      std::string known;
      for (const auto& entry : names) known += (known.empty() ? "" : ", ") + entry.first;
      fail(ErrorCode::kBadFile, "{}: expected {} to be one of {}, found \"{}\"", where_, key, known,
           text);
    }
    value = name->second;
  }

  /// A nested object, or nullptr when the key is not there.
  [[nodiscard]] const nlohmann::json* child(const std::string& key);
  [[nodiscard]] std::string path_of(const std::string& key) const { return where_ + ": " + key; }

  /// Throws for keys that nobody asked for.
  void finish() const;

 private:
  [[nodiscard]] bool has(const std::string& key);
  [[noreturn]] void wrong_type(const std::string& key, const char* expected) const;
  double number(const std::string& key) const;

  const nlohmann::json& object_;
  std::string where_;
  std::set<std::string> known_;
};

}  // namespace sam6d::cli

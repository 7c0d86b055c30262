#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <nlohmann/json.hpp>

namespace sam6d {

/// Largest JSON file that is read into memory as a whole.
inline constexpr std::uint64_t kMaxJsonBytes = std::uint64_t{64} << 20U;

/// Parses JSON. Throws Error(kBadFile), naming `source` and the byte, for anything else, NaN and
/// Infinity (which Python writes) among it.
[[nodiscard]] nlohmann::json parse_json(std::string_view text, const std::string& source);
[[nodiscard]] nlohmann::json load_json(const std::filesystem::path& path);

/// Throws Error(kBadFile) for what nlohmann's parser found at `byte` (from 1) of `text`, which
/// begins at byte `text_begin` of the file.
[[noreturn]] void fail_bad_json(std::string_view text, std::size_t byte, const std::string& source,
                                std::size_t text_begin = 0);

/// A place inside a JSON file: reads values and says where it stands when they are not as expected.
/// All readers throw Error(kBadFile). Holds a pointer into the document.
class JsonCursor {
 public:
  JsonCursor(const nlohmann::json& value, std::string where)
      : value_(&value), where_(std::move(where)) {}

  [[nodiscard]] const nlohmann::json& value() const { return *value_; }
  [[nodiscard]] const std::string& where() const { return where_; }
  /// Throws: where we are, what was expected, what is there.
  [[noreturn]] void refuse(std::string_view expected) const;

  /// A member of an object that must be there.
  [[nodiscard]] JsonCursor at(const std::string& key) const;
  /// A member of an object, if it is there and not null.
  [[nodiscard]] std::optional<JsonCursor> find(const std::string& key) const;
  /// All members of an object.
  [[nodiscard]] std::vector<std::pair<std::string, JsonCursor>> members() const;
  /// All elements of an array.
  [[nodiscard]] std::vector<JsonCursor> elements() const;

  [[nodiscard]] double number() const;
  [[nodiscard]] std::int64_t integer(std::int64_t lowest, std::int64_t highest) const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::string text() const;
  /// An array of `count` finite numbers.
  [[nodiscard]] std::vector<double> numbers(std::size_t count) const;
  /// Nine numbers row after row, or three rows of three.
  [[nodiscard]] Eigen::Matrix3d matrix3() const;
  [[nodiscard]] Eigen::Vector3d vector3() const;

 private:
  const nlohmann::json* value_;
  std::string where_;
};

}  // namespace sam6d

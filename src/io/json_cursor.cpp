#include "io/json_cursor.hpp"

#include <algorithm>
#include <cmath>

#include "base/fail.hpp"
#include "sam6d/file_io.hpp"

namespace sam6d {
namespace {

/// A short picture of a value for an error text.
std::string found(const nlohmann::json& value) {
  switch (value.type()) {
    case nlohmann::json::value_t::object: return "an object";
    case nlohmann::json::value_t::array: return fmt::format("a list of {} elements", value.size());
    default: break;
  }
  constexpr std::size_t kShown = 40;
  std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  if (text.size() > kShown) text = text.substr(0, kShown) + "...";
  return text;
}

/// Refuses documents so deep that walking through them could use up the stack.
void check_nesting(std::string_view text, const std::string& source) {
  constexpr int kMaxNesting = 64;
  int depth = 0;
  bool inside_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inside_text) {
      if (c == '\\') ++i;
      inside_text = c != '"';
    } else if (c == '"') {
      inside_text = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxNesting) {
        fail(ErrorCode::kBadFile, "{}: expected JSON of at most {} levels, found more", source,
             kMaxNesting);
      }
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
}

bool is_finite_number(const nlohmann::json& value) {
  return value.is_number() && std::isfinite(value.get<double>());
}

}  // namespace

void fail_bad_json(std::string_view text, std::size_t byte, const std::string& source,
                   std::size_t text_begin) {
  const std::size_t end = std::min(byte, text.size());
  // The parser stops inside or behind the word that it does not know.
  const std::string_view near = text.substr(end > 9 ? end - 9 : 0, 18);
  for (const std::string_view word : {"NaN", "Infinity"}) {
    if (near.find(word) != std::string_view::npos) {
      fail(ErrorCode::kBadFile, "{}: expected finite numbers, found {} at byte {}", source, word,
           text_begin + byte);
    }
  }
  fail(ErrorCode::kBadFile, "{}: expected JSON, found something else at byte {}{}", source,
       text_begin + byte, byte > text.size() ? " (the end of the file)" : "");
}

nlohmann::json parse_json(std::string_view text, const std::string& source) {
  check_nesting(text, source);
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    fail_bad_json(text, error.byte, source);
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorCode::kBadFile, "{}: expected JSON with finite numbers, found: {}", source,
         error.what());
  }
}

nlohmann::json load_json(const std::filesystem::path& path) {
  return parse_json(read_text_file(path, kMaxJsonBytes), path.string());
}

void JsonCursor::refuse(std::string_view expected) const {
  fail(ErrorCode::kBadFile, "{}: expected {}, found {}", where_, expected, found(*value_));
}

JsonCursor JsonCursor::at(const std::string& key) const {
  if (!value_->is_object()) refuse("an object with \"" + key + "\"");
  const auto member = value_->find(key);
  if (member == value_->end()) {
    fail(ErrorCode::kBadFile, "{}: expected \"{}\", found no such member", where_, key);
  }
  return {*member, where_ + ": " + key};
}

std::optional<JsonCursor> JsonCursor::find(const std::string& key) const {
  if (!value_->is_object()) refuse("an object");
  const auto member = value_->find(key);
  if (member == value_->end() || member->is_null()) return std::nullopt;
  return JsonCursor(*member, where_ + ": " + key);
}

std::vector<std::pair<std::string, JsonCursor>> JsonCursor::members() const {
  if (!value_->is_object()) refuse("an object");
  std::vector<std::pair<std::string, JsonCursor>> result;
  for (const auto& [key, member] : value_->items()) {
    result.emplace_back(key, JsonCursor(member, where_ + ": " + key));
  }
  return result;
}

std::vector<JsonCursor> JsonCursor::elements() const {
  if (!value_->is_array()) refuse("a list");
  std::vector<JsonCursor> result;
  for (std::size_t i = 0; i < value_->size(); ++i) {
    result.emplace_back((*value_)[i], where_ + "[" + std::to_string(i) + "]");
  }
  return result;
}

double JsonCursor::number() const {
  if (!is_finite_number(*value_)) refuse("a finite number");
  return value_->get<double>();
}

std::int64_t JsonCursor::integer(std::int64_t lowest, std::int64_t highest) const {
  const double value = is_finite_number(*value_) ? value_->get<double>() : NAN;
  // Integers that Python wrote as floating point are taken. NaN fails every comparison.
  const bool fits = value >= static_cast<double>(lowest) && value <= static_cast<double>(highest) &&
                    std::floor(value) == value;
  if (!fits) refuse(fmt::format("a whole number from {} to {}", lowest, highest));
  return static_cast<std::int64_t>(value);
}

bool JsonCursor::boolean() const {
  if (!value_->is_boolean()) refuse("true or false");
  return value_->get<bool>();
}

std::string JsonCursor::text() const {
  if (!value_->is_string()) refuse("a text");
  return value_->get<std::string>();
}

std::vector<double> JsonCursor::numbers(std::size_t count) const {
  if (!value_->is_array() || value_->size() != count ||
      !std::all_of(value_->begin(), value_->end(), is_finite_number)) {
    std::string expected = fmt::format("{} finite numbers", count);
    if (value_->is_array() && value_->size() == count) {
      const auto odd = std::find_if_not(value_->begin(), value_->end(), is_finite_number);
      fail(ErrorCode::kBadFile, "{}: expected {}, found {} among them", where_, expected,
           found(*odd));
    }
    refuse(expected);
  }
  return value_->get<std::vector<double>>();
}

Eigen::Matrix3d JsonCursor::matrix3() const {
  Eigen::Matrix<double, 3, 3, Eigen::RowMajor> matrix;
  if (value_->is_array() && value_->size() == 3) {
    for (int row = 0; row < 3; ++row) {
      const JsonCursor line((*value_)[static_cast<std::size_t>(row)],
                            where_ + "[" + std::to_string(row) + "]");
      matrix.row(row) = line.vector3();
    }
  } else {
    const std::vector<double> values = numbers(9);
    std::copy(values.begin(), values.end(), matrix.data());
  }
  return matrix;
}

Eigen::Vector3d JsonCursor::vector3() const {
  const std::vector<double> values = numbers(3);
  return {values[0], values[1], values[2]};
}

}  // namespace sam6d

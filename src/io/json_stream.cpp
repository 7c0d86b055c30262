#include <string>

#include "base/fail.hpp"
#include "io/detection_json.hpp"

namespace sam6d {
namespace {

using Event = nlohmann::json::parse_event_t;

/// An entry's largest part is its list of run lengths.
constexpr std::int64_t kMaxValuesPerEntry = std::int64_t{1} << 23U;
constexpr int kMaxNesting = 16;

/// The bytes around a parser's stop, for the error text.
[[noreturn]] void fail_at(std::istream& text, std::size_t byte, const std::string& source) {
  constexpr std::size_t kBefore = 32;
  const std::size_t begin = byte > kBefore ? byte - kBefore : 0;
  std::string near(2 * kBefore, ' ');
  text.clear();
  text.seekg(static_cast<std::streamoff>(begin));
  text.read(near.data(), static_cast<std::streamsize>(near.size()));
  near.resize(static_cast<std::size_t>(text.gcount()));
  fail_bad_json(near, byte - begin, source, begin);
}

}  // namespace

void for_each_object(std::istream& text, const std::string& source,
                     const std::function<void(const JsonCursor&)>& use) {
  std::size_t index = 0;
  std::int64_t values = 0;
  const auto callback = [&](int depth, Event event, nlohmann::json& parsed) {
    if (depth == 0 && event != Event::array_start && event != Event::array_end) {
      fail(ErrorCode::kBadFile, "{}: expected a list of objects, found something else", source);
    }
    if (depth == 1 && (event == Event::array_start || event == Event::value)) {
      fail(ErrorCode::kBadFile, "{}[{}]: expected an object, found something else", source, index);
    }
    if (depth > kMaxNesting || ++values > kMaxValuesPerEntry) {
      fail(ErrorCode::kBadFile, "{}[{}]: expected at most {} values in {} levels, found more",
           source, index, kMaxValuesPerEntry, kMaxNesting);
    }
    if (depth != 1 || event != Event::object_end) return true;
    use(JsonCursor(parsed, source + "[" + std::to_string(index) + "]"));
    ++index;
    values = 0;
    return false;  // drop it
  };
  try {
    // What remains is the list without its elements.
    [[maybe_unused]] const nlohmann::json rest = nlohmann::json::parse(text, callback);
  } catch (const nlohmann::json::parse_error& error) {
    fail_at(text, error.byte, source);
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorCode::kBadFile, "{}[{}]: expected JSON with finite numbers, found: {}", source, index,
         error.what());
  }
}

}  // namespace sam6d

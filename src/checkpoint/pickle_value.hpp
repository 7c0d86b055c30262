#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/fail.hpp"
#include "checkpoint/checkpoint_index.hpp"

/// What a pickle can be made of here: data. Values refer to each other by number, so that shared
/// and circular ones need no care and nothing recurses when they are dropped.
namespace sam6d {

/// Index of a PickleDocument's value.
using PickleId = std::uint32_t;
using PicklePairs = std::vector<std::pair<PickleId, PickleId>>;

struct PickleNone {};
/// A whole number beyond 64 bits: two's complement, little endian.
struct PickleLong {
  std::string digits;
};
/// UTF-8.
struct PickleText {
  std::string text;
};
struct PickleBytes {
  std::shared_ptr<const std::string> bytes;
};
struct PickleSequence {
  enum class Kind { kList, kTuple, kSet } kind = Kind::kList;
  std::vector<PickleId> items;
};
/// In the order of insertion; of equal keys the last one counts.
struct PickleDict {
  PicklePairs items;
};
/// The name of a class or function: a name and no more.
struct PickleGlobal {
  std::string module;
  std::string name;
};
/// An instance of a class that is not known: what it was given, and nothing done with it.
struct PickleObject {
  PickleId type = 0;                  ///< a PickleGlobal
  std::optional<PickleId> arguments;  ///< of its construction, a tuple
  std::vector<PickleId> states;       ///< dictionaries of attributes, mostly
  PicklePairs items;                  ///< of a dictionary's subclass
  std::vector<PickleId> elements;     ///< of a list's subclass
};
/// A storage, or a part of one.
struct PickleStorage {
  std::size_t storage = 0;
  std::uint64_t begin = 0;  ///< bytes
  std::uint64_t size = 0;   ///< bytes
};
struct PickleTensor {
  std::size_t tensor = 0;
  bool of_numpy = false;
};

using PickleValue = std::variant<PickleNone, bool, std::int64_t, double, PickleLong, PickleText,
                                 PickleBytes, PickleSequence, PickleDict, PickleGlobal,
                                 std::unique_ptr<PickleObject>, PickleStorage, PickleTensor>;

/// A storage that a pickle speaks of.
struct PickledStorage {
  std::string key;
  std::optional<DType> dtype;                  ///< nothing = bytes of any type
  std::uint64_t size = 0;                      ///< bytes
  std::shared_ptr<const std::string> content;  ///< bytes that lie in the pickle itself
};

struct PickleDocument {
  std::string source;          ///< the file, for messages
  std::uint64_t position = 0;  ///< byte of the file that was just read, for messages

  std::deque<PickleValue> values;  ///< references to them stay valid
  std::vector<PickledStorage> storages;
  std::map<std::string, std::size_t, std::less<>> storage_of_key;
  std::vector<StoredTensor> tensors;  ///< StoredTensor::storage counts `storages`

  std::uint64_t items_made = 0;  ///< values, and items that were copied
  std::uint64_t bytes_made = 0;  ///< of texts and bytes that were converted
};

template <class... Args>
[[noreturn]] void fail_pickle(const PickleDocument& document, fmt::format_string<Args...> format,
                              Args&&... args) {
  fail(ErrorCode::kBadFile, "{}: pickle at byte {}: {}", document.source, document.position,
       fmt::format(format, std::forward<Args>(args)...));
}

/// Counts what is about to be made, so that a small pickle cannot ask for much memory by copying
/// the same thing again and again. Throws Error(kBadFile).
void charge_items(PickleDocument& document, std::uint64_t count);
void charge_bytes(PickleDocument& document, std::uint64_t count);

PickleId add(PickleDocument& document, PickleValue value);
PickleId add_object(PickleDocument& document, PickleId type, std::optional<PickleId> arguments);

/// The value if it is of that type.
template <class T>
const T* value_if(const PickleDocument& document, PickleId id) {
  return std::get_if<T>(&document.values[id]);
}
[[nodiscard]] const PickleObject* object_if(const PickleDocument& document, PickleId id);
[[nodiscard]] std::optional<std::string_view> text_if(const PickleDocument& document, PickleId id);

/// Items of a tuple or list. Throws Error(kBadFile), naming `what`, for anything else.
[[nodiscard]] std::span<const PickleId> items_of(const PickleDocument& document, PickleId id,
                                                 std::string_view what);
/// A whole number that is not negative.
[[nodiscard]] std::uint64_t count_of(const PickleDocument& document, PickleId id,
                                     std::string_view what);

/// "builtins.set", with Python 2's and older numpy's names put into today's.
[[nodiscard]] std::string path_of(const PickleGlobal& global);

/// "a list", "the number 3", "module.name": for messages.
[[nodiscard]] std::string describe(const PickleDocument& document, PickleId id);

}  // namespace sam6d

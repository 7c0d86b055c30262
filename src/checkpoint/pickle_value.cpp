#include "checkpoint/pickle_value.hpp"
#include "base/utf8.hpp"

namespace sam6d {
namespace {

// Far more than any checkpoint has; 40 bytes of memory each.
constexpr std::uint64_t kMaxItems = std::uint64_t{1} << 23U;
// Bytes that conversions may make beyond those of the pickle itself.
constexpr std::uint64_t kFreeBytes = std::uint64_t{1} << 20U;
constexpr std::uint64_t kMaxGrowth = 4;

}  // namespace

void charge_items(PickleDocument& document, std::uint64_t count) {
  document.items_made += count;
  if (document.items_made > kMaxItems) {
    fail_pickle(document, "expected at most {} values, found more", kMaxItems);
  }
}

void charge_bytes(PickleDocument& document, std::uint64_t count) {
  document.bytes_made += count;
  if (document.bytes_made > kFreeBytes + kMaxGrowth * document.position) {
    fail_pickle(document, "expected conversions of texts to bytes, found the same text many times");
  }
}

PickleId add(PickleDocument& document, PickleValue value) {
  charge_items(document, 1);
  document.values.push_back(std::move(value));
  return static_cast<PickleId>(document.values.size() - 1);
}

PickleId add_object(PickleDocument& document, PickleId type, std::optional<PickleId> arguments) {
  auto object = std::make_unique<PickleObject>();
  object->type = type;
  object->arguments = arguments;
  return add(document, std::move(object));
}

const PickleObject* object_if(const PickleDocument& document, PickleId id) {
  const auto* const object = value_if<std::unique_ptr<PickleObject>>(document, id);
  return object != nullptr ? object->get() : nullptr;
}

std::optional<std::string_view> text_if(const PickleDocument& document, PickleId id) {
  const auto* const text = value_if<PickleText>(document, id);
  return text != nullptr ? std::optional<std::string_view>(text->text) : std::nullopt;
}

std::span<const PickleId> items_of(const PickleDocument& document, PickleId id,
                                   std::string_view what) {
  const auto* const sequence = value_if<PickleSequence>(document, id);
  if (sequence == nullptr || sequence->kind == PickleSequence::Kind::kSet) {
    fail_pickle(document, "expected {}, found {}", what, describe(document, id));
  }
  return sequence->items;
}

std::uint64_t count_of(const PickleDocument& document, PickleId id, std::string_view what) {
  const auto* const number = value_if<std::int64_t>(document, id);
  if (number == nullptr || *number < 0) {
    fail_pickle(document, "expected {} to be a whole number from 0 on, found {}", what,
                describe(document, id));
  }
  return static_cast<std::uint64_t>(*number);
}

std::string path_of(const PickleGlobal& global) {
  std::string module = global.module;
  if (module == "__builtin__") module = "builtins";
  if (module == "copy_reg") module = "copyreg";
  constexpr std::string_view kOldNumpy = "numpy.core.";
  if (module.starts_with(kOldNumpy)) {
    module = "numpy._core." + module.substr(kOldNumpy.size());
  }
  return module + "." + global.name;
}

std::string describe(const PickleDocument& document, PickleId id) {
  constexpr std::size_t kMaxText = 60;
  const PickleValue& value = document.values[id];
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return fmt::format("the number {}", *number);
  }
  if (const auto* number = std::get_if<double>(&value)) {
    return fmt::format("the number {}", *number);
  }
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "True" : "False";
  if (const auto text = text_if(document, id)) {
    return fmt::format("the text {}{}", quoted_text(text->substr(0, kMaxText)),
                       text->size() > kMaxText ? "..." : "");
  }
  if (const auto* global = std::get_if<PickleGlobal>(&value)) {
    return global->module + "." + global->name;
  }
  if (const PickleObject* const object = object_if(document, id)) {
    return "an object of class " + describe(document, object->type);
  }
  if (const auto* sequence = std::get_if<PickleSequence>(&value)) {
    switch (sequence->kind) {
      case PickleSequence::Kind::kList: return "a list";
      case PickleSequence::Kind::kTuple: return "a tuple";
      case PickleSequence::Kind::kSet: return "a set";
    }
  }
  if (std::holds_alternative<PickleNone>(value)) return "None";
  if (std::holds_alternative<PickleLong>(value)) return "a number beyond 64 bits";
  if (std::holds_alternative<PickleBytes>(value)) return "bytes";
  if (std::holds_alternative<PickleDict>(value)) return "a dictionary";
  if (std::holds_alternative<PickleStorage>(value)) return "a storage";
  return "a tensor";
}

}  // namespace sam6d

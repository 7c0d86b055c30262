#include "checkpoint/tensor_names.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace sam6d {
namespace {

constexpr std::size_t kMaxDepth = 100;
constexpr std::uint64_t kMaxSteps = std::uint64_t{1} << 22U;
constexpr std::size_t kMaxPath = 4096;
constexpr std::uint64_t kMaxNameBytes = std::uint64_t{1} << 27U;
constexpr std::size_t kMaxMetadataText = 1000;
constexpr std::string_view kWholeFile = "tensor";

/// An entry of a dictionary.
struct Entry {
  std::string_view text;  ///< the key, of a value's own memory
  std::string number;     ///< the key in digits, where it is no text
  PickleId value = 0;

  [[nodiscard]] std::string_view name() const {
    return number.empty() ? text : std::string_view(number);
  }
};

/// The keys as names; of equal ones the last, at the place of the first, as Python has it.
std::vector<Entry> entries_of(const PickleDocument& doc, const PicklePairs& items) {
  std::vector<Entry> entries;
  std::unordered_map<std::string_view, std::size_t> place_of_text;
  std::unordered_map<std::int64_t, std::size_t> place_of_number;
  for (const auto& [key, value] : items) {
    Entry entry{{}, {}, value};
    std::size_t place = entries.size();
    if (const auto text = text_if(doc, key)) {
      entry.text = *text;
      place = place_of_text.try_emplace(*text, place).first->second;
    } else if (const auto* const number = value_if<std::int64_t>(doc, key)) {
      entry.number = std::to_string(*number);
      place = place_of_number.try_emplace(*number, place).first->second;
    } else {
      entry.number = fmt::format("({})", entries.size());  // tuples, floats, ...: by their place
    }
    if (place == entries.size()) {
      entries.push_back(std::move(entry));
    } else {
      entries[place].value = value;
    }
  }
  return entries;
}

/// Attributes that an object was given, whichever way its class writes them.
std::vector<Entry> attributes_of(const PickleDocument& doc, const PickleObject& object) {
  PicklePairs pairs;
  const auto add_pairs = [&](PickleId state) {
    if (const auto* const dictionary = value_if<PickleDict>(doc, state)) {
      pairs.insert(pairs.end(), dictionary->items.begin(), dictionary->items.end());
    }
  };
  for (const PickleId state : object.states) {
    add_pairs(state);
    // (attributes, those that the class keeps in slots)
    if (const auto* const tuple = value_if<PickleSequence>(doc, state);
        tuple != nullptr && tuple->items.size() == 2) {
      std::ranges::for_each(tuple->items, add_pairs);
    }
  }
  return entries_of(doc, pairs);
}

std::optional<PickleId> find(const std::vector<Entry>& entries, std::string_view name) {
  const auto found = std::ranges::find(entries, name, &Entry::text);
  return found != entries.end() ? std::optional(found->value) : std::nullopt;
}

/// How a value was come to.
struct Approach {
  std::uint32_t group = 0;
  std::optional<std::uint32_t> module_group;  ///< of the module that holds this one
  bool in_dictionaries = false;  ///< dictionaries alone: numbers and texts are metadata then
};

class TensorNamer {
 public:
  TensorNamer(const PickleDocument& document, CheckpointIndex& index)
      : doc_(document), index_(index) {}

  void run(PickleId root) {
    if (value_if<PickleTensor>(doc_, root) != nullptr) path_ = kWholeFile;
    visit(root, {new_group(), std::nullopt, true});
    std::unordered_set<std::string_view> seen;
    for (const NamedTensor& tensor : index_.names) {
      if (!seen.insert(tensor.name).second)
        fail_names("found two tensors {}", quoted_text(tensor.name));
    }
  }

 private:
  template <class... Args>
  [[noreturn]] void fail_names(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorCode::kBadFile, "{}: {}", doc_.source,
         fmt::format(format, std::forward<Args>(args)...));
  }

  std::uint32_t new_group() { return groups_++; }

  void count_step() {
    if (++steps_ > kMaxSteps) fail_names("expected at most {} values, found more", kMaxSteps);
  }

  void charge_name() {
    name_bytes_ += path_.size() + 1;
    if (name_bytes_ > kMaxNameBytes) {
      fail_names("expected names of at most {} bytes, found more", kMaxNameBytes);
    }
  }

  void visit(PickleId id, const Approach& approach) {
    count_step();
    if (const auto* const tensor = value_if<PickleTensor>(doc_, id)) {
      charge_name();
      index_.names.push_back({path_, approach.group, tensor->tensor});
      return;
    }
    // A value that holds itself has nothing new to show.
    if (std::ranges::find(open_, id) != open_.end()) return;
    if (open_.size() >= kMaxDepth) fail_names("expected at most {} levels, found more", kMaxDepth);
    open_.push_back(id);
    if (const auto* const dictionary = value_if<PickleDict>(doc_, id)) {
      visit_entries(entries_of(doc_, dictionary->items),
                    {new_group(), std::nullopt, approach.in_dictionaries});
    } else if (const auto* const sequence = value_if<PickleSequence>(doc_, id)) {
      visit_elements(sequence->items, {new_group(), std::nullopt, false});
    } else if (const PickleObject* const object = object_if(doc_, id)) {
      visit_object(*object, approach);
    } else if (approach.in_dictionaries) {
      add_metadata(id);
    }
    open_.pop_back();
  }

  void descend(std::string_view part, PickleId id, const Approach& approach) {
    const std::size_t length = path_.size();
    if (part.size() > kMaxPath || length + part.size() >= kMaxPath) {
      fail_names("expected names of at most {} bytes, found more below {}", kMaxPath,
                 quoted_text(path_));
    }
    if (length > 0) path_ += '.';
    path_ += part;
    visit(id, approach);
    path_.resize(length);
  }

  void visit_entries(const std::vector<Entry>& entries, const Approach& approach) {
    for (const Entry& entry : entries) descend(entry.name(), entry.value, approach);
  }

  void visit_elements(std::span<const PickleId> elements, const Approach& approach) {
    for (std::size_t i = 0; i < elements.size(); ++i) {
      descend(std::to_string(i), elements[i], approach);
    }
  }

  void visit_object(const PickleObject& object, const Approach& approach) {
    const std::vector<Entry> attributes = attributes_of(doc_, object);
    const bool is_module = find(attributes, "_parameters") || find(attributes, "_modules");
    const Approach plain{new_group(), std::nullopt, false};
    if (is_module) visit_module(attributes, approach.module_group.value_or(new_group()), plain);
    for (const Entry& attribute : attributes) {
      const std::string_view name = attribute.name();
      if (is_module && (name == "_parameters" || name == "_buffers" || name == "_modules"))
        continue;
      descend(name, attribute.value, plain);
    }
    if (object.arguments) descend("args", *object.arguments, plain);
    visit_entries(entries_of(doc_, object.items), plain);
    visit_elements(object.elements, plain);
  }

  /// As state_dict() has it: a module's own parameters and buffers, then those of the modules in
  /// it, all of one group. Buffers that state_dict() leaves out are of the group of `plain`.
  void visit_module(const std::vector<Entry>& attributes, std::uint32_t group,
                    const Approach& plain) {
    const auto entries = [&](std::string_view name) {
      const std::optional<PickleId> id = find(attributes, name);
      const auto* const items = id ? value_if<PickleDict>(doc_, *id) : nullptr;
      return items != nullptr ? entries_of(doc_, items->items) : std::vector<Entry>{};
    };
    std::unordered_set<std::string_view> left_out;
    if (const auto id = find(attributes, "_non_persistent_buffers_set")) {
      if (const auto* const names = value_if<PickleSequence>(doc_, *id)) {
        for (const PickleId name : names->items) {
          count_step();
          if (const auto text = text_if(doc_, name)) left_out.insert(*text);
        }
      }
    }
    const Approach inside{group, group, false};
    visit_entries(entries("_parameters"), inside);
    for (const Entry& buffer : entries("_buffers")) {
      descend(buffer.name(), buffer.value, left_out.contains(buffer.name()) ? plain : inside);
    }
    visit_entries(entries("_modules"), inside);
  }

  void add_metadata(PickleId id) {
    std::string text;
    if (const auto* const number = value_if<std::int64_t>(doc_, id)) {
      text = std::to_string(*number);
    } else if (const auto* const real = value_if<double>(doc_, id)) {
      text = fmt::format("{}", *real);
    } else if (const auto* const truth = value_if<bool>(doc_, id)) {
      text = *truth ? "true" : "false";
    } else if (const auto words = text_if(doc_, id); words && words->size() <= kMaxMetadataText) {
      text = *words;
    } else {
      return;
    }
    charge_name();
    name_bytes_ += text.size();
    index_.metadata.insert_or_assign(path_, std::move(text));
  }

  const PickleDocument& doc_;
  CheckpointIndex& index_;
  std::string path_;
  std::vector<PickleId> open_;  ///< values that this one lies in
  std::uint32_t groups_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t name_bytes_ = 0;
};

}  // namespace

void name_tensors(const PickleDocument& document, PickleId root, CheckpointIndex& index) {
  TensorNamer(document, index).run(root);
}

}  // namespace sam6d

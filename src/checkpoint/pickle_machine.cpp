#include "checkpoint/pickle_machine.hpp"

#include <unordered_map>

#include "base/utf8.hpp"
#include "checkpoint/pickle_calls.hpp"
#include "checkpoint/pickle_text.hpp"

namespace sam6d {
namespace {

// Entries that the stack may have; opcodes that a pickle may have. A checkpoint of a thousand
// tensors has some 50,000.
constexpr std::size_t kMaxStack = std::size_t{1} << 23U;
constexpr std::uint64_t kMaxOpcodes = std::uint64_t{1} << 24U;
constexpr std::uint64_t kMaxLongBytes = 1024;
constexpr std::uint8_t kMaxProtocol = 5;

class PickleMachine {
 public:
  PickleMachine(PickleInput& input, PickleDocument& document) : in_(input), doc_(document) {}

  PickleId run() {
    for (std::uint64_t count = 0; count < kMaxOpcodes; ++count) {
      doc_.position = in_.position();
      const std::uint8_t opcode = in_.byte();
      if (opcode == '.') return pop();
      if (!run_number(opcode) && !run_text(opcode) && !run_container(opcode) &&
          !run_stack(opcode) && !run_object(opcode)) {
        refuse(opcode);
      }
    }
    fail_pickle(doc_, "expected at most {} opcodes, found more", kMaxOpcodes);
  }

 private:
  // --- the stack and the memo

  void push(PickleId id) {
    if (stack_.size() >= kMaxStack) fail_pickle(doc_, "the stack grows too large");
    stack_.push_back(id);
  }
  void push_new(PickleValue value) { push(add(doc_, std::move(value))); }

  /// Entries above the last mark, which pops may not pass.
  [[nodiscard]] std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  PickleId pop() {
    if (stack_.size() <= floor()) fail_pickle(doc_, "expected a value on the stack, found none");
    const PickleId id = stack_.back();
    stack_.pop_back();
    return id;
  }

  PickleId top() {
    const PickleId id = pop();
    stack_.push_back(id);
    return id;
  }

  /// Takes everything above the last mark, and the mark.
  std::vector<PickleId> pop_to_mark() {
    if (marks_.empty()) fail_pickle(doc_, "expected a mark on the stack, found none");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleId> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    charge_items(doc_, items.size());
    return items;
  }

  PicklePairs pop_pairs_to_mark() {
    const std::vector<PickleId> items = pop_to_mark();
    if (items.size() % 2 != 0) fail_pickle(doc_, "expected keys with values, found a key alone");
    PicklePairs pairs;
    pairs.reserve(items.size() / 2);
    for (std::size_t i = 0; i < items.size(); i += 2) pairs.emplace_back(items[i], items[i + 1]);
    return pairs;
  }

  std::vector<PickleId> pop_some(std::size_t count) {
    std::vector<PickleId> items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    return items;
  }

  void put(std::uint32_t slot) {
    if (memo_.size() >= kMaxStack) fail_pickle(doc_, "the memo grows too large");
    memo_[slot] = top();
  }

  void get(std::uint32_t slot) {
    const auto found = memo_.find(slot);
    if (found == memo_.end()) fail_pickle(doc_, "expected a memo {}, found none", slot);
    push(found->second);
  }

  // --- opcodes; each function says whether it knows the opcode

  bool run_number(std::uint8_t opcode) {
    switch (opcode) {
      case 'N': push_new(PickleNone{}); return true;
      case 0x88: push_new(true); return true;
      case 0x89: push_new(false); return true;
      case 'K': push_new(std::int64_t{in_.byte()}); return true;
      case 'M': push_new(std::int64_t{in_.number<std::uint16_t>()}); return true;
      case 'J': push_new(std::int64_t{in_.number<std::int32_t>()}); return true;
      case 'G': push_new(in_.big_endian_double()); return true;
      case 0x8a: push_long(in_.byte()); return true;
      case 0x8b: {
        const auto size = in_.number<std::int32_t>();
        if (size < 0) fail_pickle(doc_, "expected the length of a number, found {}", size);
        push_long(static_cast<std::uint64_t>(size));
        return true;
      }
      default: return false;
    }
  }

  void push_long(std::uint64_t size) {
    if (size > kMaxLongBytes) {
      fail_pickle(doc_, "expected a number of at most {} bytes, found {}", kMaxLongBytes, size);
    }
    push_new(long_value(in_.bytes(size)));
  }

  bool run_text(std::uint8_t opcode) {
    switch (opcode) {
      case 'X': push_text(in_.number<std::uint32_t>()); return true;
      case 0x8c: push_text(in_.byte()); return true;
      case 0x8d: push_text(in_.number<std::uint64_t>()); return true;
      case 'U': push_old_string(in_.byte()); return true;
      case 'T': push_old_string(in_.number<std::uint32_t>()); return true;
      case 'C': push_bytes(in_.byte()); return true;
      case 'B': push_bytes(in_.number<std::uint32_t>()); return true;
      case 0x8e:
      case 0x96: push_bytes(in_.number<std::uint64_t>()); return true;
      default: return false;
    }
  }

  void push_text(std::uint64_t size) {
    std::string text = in_.bytes(size);
    if (!is_utf8(text)) fail_pickle(doc_, "expected a text in UTF-8, found other bytes");
    push_new(PickleText{std::move(text)});
  }

  /// Python 2's str: text or bytes.
  void push_old_string(std::uint64_t size) {
    std::string text = in_.bytes(size);
    if (is_utf8(text)) {
      push_new(PickleText{std::move(text)});
    } else {
      push_new(PickleBytes{std::make_shared<const std::string>(std::move(text))});
    }
  }

  void push_bytes(std::uint64_t size) {
    push_new(PickleBytes{std::make_shared<const std::string>(in_.bytes(size))});
  }

  bool run_container(std::uint8_t opcode) {
    using Kind = PickleSequence::Kind;
    switch (opcode) {
      case ']': push_new(PickleSequence{Kind::kList, {}}); return true;
      case ')': push_new(PickleSequence{Kind::kTuple, {}}); return true;
      case '}': push_new(PickleDict{}); return true;
      case 0x8f: push_new(PickleSequence{Kind::kSet, {}}); return true;
      case 'l': push_new(PickleSequence{Kind::kList, pop_to_mark()}); return true;
      case 't': push_new(PickleSequence{Kind::kTuple, pop_to_mark()}); return true;
      case 0x91: push_new(PickleSequence{Kind::kSet, pop_to_mark()}); return true;
      case 'd': push_new(PickleDict{pop_pairs_to_mark()}); return true;
      case 0x85:
      case 0x86:
      case 0x87: push_new(PickleSequence{Kind::kTuple, pop_some(opcode - 0x84U)}); return true;
      case 'a': append(pop_some(1)); return true;
      case 'e': append(pop_to_mark()); return true;
      case 's': {
        const std::vector<PickleId> item = pop_some(2);
        set_items({{item[0], item[1]}});
        return true;
      }
      case 'u': set_items(pop_pairs_to_mark()); return true;
      case 0x90: {
        const std::vector<PickleId> items = pop_to_mark();
        auto* const set = std::get_if<PickleSequence>(&doc_.values[top()]);
        if (set == nullptr || set->kind != Kind::kSet) expected_at_top("a set");
        set->items.insert(set->items.end(), items.begin(), items.end());
        return true;
      }
      default: return false;
    }
  }

  [[noreturn]] void expected_at_top(std::string_view what) {
    fail_pickle(doc_, "expected {} to add to, found {}", what, describe(doc_, top()));
  }

  void append(const std::vector<PickleId>& items) {
    PickleValue& target = doc_.values[top()];
    std::vector<PickleId>* list = nullptr;
    if (auto* const sequence = std::get_if<PickleSequence>(&target)) {
      if (sequence->kind == PickleSequence::Kind::kList) list = &sequence->items;
    } else if (auto* const object = std::get_if<std::unique_ptr<PickleObject>>(&target)) {
      list = &(*object)->elements;
    }
    if (list == nullptr) expected_at_top("a list");
    list->insert(list->end(), items.begin(), items.end());
  }

  void set_items(const PicklePairs& items) {
    PickleValue& target = doc_.values[top()];
    PicklePairs* pairs = nullptr;
    if (auto* const dictionary = std::get_if<PickleDict>(&target)) {
      pairs = &dictionary->items;
    } else if (auto* const object = std::get_if<std::unique_ptr<PickleObject>>(&target)) {
      pairs = &(*object)->items;
    }
    if (pairs == nullptr) expected_at_top("a dictionary");
    pairs->insert(pairs->end(), items.begin(), items.end());
  }

  bool run_stack(std::uint8_t opcode) {
    switch (opcode) {
      case 0x80: {
        const std::uint8_t protocol = in_.byte();
        if (protocol > kMaxProtocol) {
          fail_pickle(doc_, "expected a protocol of at most {}, found {}", kMaxProtocol, protocol);
        }
        return true;
      }
      case 0x95: {
        const auto size = in_.number<std::uint64_t>();
        if (size > in_.rest()) {
          fail_pickle(doc_, "is cut short: expected {} bytes, found {}", size, in_.rest());
        }
        return true;
      }
      case '(':
        if (marks_.size() >= kMaxStack) fail_pickle(doc_, "the stack grows too large");
        marks_.push_back(stack_.size());
        return true;
      case '0':
        if (!marks_.empty() && marks_.back() == stack_.size()) {
          marks_.pop_back();
        } else {
          (void)pop();
        }
        return true;
      case '1': (void)pop_to_mark(); return true;
      case '2': push(top()); return true;
      case 'q': put(in_.byte()); return true;
      case 'r': put(in_.number<std::uint32_t>()); return true;
      case 0x94: put(static_cast<std::uint32_t>(memo_.size())); return true;
      case 'h': get(in_.byte()); return true;
      case 'j': get(in_.number<std::uint32_t>()); return true;
      default: return false;
    }
  }

  bool run_object(std::uint8_t opcode) {
    switch (opcode) {
      case 'c': {
        std::string module = in_.line();
        std::string name = in_.line();
        push(checked_global(doc_, std::move(module), std::move(name)));
        return true;
      }
      case 0x93: {
        const std::vector<PickleId> names = pop_some(2);
        const auto module = text_if(doc_, names[0]);
        const auto name = text_if(doc_, names[1]);
        if (!module || !name) fail_pickle(doc_, "expected the name of a class, found no texts");
        push(checked_global(doc_, std::string(*module), std::string(*name)));
        return true;
      }
      case 'R': {
        const std::vector<PickleId> call = pop_some(2);
        push(call_known(doc_, call[0], call[1]));
        return true;
      }
      case 0x81: {
        const std::vector<PickleId> call = pop_some(2);
        push(make_object(doc_, call[0], call[1]));
        return true;
      }
      case 0x92: {
        const std::vector<PickleId> call = pop_some(3);
        const PickleId arguments =
            add(doc_, PickleSequence{PickleSequence::Kind::kTuple, {call[1], call[2]}});
        push(make_object(doc_, call[0], arguments));
        return true;
      }
      case 'b': {
        const PickleId state = pop();
        set_state(doc_, top(), state);
        return true;
      }
      case 'Q': push(resolve_persistent_id(doc_, pop())); return true;
      default: return false;
    }
  }

  [[noreturn]] void refuse(std::uint8_t opcode) {
    switch (opcode) {
      case 'i': {
        const std::string module = in_.line();
        fail_pickle(doc_, "refused to call {}.{} (opcode INST)", module, in_.line());
      }
      case 'o': {
        const std::vector<PickleId> items = pop_to_mark();
        fail_pickle(doc_, "refused to call {} (opcode OBJ)",
                    items.empty() ? "nothing" : describe(doc_, items.front()));
      }
      case 0x82:
      case 0x83:
      case 0x84: fail_pickle(doc_, "refused an object of the extension registry");
      case 0x97:
      case 0x98: fail_pickle(doc_, "refused a buffer that lies outside of the file");
      case 'P':
      case 'F':
      case 'I':
      case 'L':
      case 'S':
      case 'V':
      case 'g':
      case 'p':
        fail_pickle(doc_, "expected protocol 2 to 5, found an opcode of protocol 0 ({})",
                    std::string(1, static_cast<char>(opcode)));
      default: fail_pickle(doc_, "expected an opcode, found 0x{:02x}", opcode);
    }
  }

  PickleInput& in_;
  PickleDocument& doc_;
  std::vector<PickleId> stack_;
  std::vector<std::size_t> marks_;  ///< sizes of the stack
  std::unordered_map<std::uint32_t, PickleId> memo_;
};

}  // namespace

PickleId run_pickle(PickleInput& input, PickleDocument& document) {
  return PickleMachine(input, document).run();
}

}  // namespace sam6d

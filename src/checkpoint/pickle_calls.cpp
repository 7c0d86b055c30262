#include "checkpoint/pickle_calls.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "checkpoint/numpy_pickles.hpp"
#include "checkpoint/pickle_text.hpp"
#include "checkpoint/torch_pickles.hpp"

namespace sam6d {
namespace {

using Kind = PickleSequence::Kind;
using Arguments = std::span<const PickleId>;
/// `function` is the PickleGlobal that was called.
using Call = PickleId (*)(PickleDocument& document, PickleId function, Arguments arguments);

// Modules that reach the system or run code. A name of theirs means harm even if nobody calls it.
constexpr std::array<std::string_view, 16> kRefusedModules = {
    "os",    "posix", "nt",        "sys",    "subprocess", "shutil",  "socket",  "ctypes",
    "runpy", "pty",   "importlib", "pickle", "_pickle",    "cPickle", "marshal", "webbrowser"};

// Of builtins, the types of data.
constexpr std::array<std::string_view, 18> kAllowedBuiltins = {
    "set", "frozenset", "dict",  "list",      "tuple",   "int",   "long",  "float",  "bool",
    "str", "unicode",   "bytes", "bytearray", "complex", "slice", "range", "object", "Ellipsis"};

// Calls that stay what they are: a name and arguments.
constexpr std::array<std::string_view, 17> kInertCalls = {"builtins.complex",
                                                          "builtins.slice",
                                                          "builtins.range",
                                                          "datetime.date",
                                                          "datetime.datetime",
                                                          "datetime.time",
                                                          "datetime.timedelta",
                                                          "datetime.timezone",
                                                          "pathlib.Path",
                                                          "pathlib.PosixPath",
                                                          "pathlib.PurePosixPath",
                                                          "pathlib.PureWindowsPath",
                                                          "pathlib.WindowsPath",
                                                          "pathlib._local.PosixPath",
                                                          "functools.partial",
                                                          "torch.device",
                                                          "torch.serialization._get_layout"};

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

PickleId new_dictionary(PickleDocument& doc, Arguments arguments) {
  PickleDict dictionary;
  if (!arguments.empty()) {
    if (const auto* const other = value_if<PickleDict>(doc, arguments[0])) {
      charge_items(doc, other->items.size());
      dictionary.items = other->items;
    } else {
      const auto pairs = items_of(doc, arguments[0], "a list of keys with values");
      charge_items(doc, pairs.size());
      for (const PickleId pair : pairs) {
        const auto items = items_of(doc, pair, "a key with a value");
        if (items.size() != 2) fail_pickle(doc, "expected a key with a value");
        dictionary.items.emplace_back(items[0], items[1]);
      }
    }
  }
  return add(doc, std::move(dictionary));
}

PickleId call_dictionary(PickleDocument& doc, PickleId /*function*/, Arguments arguments) {
  return new_dictionary(doc, arguments.first(std::min<std::size_t>(arguments.size(), 1)));
}

/// defaultdict(what to make where a key is missing, content).
PickleId call_default_dictionary(PickleDocument& doc, PickleId /*function*/, Arguments arguments) {
  return new_dictionary(doc, arguments.subspan(std::min<std::size_t>(arguments.size(), 1)));
}

PickleId new_sequence(PickleDocument& doc, Kind kind, Arguments arguments) {
  PickleSequence sequence{kind, {}};
  if (!arguments.empty()) {
    const auto items = items_of(doc, arguments[0], "a list of items");
    charge_items(doc, items.size());
    sequence.items.assign(items.begin(), items.end());
  }
  return add(doc, std::move(sequence));
}

PickleId call_set(PickleDocument& doc, PickleId /*function*/, Arguments arguments) {
  return new_sequence(doc, Kind::kSet, arguments);
}
PickleId call_list(PickleDocument& doc, PickleId /*function*/, Arguments arguments) {
  return new_sequence(doc, Kind::kList, arguments);
}
PickleId call_tuple(PickleDocument& doc, PickleId /*function*/, Arguments arguments) {
  return new_sequence(doc, Kind::kTuple, arguments);
}

/// Bytes that protocols before 3 write as a text in Latin-1: encode(text, encoding), and
/// bytearray(text, encoding).
PickleId call_encode(PickleDocument& doc, PickleId /*function*/, Arguments arguments) {
  if (arguments.empty()) return add(doc, PickleBytes{std::make_shared<const std::string>()});
  if (value_if<PickleBytes>(doc, arguments[0]) != nullptr) return arguments[0];
  const auto text = text_if(doc, arguments[0]);
  if (!text) fail_pickle(doc, "expected bytes, found {}", describe(doc, arguments[0]));
  charge_bytes(doc, text->size());
  std::optional<std::string> bytes = latin1_bytes(*text);
  if (!bytes) fail_pickle(doc, "expected bytes, found a text with other characters");
  return add(doc, PickleBytes{std::make_shared<const std::string>(std::move(*bytes))});
}

/// copyreg._reconstructor(class, base class, what the base class is made from).
PickleId call_reconstructor(PickleDocument& doc, PickleId /*function*/, Arguments arguments) {
  if (arguments.size() != 3 || value_if<PickleGlobal>(doc, arguments[0]) == nullptr) {
    fail_pickle(doc, "expected a class, its base class and a state to rebuild an object");
  }
  return add_object(doc, arguments[0], std::nullopt);
}

const std::map<std::string_view, Call>& known_calls() {
  static const std::map<std::string_view, Call> calls = {
      {"collections.OrderedDict", call_dictionary},
      {"collections.Counter", call_dictionary},
      {"builtins.dict", call_dictionary},
      {"collections.defaultdict", call_default_dictionary},
      {"collections.deque", call_list},
      {"builtins.list", call_list},
      {"builtins.tuple", call_tuple},
      {"torch.Size", call_tuple},
      {"builtins.set", call_set},
      {"builtins.frozenset", call_set},
      {"builtins.bytes", call_encode},
      {"builtins.bytearray", call_encode},
      {"_codecs.encode", call_encode},
      {"copyreg._reconstructor", call_reconstructor},
      {"torch._utils._rebuild_tensor", rebuild_tensor},
      {"torch._utils._rebuild_tensor_v2", rebuild_tensor},
      {"torch._utils._rebuild_tensor_v3", rebuild_typed_tensor},
      {"torch._utils._rebuild_parameter", rebuild_parameter},
      {"torch._utils._rebuild_parameter_with_state", rebuild_parameter},
      {"torch._tensor._rebuild_from_type", rebuild_from_type},
      {"torch._tensor._rebuild_from_type_v2", rebuild_from_type},
      {"numpy._core.multiarray.scalar", numpy_scalar},
      {"numpy._core.multiarray._reconstruct", numpy_new_array},
      {"numpy._core.numeric._frombuffer", numpy_array_of_bytes},
      {"numpy.dtype", numpy_dtype}};
  return calls;
}

/// Classes among the functions above.
bool is_data_class(std::string_view path) {
  return path.starts_with("collections.") || path.starts_with("builtins.") || path == "torch.Size";
}

bool is_storage_class(std::string_view path) {
  return path.starts_with("torch.") && path.ends_with("Storage");
}

}  // namespace

PickleId checked_global(PickleDocument& doc, std::string module, std::string name) {
  if (module.empty() || name.empty() || !is_utf8(module) || !is_utf8(name)) {
    fail_pickle(doc, "expected the name of a class, found {} of module {}", quoted_text(name),
                quoted_text(module));
  }
  PickleGlobal global{std::move(module), std::move(name)};
  const std::string path = path_of(global);
  const std::string_view root = std::string_view(path).substr(0, path.find('.'));
  const bool builtin = root == "builtins" || root == "__builtins__";
  if (contains(kRefusedModules, root) || (builtin && !contains(kAllowedBuiltins, global.name))) {
    fail_pickle(doc,
                "refused {}.{}: weights have no use for it, and Python would run it; do not open "
                "this file with Python",
                global.module, global.name);
  }
  return add(doc, std::move(global));
}

PickleId call_known(PickleDocument& doc, PickleId function, PickleId arguments) {
  const auto* const global = value_if<PickleGlobal>(doc, function);
  if (global == nullptr) {
    fail_pickle(doc, "expected the name of a function, found {}", describe(doc, function));
  }
  const auto items = items_of(doc, arguments, "a tuple of arguments");
  const std::string path = path_of(*global);
  if (contains(kInertCalls, path)) return add_object(doc, function, arguments);
  const auto known = known_calls().find(path);
  if (known == known_calls().end()) {
    fail_pickle(doc, "refused to call {}; only functions that put data together are known", path);
  }
  return known->second(doc, function, items);
}

PickleId make_object(PickleDocument& doc, PickleId type, PickleId arguments) {
  const auto* const global = value_if<PickleGlobal>(doc, type);
  if (global == nullptr) {
    fail_pickle(doc, "expected the name of a class, found {}", describe(doc, type));
  }
  (void)items_of(doc, arguments, "a tuple of arguments");
  const std::string path = path_of(*global);
  if (known_calls().contains(path)) {
    if (is_data_class(path)) return call_known(doc, type, arguments);
    fail_pickle(doc, "expected the name of a class, found the function {}", path);
  }
  if (is_storage_class(path)) fail_pickle(doc, "refused to make an empty {}", path);
  return add_object(doc, type, arguments);
}

void set_state(PickleDocument& doc, PickleId target, PickleId state) {
  if (value_if<PickleDict>(doc, target) != nullptr ||
      value_if<PickleTensor>(doc, target) != nullptr) {
    return;  // attributes such as _metadata, which the tensors do not depend on
  }
  auto* const object = std::get_if<std::unique_ptr<PickleObject>>(&doc.values[target]);
  if (object == nullptr) {
    fail_pickle(doc, "expected an object to give attributes to, found {}", describe(doc, target));
  }
  charge_items(doc, 1);
  (*object)->states.push_back(state);
  finish_numpy_array(doc, target);
}

PickleId resolve_persistent_id(PickleDocument& doc, PickleId id) {
  const auto* const tuple = value_if<PickleSequence>(doc, id);
  if (tuple == nullptr || tuple->kind != Kind::kTuple || tuple->items.empty()) {
    fail_pickle(doc, "expected a tuple that describes a storage, found {}", describe(doc, id));
  }
  const Arguments items = tuple->items;
  const auto kind = text_if(doc, items[0]);
  if (kind == "storage") return storage_of_pickle(doc, items);
  // ('module', class, source file, source): older PyTorch saves the program beside the object.
  if (kind == "module" && items.size() >= 2 && value_if<PickleGlobal>(doc, items[1]) != nullptr) {
    return items[1];
  }
  fail_pickle(doc, "expected a persistent id of a storage, found {}", describe(doc, items[0]));
}

}  // namespace sam6d

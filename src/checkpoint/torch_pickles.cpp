#include "checkpoint/torch_pickles.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <array>

#include "checkpoint/pickle_calls.hpp"

namespace sam6d {
namespace {

constexpr std::size_t kMaxDimensions = 64;

struct StorageClass {
  std::string_view name;
  std::optional<DType> dtype;
};
constexpr std::array<StorageClass, 11> kStorageClasses = {{{"FloatStorage", DType::kFloat32},
                                                           {"DoubleStorage", DType::kFloat64},
                                                           {"HalfStorage", DType::kFloat16},
                                                           {"BFloat16Storage", DType::kBFloat16},
                                                           {"LongStorage", DType::kInt64},
                                                           {"IntStorage", DType::kInt32},
                                                           {"ShortStorage", DType::kInt16},
                                                           {"CharStorage", DType::kInt8},
                                                           {"ByteStorage", DType::kUint8},
                                                           {"BoolStorage", DType::kBool},
                                                           {"UntypedStorage", std::nullopt}}};

struct TypeName {
  std::string_view name;
  DType dtype;
};
constexpr std::array<TypeName, 13> kTypeNames = {{{"float32", DType::kFloat32},
                                                  {"float64", DType::kFloat64},
                                                  {"float16", DType::kFloat16},
                                                  {"bfloat16", DType::kBFloat16},
                                                  {"int64", DType::kInt64},
                                                  {"int32", DType::kInt32},
                                                  {"int16", DType::kInt16},
                                                  {"int8", DType::kInt8},
                                                  {"uint8", DType::kUint8},
                                                  {"uint16", DType::kUint16},
                                                  {"uint32", DType::kUint32},
                                                  {"uint64", DType::kUint64},
                                                  {"bool", DType::kBool}}};

/// The type of a class such as torch.FloatStorage or torch.cuda.FloatStorage.
std::optional<DType> storage_type(const PickleDocument& doc, PickleId id) {
  if (const auto* const global = value_if<PickleGlobal>(doc, id)) {
    const bool of_torch = global->module == "torch" || global->module == "torch.cuda" ||
                          global->module == "torch.storage";
    for (const StorageClass& known : kStorageClasses) {
      if (of_torch && known.name == global->name) return known.dtype;
    }
  }
  fail_pickle(doc, "expected a class of storages such as torch.FloatStorage, found {}",
              describe(doc, id));
}

DType tensor_type(const PickleDocument& doc, PickleId id) {
  if (const auto* const global = value_if<PickleGlobal>(doc, id)) {
    for (const TypeName& known : kTypeNames) {
      if (global->module == "torch" && known.name == global->name) return known.dtype;
    }
  }
  fail_pickle(doc, "expected a type such as torch.float32, found {}", describe(doc, id));
}

std::uint64_t bytes_of(const PickleDocument& doc, std::uint64_t elements,
                       std::optional<DType> dtype) {
  std::uint64_t bytes = 0;
  if (__builtin_mul_overflow(elements, dtype ? size_of(*dtype) : 1, &bytes)) {
    fail_pickle(doc, "expected a storage of less than 2^64 bytes, found {} elements", elements);
  }
  return bytes;
}

std::vector<std::uint64_t> counts_of(const PickleDocument& doc, PickleId id,
                                     std::string_view what) {
  const auto items = items_of(doc, id, fmt::format("a tuple of {}s", what));
  if (items.size() > kMaxDimensions) {
    fail_pickle(doc, "expected at most {} dimensions, found {}", kMaxDimensions, items.size());
  }
  std::vector<std::uint64_t> counts;
  for (const PickleId item : items) counts.push_back(count_of(doc, item, what));
  return counts;
}

PickleId add_tensor(PickleDocument& doc, std::span<const PickleId> arguments,
                    std::optional<DType> dtype) {
  const auto* const storage = value_if<PickleStorage>(doc, arguments[0]);
  if (storage == nullptr) {
    fail_pickle(doc, "expected a tensor's storage, found {}", describe(doc, arguments[0]));
  }
  const PickledStorage& record = doc.storages[storage->storage];
  StoredTensor tensor;
  tensor.storage = storage->storage;
  tensor.dtype = dtype.value_or(record.dtype.value_or(DType::kUint8));
  if (record.dtype && *record.dtype != tensor.dtype) {
    fail_pickle(doc, "expected a tensor of its storage's type {}, found {}",
                to_string(*record.dtype), to_string(tensor.dtype));
  }
  const std::uint64_t offset = count_of(doc, arguments[1], "a tensor's offset");
  tensor.shape = counts_of(doc, arguments[2], "size");
  tensor.strides = counts_of(doc, arguments[3], "stride");
  if (tensor.shape.size() != tensor.strides.size()) {
    fail_pickle(doc, "expected as many strides as sizes, found {} and {}", tensor.strides.size(),
                tensor.shape.size());
  }
  const std::optional<std::uint64_t> extent = byte_extent(tensor);
  std::uint64_t begin = 0;
  const bool placed = !__builtin_mul_overflow(offset, size_of(tensor.dtype), &begin);
  if (!byte_count(tensor) || !extent ||
      (*extent > 0 && (!placed || begin > storage->size || *extent > storage->size - begin))) {
    fail_pickle(doc,
                "expected a tensor inside its storage of {} bytes, found offset {}, sizes ({}), "
                "strides ({}) of {}",
                storage->size, offset, fmt::join(tensor.shape, ", "),
                fmt::join(tensor.strides, ", "), to_string(tensor.dtype));
  }
  tensor.begin = *extent > 0 ? storage->begin + begin : 0;
  doc.tensors.push_back(std::move(tensor));
  return add(doc, PickleTensor{doc.tensors.size() - 1, false});
}

void require_arguments(const PickleDocument& doc, std::span<const PickleId> arguments,
                       std::size_t count, std::string_view what) {
  if (arguments.size() < count) {
    fail_pickle(doc, "expected at least {} arguments to rebuild {}, found {}", count, what,
                arguments.size());
  }
}

/// (key, offset, elements): the part of a storage that a storage of an older file is.
PickleId view_of_storage(PickleDocument& doc, PickleId storage_id, PickleId view) {
  const auto items = items_of(doc, view, "a storage's view");
  if (items.size() != 3) fail_pickle(doc, "expected a storage's view of three items");
  PickleStorage storage = *value_if<PickleStorage>(doc, storage_id);
  const std::optional<DType> dtype = doc.storages[storage.storage].dtype;
  const std::uint64_t begin = bytes_of(doc, count_of(doc, items[1], "a view's offset"), dtype);
  const std::uint64_t size = bytes_of(doc, count_of(doc, items[2], "a view's size"), dtype);
  if (begin > storage.size || size > storage.size - begin) {
    fail_pickle(doc, "expected a view inside its storage of {} bytes, found {} bytes at {}",
                storage.size, size, begin);
  }
  storage.begin = begin;
  storage.size = size;
  return add(doc, storage);
}

}  // namespace

PickleId storage_of_pickle(PickleDocument& doc, std::span<const PickleId> items) {
  if (items.size() < 5) {
    fail_pickle(doc, "expected a storage's class, key, device and size, found {} items",
                items.size());
  }
  const std::optional<DType> dtype = storage_type(doc, items[1]);
  const auto key = text_if(doc, items[2]);
  if (!key || key->empty() || key->find_first_of("/\\") != std::string_view::npos) {
    fail_pickle(doc, "expected a storage's key, found {}", describe(doc, items[2]));
  }
  const std::uint64_t size = bytes_of(doc, count_of(doc, items[4], "a storage's size"), dtype);
  auto found = doc.storage_of_key.find(*key);
  if (found == doc.storage_of_key.end()) {
    found = doc.storage_of_key.emplace(*key, doc.storages.size()).first;
    doc.storages.push_back({std::string(*key), dtype, size, nullptr});
  }
  const PickledStorage& record = doc.storages[found->second];
  if (record.dtype != dtype || record.size != size) {
    fail_pickle(doc, "expected storage {} to have one type and {} bytes, found another type or {}",
                quoted_text(*key), record.size, size);
  }
  const PickleId storage = add(doc, PickleStorage{found->second, 0, size});
  const bool is_view = items.size() >= 6 && value_if<PickleNone>(doc, items[5]) == nullptr;
  return is_view ? view_of_storage(doc, storage, items[5]) : storage;
}

PickleId rebuild_tensor(PickleDocument& doc, PickleId /*function*/,
                        std::span<const PickleId> arguments) {
  require_arguments(doc, arguments, 4, "a tensor");
  return add_tensor(doc, arguments, std::nullopt);
}

PickleId rebuild_typed_tensor(PickleDocument& doc, PickleId /*function*/,
                              std::span<const PickleId> arguments) {
  require_arguments(doc, arguments, 7, "a tensor");
  return add_tensor(doc, arguments, tensor_type(doc, arguments[6]));
}

PickleId rebuild_parameter(PickleDocument& doc, PickleId /*function*/,
                           std::span<const PickleId> arguments) {
  require_arguments(doc, arguments, 1, "a parameter");
  if (value_if<PickleTensor>(doc, arguments[0]) == nullptr) {
    fail_pickle(doc, "expected a parameter's tensor, found {}", describe(doc, arguments[0]));
  }
  return arguments[0];
}

PickleId rebuild_from_type(PickleDocument& doc, PickleId /*function*/,
                           std::span<const PickleId> arguments) {
  require_arguments(doc, arguments, 3, "a tensor");
  const auto* const global = value_if<PickleGlobal>(doc, arguments[0]);
  // A function of this kind inside of itself would let a file choose how deep this calls itself.
  if (global == nullptr || !path_of(*global).starts_with("torch._utils._rebuild_")) {
    fail_pickle(doc, "expected a function that rebuilds a tensor, found {}",
                describe(doc, arguments[0]));
  }
  return call_known(doc, arguments[0], arguments[2]);
}

}  // namespace sam6d

#include "checkpoint/numpy_pickles.hpp"

#include <array>
#include <cmath>
#include <cstring>

namespace sam6d {
namespace {

constexpr std::size_t kMaxDimensions = 64;

struct NumpyType {
  std::string_view code;
  DType dtype;
};
constexpr std::array<NumpyType, 12> kNumpyTypes = {{{"b1", DType::kBool},
                                                    {"u1", DType::kUint8},
                                                    {"i1", DType::kInt8},
                                                    {"u2", DType::kUint16},
                                                    {"i2", DType::kInt16},
                                                    {"u4", DType::kUint32},
                                                    {"i4", DType::kInt32},
                                                    {"u8", DType::kUint64},
                                                    {"i8", DType::kInt64},
                                                    {"f2", DType::kFloat16},
                                                    {"f4", DType::kFloat32},
                                                    {"f8", DType::kFloat64}}};

bool is_object_of(const PickleDocument& doc, const PickleObject& object, std::string_view path) {
  const auto* const type = value_if<PickleGlobal>(doc, object.type);
  return type != nullptr && path_of(*type) == path;
}

/// The type of a numpy.dtype object, little endian; nothing for types without an equal of ours.
std::optional<DType> type_of(const PickleDocument& doc, PickleId id) {
  const PickleObject* const object = object_if(doc, id);
  if (object == nullptr || !is_object_of(doc, *object, "numpy.dtype") || !object->arguments) {
    fail_pickle(doc, "expected a numpy.dtype, found {}", describe(doc, id));
  }
  const auto arguments = items_of(doc, *object->arguments, "a numpy.dtype's arguments");
  const auto name = arguments.empty() ? std::nullopt : text_if(doc, arguments[0]);
  if (!name || name->empty()) fail_pickle(doc, "expected a numpy.dtype's name");
  std::string_view code = *name;
  char order = '<';
  if (code.find_first_of("<>=|") == 0) {
    order = code.front();
    code.remove_prefix(1);
  }
  if (!object->states.empty()) {
    const auto* const state = value_if<PickleSequence>(doc, object->states.back());
    const auto text =
        state != nullptr && state->items.size() > 1 ? text_if(doc, state->items[1]) : std::nullopt;
    if (text && !text->empty()) order = text->front();
  }
  for (const NumpyType& known : kNumpyTypes) {
    if (known.code != code) continue;
    if (order == '>' && size_of(known.dtype) > 1) return std::nullopt;
    return known.dtype;
  }
  return std::nullopt;
}

std::shared_ptr<const std::string> raw_bytes(PickleDocument& doc, PickleId id) {
  const auto* const bytes = value_if<PickleBytes>(doc, id);
  if (bytes != nullptr) return bytes->bytes;
  // Python 2's str: bytes that happen to be a text.
  const auto text = text_if(doc, id);
  if (!text) fail_pickle(doc, "expected an array's bytes, found {}", describe(doc, id));
  charge_bytes(doc, text->size());
  return std::make_shared<const std::string>(*text);
}

template <class T>
T read_as(std::string_view bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

/// IEEE 754 binary16.
double half_value(std::uint16_t bits) {
  const double sign = (bits & 0x8000U) != 0 ? -1 : 1;
  const int exponent = (bits >> 10U) & 0x1f;
  const int mantissa = bits & 0x3ff;
  if (exponent == 31) return mantissa != 0 ? NAN : sign * INFINITY;
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(1024 + mantissa, exponent - 25);
}

PickleValue scalar_value(DType dtype, std::string_view bytes) {
  switch (dtype) {
    case DType::kBool: return bytes[0] != 0;
    case DType::kUint8: return std::int64_t{read_as<std::uint8_t>(bytes)};
    case DType::kInt8: return std::int64_t{read_as<std::int8_t>(bytes)};
    case DType::kUint16: return std::int64_t{read_as<std::uint16_t>(bytes)};
    case DType::kInt16: return std::int64_t{read_as<std::int16_t>(bytes)};
    case DType::kUint32: return std::int64_t{read_as<std::uint32_t>(bytes)};
    case DType::kInt32: return std::int64_t{read_as<std::int32_t>(bytes)};
    case DType::kInt64: return read_as<std::int64_t>(bytes);
    case DType::kUint64: {
      const auto number = read_as<std::uint64_t>(bytes);
      if (number <= INT64_MAX) return static_cast<std::int64_t>(number);
      return PickleLong{std::string(bytes) + '\0'};
    }
    case DType::kFloat16: return half_value(read_as<std::uint16_t>(bytes));
    case DType::kFloat32: return double{read_as<float>(bytes)};
    default: return read_as<double>(bytes);
  }
}

/// The array as a tensor; nothing when its type has no equal of ours.
std::optional<PickleTensor> array_tensor(PickleDocument& doc, PickleId shape, PickleId dtype,
                                         bool fortran, PickleId content) {
  const std::optional<DType> type = type_of(doc, dtype);
  if (!type) return std::nullopt;
  StoredTensor tensor;
  tensor.storage = doc.storages.size();
  tensor.dtype = *type;
  const auto sizes = items_of(doc, shape, "an array's shape");
  if (sizes.size() > kMaxDimensions) {
    fail_pickle(doc, "expected at most {} dimensions, found {}", kMaxDimensions, sizes.size());
  }
  for (const PickleId size : sizes) tensor.shape.push_back(count_of(doc, size, "a size"));
  const std::shared_ptr<const std::string> bytes = raw_bytes(doc, content);
  if (byte_count(tensor) != bytes->size()) {
    fail_pickle(doc, "expected an array of shape ({}) of {}, found {} bytes",
                fmt::join(tensor.shape, ", "), to_string(*type), bytes->size());
  }
  if (fortran) {
    std::uint64_t stride = 1;
    for (const std::uint64_t size : tensor.shape) {
      tensor.strides.push_back(stride);
      stride *= size;
    }
  } else {
    tensor.strides = c_strides(tensor.shape);
  }
  charge_items(doc, 1);
  doc.storages.push_back({"array", type, bytes->size(), bytes});
  doc.tensors.push_back(std::move(tensor));
  return PickleTensor{doc.tensors.size() - 1, true};
}

}  // namespace

PickleId numpy_dtype(PickleDocument& doc, PickleId function, std::span<const PickleId> arguments) {
  charge_items(doc, arguments.size());
  return add_object(
      doc, function,
      add(doc, PickleSequence{PickleSequence::Kind::kTuple, {arguments.begin(), arguments.end()}}));
}

PickleId numpy_scalar(PickleDocument& doc, PickleId function, std::span<const PickleId> arguments) {
  if (arguments.size() != 2) fail_pickle(doc, "expected a numpy scalar's type and bytes");
  const std::optional<DType> dtype = type_of(doc, arguments[0]);
  if (!dtype) return add_object(doc, function, std::nullopt);
  const std::shared_ptr<const std::string> bytes = raw_bytes(doc, arguments[1]);
  if (bytes->size() != size_of(*dtype)) {
    fail_pickle(doc, "expected a numpy scalar of {} bytes, found {}", size_of(*dtype),
                bytes->size());
  }
  return add(doc, scalar_value(*dtype, *bytes));
}

PickleId numpy_new_array(PickleDocument& doc, PickleId /*function*/,
                         std::span<const PickleId> arguments) {
  if (arguments.empty() || value_if<PickleGlobal>(doc, arguments[0]) == nullptr) {
    fail_pickle(doc, "expected a numpy array's class");
  }
  return add_object(doc, arguments[0], std::nullopt);
}

PickleId numpy_array_of_bytes(PickleDocument& doc, PickleId function,
                              std::span<const PickleId> arguments) {
  if (arguments.size() != 4) fail_pickle(doc, "expected a numpy array's bytes, type and shape");
  const bool fortran = text_if(doc, arguments[3]) == "F";
  const auto tensor = array_tensor(doc, arguments[2], arguments[1], fortran, arguments[0]);
  return tensor ? add(doc, *tensor) : add_object(doc, function, std::nullopt);
}

void finish_numpy_array(PickleDocument& doc, PickleId id) {
  const PickleObject* const object = object_if(doc, id);
  if (!is_object_of(doc, *object, "numpy.ndarray")) return;
  const auto state = items_of(doc, object->states.back(), "a numpy array's state");
  if (state.size() != 5) fail_pickle(doc, "expected a numpy array's state of five items");
  const auto* const fortran = value_if<bool>(doc, state[3]);
  const auto tensor =
      array_tensor(doc, state[1], state[2], fortran != nullptr && *fortran, state[4]);
  if (tensor) doc.values[id] = *tensor;
}

}  // namespace sam6d

#pragma once

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "checkpoint/tensor_loading.hpp"
#include "checkpoint/tensor_names.hpp"
#include "checkpoint/torch_file.hpp"

/// Compares what was read with the values of tests/data/*/expected.json.
namespace sam6d::test {

using Json = nlohmann::json;

/// Sign, exponent and mantissa of a 16-bit float with so many bits of mantissa.
inline double small_float(std::uint16_t bits, int mantissa_bits) {
  const int exponent_bits = 15 - mantissa_bits;
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = (bits >> mantissa_bits) & ((1 << exponent_bits) - 1);
  const double mantissa = bits & ((1 << mantissa_bits) - 1);
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == (1 << exponent_bits) - 1) return mantissa == 0 ? sign * INFINITY : NAN;
  if (exponent == 0) return sign * std::ldexp(mantissa, 1 - bias - mantissa_bits);
  return sign * std::ldexp(mantissa + (1 << mantissa_bits), exponent - bias - mantissa_bits);
}

template <class T>
T at(const TensorView& tensor, std::size_t i) {
  T value;
  std::memcpy(&value, tensor.bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

/// An element as a double; whole numbers beyond 2^53 lose their last bits, as JSON's do.
inline double number(const TensorView& tensor, std::size_t i) {
  switch (tensor.dtype) {
    case DType::kBool:
    case DType::kUint8: return at<std::uint8_t>(tensor, i);
    case DType::kInt8: return at<std::int8_t>(tensor, i);
    case DType::kUint16: return at<std::uint16_t>(tensor, i);
    case DType::kInt16: return at<std::int16_t>(tensor, i);
    case DType::kUint32: return at<std::uint32_t>(tensor, i);
    case DType::kInt32: return at<std::int32_t>(tensor, i);
    case DType::kUint64: return static_cast<double>(at<std::uint64_t>(tensor, i));
    case DType::kInt64: return static_cast<double>(at<std::int64_t>(tensor, i));
    case DType::kFloat16: return small_float(at<std::uint16_t>(tensor, i), 10);
    case DType::kBFloat16: return small_float(at<std::uint16_t>(tensor, i), 7);
    case DType::kFloat32: return at<float>(tensor, i);
    case DType::kFloat64: return at<double>(tensor, i);
  }
  return 0;
}

inline std::string_view torch_name(DType dtype) {
  switch (dtype) {
    case DType::kBool: return "bool";
    case DType::kUint8: return "uint8";
    case DType::kInt8: return "int8";
    case DType::kInt16: return "int16";
    case DType::kInt32: return "int32";
    case DType::kInt64: return "int64";
    case DType::kFloat16: return "float16";
    case DType::kBFloat16: return "bfloat16";
    case DType::kFloat32: return "float32";
    case DType::kFloat64: return "float64";
    default: return "other";
  }
}

inline double json_number(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value == "nan") return NAN;
  if (value == "inf") return INFINITY;
  if (value == "-inf") return -INFINITY;
  return value.get<double>();
}

inline bool same_number(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

/// `golden` has dtype, shape and values.
inline void check_tensor(const TensorView& tensor, const Json& golden) {
  CHECK(torch_name(tensor.dtype) == golden.at("dtype").get<std::string>());
  CHECK(tensor.shape == golden.at("shape").get<std::vector<std::uint64_t>>());
  const Json& values = golden.at("values");
  REQUIRE(tensor.bytes.size() == values.size() * size_of(tensor.dtype));
  CHECK(reinterpret_cast<std::uintptr_t>(tensor.bytes.data()) % size_of(tensor.dtype) == 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double found = number(tensor, i);
    const double expected = json_number(values[i]);
    CHECK_MESSAGE(same_number(found, expected), i << ": " << found << ", expected " << expected);
  }
}

/// A PyTorch file with its tensors in memory.
struct LoadedFile {
  explicit LoadedFile(const FileBytes& file, bool legacy)
      : torch(legacy ? read_torch_legacy(file) : read_torch_zip(file)) {
    name_tensors(torch.document, torch.root, index);
    index.storages = torch.storages;
    index.tensors = torch.document.tensors;
    tensors = load_tensors(file, index, {});
  }

  TorchFile torch;
  CheckpointIndex index;
  LoadedTensors tensors;
};

inline double long_as_double(const PickleLong& value) {
  double sum = 0;
  for (std::size_t i = 0; i < value.digits.size(); ++i) {
    const bool last = i + 1 == value.digits.size();
    const double digit = last ? static_cast<double>(static_cast<signed char>(value.digits[i]))
                              : static_cast<double>(static_cast<unsigned char>(value.digits[i]));
    sum += std::ldexp(digit, static_cast<int>(8 * i));
  }
  return sum;
}

inline void check_value(const LoadedFile& file, PickleId id, const Json& golden);

inline void check_items(const LoadedFile& file, PickleId id, PickleSequence::Kind kind,
                        const Json& golden) {
  const auto* const sequence = value_if<PickleSequence>(file.torch.document, id);
  REQUIRE(sequence != nullptr);
  CHECK(sequence->kind == kind);
  REQUIRE(sequence->items.size() == golden.size());
  for (std::size_t i = 0; i < golden.size(); ++i) check_value(file, sequence->items[i], golden[i]);
}

/// A module: {"object": class, "state_dict": [[name, tensor], ...], "attributes": {...}}, found at
/// `path` among the file's names.
inline void check_module(const LoadedFile& file, PickleId id, const std::string& path,
                         const Json& golden) {
  const PickleDocument& document = file.torch.document;
  const PickleObject* const object = object_if(document, id);
  REQUIRE(object != nullptr);
  CHECK(path_of(*value_if<PickleGlobal>(document, object->type)) == golden.at("object"));
  std::vector<std::string> names;
  std::uint32_t group = 0;
  for (const NamedTensor& tensor : file.index.names) {
    if (!tensor.name.starts_with(path)) continue;
    if (names.empty()) group = tensor.group;
    if (tensor.group != group) continue;  // a tensor that is an attribute of its own
    const Json& expected = golden.at("state_dict").at(names.size());
    names.push_back(tensor.name.substr(path.size()));
    CHECK(names.back() == expected.at(0));
    check_tensor(file.tensors.views[tensor.tensor], expected.at(1).at("tensor"));
  }
  CHECK(names.size() == golden.at("state_dict").size());
  const auto* const attributes = value_if<PickleDict>(document, object->states.at(0));
  REQUIRE(attributes != nullptr);
  for (const auto& [attribute, expected] : golden.at("attributes").items()) {
    const std::string& name = attribute;  // clang 14 cannot capture structured bindings
    CAPTURE(name);
    bool found = false;
    for (const auto& [key, value] : attributes->items) {
      if (text_if(document, key) != name) continue;
      check_value(file, value, expected);
      found = true;
    }
    CHECK(found);
  }
}

inline void check_value(const LoadedFile& file, PickleId id, const Json& golden) {
  const PickleDocument& document = file.torch.document;
  const std::string kind = golden.begin().key();
  const Json& expected = golden.begin().value();
  CAPTURE(golden.dump());
  const PickleValue& value = document.values[id];
  if (kind == "tensor" || kind == "ndarray") {
    const auto* const tensor = std::get_if<PickleTensor>(&value);
    REQUIRE(tensor != nullptr);
    CHECK(tensor->of_numpy == (kind == "ndarray"));
    check_tensor(file.tensors.views.at(tensor->tensor), expected);
  } else if (kind == "dict") {
    const auto* const dictionary = std::get_if<PickleDict>(&value);
    REQUIRE(dictionary != nullptr);
    REQUIRE(dictionary->items.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      check_value(file, dictionary->items[i].first, expected[i].at(0));
      check_value(file, dictionary->items[i].second, expected[i].at(1));
    }
  } else if (kind == "list") {
    check_items(file, id, PickleSequence::Kind::kList, expected);
  } else if (kind == "tuple") {
    check_items(file, id, PickleSequence::Kind::kTuple, expected);
  } else if (kind == "string") {
    CHECK(text_if(document, id) == expected.get<std::string>());
  } else if (kind == "bool") {
    CHECK(std::get<bool>(value) == expected.get<bool>());
  } else if (kind == "none") {
    CHECK(std::holds_alternative<PickleNone>(value));
  } else if (kind == "model") {
    const auto* const dictionary = std::get_if<PickleDict>(&value);
    REQUIRE(dictionary != nullptr);
    for (const auto& [key, model] : dictionary->items) {
      if (text_if(document, key) == kind) check_module(file, model, "model.", expected);
    }
  } else {
    REQUIRE(kind == "number");
    double found = NAN;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) found = static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) found = *real;
    if (const auto* truth = std::get_if<bool>(&value)) found = *truth ? 1 : 0;
    if (const auto* large = std::get_if<PickleLong>(&value)) found = long_as_double(*large);
    CHECK(same_number(found, json_number(expected)));
  }
}

}  // namespace sam6d::test

#include "checkpoint/safetensors.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "checkpoint/golden_values.hpp"
#include "sam6d/error.hpp"

namespace sam6d {
namespace {

using Json = nlohmann::json;

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  return bytes_of(std::string(std::istreambuf_iterator<char>(file), {}));
}

/// A file with this header and so many bytes of data.
std::vector<std::byte> file_with(const std::string& header, std::size_t data_bytes) {
  const std::uint64_t length = header.size();
  std::string file(reinterpret_cast<const char*>(&length), 8);
  file += header;
  file.append(data_bytes, '\x01');
  return bytes_of(file);
}

void check_values(const SafetensorsView& view, const Json& expected) {
  CHECK(view.tensors.size() == expected.size());
  for (const auto& [key, entry] : expected.items()) {
    const std::string& name = key;  // clang 14 cannot capture structured bindings
    CAPTURE(name);
    const auto found = view.tensors.find(name);
    REQUIRE(found != view.tensors.end());
    const Json& golden = entry.at("tensor");
    CHECK(test::torch_name(found->second.dtype) == golden.at("dtype").get<std::string>());
    CHECK(found->second.shape == golden.at("shape").get<std::vector<std::uint64_t>>());
    const Json& values = golden.at("values");
    REQUIRE(found->second.bytes.size() == values.size() * size_of(found->second.dtype));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double value = values[i].is_boolean() ? values[i].get<bool>() : values[i].get<double>();
      CHECK(test::number(found->second, i) == value);
    }
  }
}

TEST_CASE("files of the official library and hostile ones") {
  const std::filesystem::path folder = std::filesystem::path(SAM6D_TEST_DATA) / "safetensors";
  std::ifstream file(folder / "expected.json");
  const Json expected = Json::parse(file);
  CHECK(expected.size() == 30);
  for (const auto& [key, entry] : expected.items()) {
    const std::string& name = key;  // clang 14 cannot capture structured bindings
    CAPTURE(name);
    const std::vector<std::byte> bytes = read(folder / name);
    if (entry.at("ok") == true) {
      check_values(parse_safetensors(bytes, name), entry.at("value"));
      continue;
    }
    try {
      (void)parse_safetensors(bytes, name);
      FAIL_CHECK("was read");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kBadFile);
      CHECK(std::string(error.what()).starts_with(name + ": "));
    }
  }
}

TEST_CASE("metadata is read") {
  const auto file = file_with(R"({"__metadata__":{"a":"b","c\n":"ü"}})", 0);
  const SafetensorsView view = parse_safetensors(file, "file");
  CHECK(view.metadata == Metadata{{"a", "b"}, {"c\n", "ü"}});
}

TEST_CASE("headers that are not right are refused") {
  const std::string good = R"({"a":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6]}})";
  CHECK(parse_safetensors(file_with(good, 6), "file").tensors.size() == 1);
  const auto refused = [](const std::string& header, std::size_t bytes) {
    CAPTURE(header);
    try {
      (void)parse_safetensors(file_with(header, bytes), "file");
      FAIL_CHECK("was read");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kBadFile);
    }
  };
  std::string deep = R"({"a":)" + std::string(1'000'000, '[');
  refused(deep, 0);
  refused(R"({"__metadata__":)" + std::string(1'000'000, '{'), 0);
  refused("", 0);
  refused(" " + good, 6);
  refused(good + "{}", 6);
  refused(R"({"a":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6,7]}})", 6);
  refused(R"({"a":{"dtype":"U8","shape":[2,3],"data_offsets":[0]}})", 6);
  refused(R"({"a":{"dtype":"U8","dtype":"U8","shape":[2,3],"data_offsets":[0,6]}})", 6);
  refused(R"({"a":{"dtype":"U8","shape":[6],"shape":[2,3],"data_offsets":[0,6]}})", 6);
  refused(R"({"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6],"data_offsets":[0,6]}})", 6);
  refused(R"({"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6],"more":1}})", 6);
  refused(R"({"a":{"dtype":5,"shape":[6],"data_offsets":[0,6]}})", 6);
  refused(R"({"a":{"dtype":"U8","shape":6,"data_offsets":[0,6]}})", 6);
  refused(R"({"a":{"dtype":"U8","shape":[[6]],"data_offsets":[0,6]}})", 6);
  refused(R"({"a":{"dtype":"U8","shape":["6"],"data_offsets":[0,6]}})", 6);
  refused(R"({"a":{"dtype":"U8","shape":[null],"data_offsets":[0,6]}})", 6);
  refused(R"({"a":5})", 0);
  refused(R"({"a":"b"})", 0);
  refused(R"({"__metadata__":["a"]})", 0);
  refused(R"({"__metadata__":{"a":{"b":"c"}}})", 0);
  refused(R"({"__metadata__":{"a":"b","a":"c"}})", 0);
  refused(R"({"__metadata__":{},"__metadata__":{}})", 0);
  refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,6]}})", 6);
  // The product wraps around to 0 in 64 bits.
  refused(R"({"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0);
  std::string many = R"({"a":{"dtype":"U8","shape":[1)";
  for (int i = 0; i < 64; ++i) many += ",1";
  refused(many + R"(],"data_offsets":[0,1]}})", 1);
}

TEST_CASE("what is written is read again, aligned, and always the same") {
  TensorMap tensors;
  const std::vector<float> floats = {1.5F, -2, std::numeric_limits<float>::infinity()};
  const std::vector<std::uint8_t> odd = {1, 2, 3};
  const std::vector<double> doubles = {0.1, 0.2};
  tensors["b.odd"] = tensor_of<std::uint8_t>(std::span<const std::uint8_t>(odd));
  tensors["a.float"] = tensor_of<float>(std::span<const float>(floats));
  tensors["c.double"] = tensor_of<double>(std::span<const double>(doubles));
  tensors["none"] = Tensor{DType::kFloat16, {0, 7}, {}};
  const Metadata metadata = {{"version", "1"}, {"text", "\"\n\xc3\xbc"}};
  const std::vector<std::byte> bytes = safetensors_bytes(tensors, metadata);
  CHECK(bytes == safetensors_bytes(tensors, metadata));

  const SafetensorsView view = parse_safetensors(bytes, "memory");
  CHECK(view.metadata == metadata);
  REQUIRE(view.tensors.size() == 4);
  CHECK(items_of<float>(view.tensors, "a.float", "memory") == floats);
  CHECK(items_of<std::uint8_t>(view.tensors, "b.odd", "memory") == odd);
  CHECK(items_of<double>(view.tensors, "c.double", "memory") == doubles);
  CHECK(view.tensors.find("none")->second.shape == std::vector<std::uint64_t>{0, 7});
  for (const auto& [name, tensor] : view.tensors) {
    CHECK((tensor.bytes.data() - bytes.data()) %
              static_cast<std::ptrdiff_t>(size_of(tensor.dtype)) ==
          0);
  }
  CHECK_THROWS_AS((items_of<double>(view.tensors, "a.float", "memory")), Error);
  CHECK_THROWS_AS((items_of<float>(view.tensors, "absent", "memory")), Error);
  CHECK_THROWS_AS((items_of<float, std::array<float, 3>>(view.tensors, "a.float", "memory")),
                  Error);
}

TEST_CASE("rows of several numbers are tensors of two dimensions") {
  const std::vector<std::array<float, 3>> rows = {{1, 2, 3}, {4, 5, 6}};
  TensorMap tensors;
  tensors["rows"] = tensor_of<float>(std::span<const std::array<float, 3>>(rows));
  CHECK(tensors["rows"].shape == std::vector<std::uint64_t>{2, 3});
  const auto bytes = safetensors_bytes(tensors);
  const SafetensorsView view = parse_safetensors(bytes, "memory");
  CHECK(items_of<float, std::array<float, 3>>(view.tensors, "rows", "memory") == rows);
}

TEST_CASE("what cannot be written is refused") {
  CHECK_THROWS_AS((void)safetensors_bytes({{"a", Tensor{DType::kFloat32, {2}, {}}}}), Error);
  CHECK_THROWS_AS((void)safetensors_bytes({{"a\xff", Tensor{DType::kFloat32, {0}, {}}}}), Error);
}

}  // namespace
}  // namespace sam6d

#include "sam6d/npy.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include "io/temporary_folder.hpp"
#include "sam6d/file_io.hpp"

namespace sam6d {
namespace {

using test::contains;
using test::error_of;
using test::TemporaryFolder;

const std::filesystem::path kData = std::filesystem::path(SAM6D_TEST_DATA) / "npy";

std::vector<double> range(int count, double factor, double offset) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(i * factor + offset);
  return values;
}

TEST_CASE("arrays that NumPy wrote are read") {
  const NpyArray half = load_npy(kData / "float16_fortran.npy");
  CHECK(half.type == NpyType::kFloat16);
  CHECK(half.shape == std::vector<std::size_t>{2, 3, 4});
  CHECK(half.to_double() == range(24, 0.125, -1));
  CHECK(load_npy(kData / "int32_big_endian.npy").to_double() == range(24, 1000, -5000));
  CHECK(load_npy(kData / "int32_big_endian.npy").to_int64()[1] == -4000);
  CHECK(load_npy(kData / "version2.npy").to_float()[23] == 23);
  CHECK(load_npy(kData / "bool.npy").to_int64()[3] == 1);
  CHECK(load_npy(kData / "bool.npy").to_float()[4] == 0);
  CHECK(load_npy(kData / "scalar.npy").shape.empty());
  CHECK(load_npy(kData / "scalar.npy").to_double() == std::vector<double>{2.5});
  CHECK(load_npy(kData / "empty.npy").shape == std::vector<std::size_t>{0, 3});
}

TEST_CASE("arrays that are no numbers are refused") {
  CHECK(contains(error_of(ErrorCode::kBadFile, [] { (void)load_npy(kData / "complex.npy"); }),
                 "found descr '<c8'"));
  CHECK(contains(error_of(ErrorCode::kBadFile, [] { (void)load_npy(kData / "structured.npy"); }),
                 "structured.npy"));
  CHECK_THROWS_AS((void)load_npy(kData / "scalar.npy").to_int64(), Error);
}

TEST_CASE("arrays come back as written, at 64 bytes in the file") {
  const TemporaryFolder folder;
  const std::vector<float> values = {1.5F, -2, 0, 1e-30F, INFINITY, 7};
  for (const std::vector<std::size_t>& shape :
       {std::vector<std::size_t>{6}, {2, 3}, {1, 1, 6, 1}, {6, 1}}) {
    const NpyArray array = NpyArray::of(values, shape);
    save_npy(folder.path() / "a.npy", array);
    const NpyArray back = load_npy(folder.path() / "a.npy");
    CHECK(back.shape == shape);
    CHECK(back.to_float() == values);
    CHECK((npy_bytes(array).size() - array.bytes.size()) % 64 == 0);
  }
  const std::vector<std::int64_t> integers = {std::numeric_limits<std::int64_t>::min(), 0, 5};
  CHECK(parse_npy(npy_bytes(NpyArray::of(integers, {3})), "a").to_int64() == integers);
  const std::vector<std::uint8_t> bytes = {0, 255};
  CHECK(parse_npy(npy_bytes(NpyArray::of(bytes, {2})), "a").to_int64()[1] == 255);
  const std::vector<double> scalar = {2.5};
  CHECK(parse_npy(npy_bytes(NpyArray::of(scalar, {})), "a").to_double() == scalar);
  CHECK_THROWS_AS((void)NpyArray::of(values, {7}), Error);
  NpyArray torn = NpyArray::of(values, {6});
  torn.shape = {5};
  CHECK_THROWS_AS((void)npy_bytes(torn), Error);
  NpyArray large{NpyType::kUint64, {1}, std::vector<std::byte>(8, std::byte{0xff})};
  CHECK_THROWS_AS((void)large.to_int64(), Error);
}

TEST_CASE("every half survives the way to float and back, floats round to the nearest half") {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = half_to_float(half);
    if (std::isnan(value)) {
      CHECK(std::isnan(half_to_float(float_to_half(value))));
    } else if (float_to_half(value) != half) {
      FAIL("half " << bits << " does not come back");
    }
  }
  CHECK(half_to_float(0x3c00) == 1.0F);
  CHECK(half_to_float(0x0001) == 0x1p-24F);
  CHECK(half_to_float(0xfbff) == -65504.0F);
  CHECK(float_to_half(65519.99F) == 0x7bff);
  CHECK(float_to_half(65520.0F) == 0x7c00);
  CHECK(float_to_half(-INFINITY) == 0xfc00);
  CHECK(float_to_half(1.0F + 0x1p-11F) == 0x3c00);  // a tie goes to the even one
  CHECK(float_to_half(1.0F + 0x1p-11F + 0x1p-20F) == 0x3c01);
  CHECK(float_to_half(1.0F + 0x3p-11F) == 0x3c02);
  CHECK(float_to_half(0x1p-25F) == 0x0000);
  CHECK(float_to_half(0x1.8p-25F) == 0x0001);
  CHECK(float_to_half(-0.0F) == 0x8000);
}

/// An NPY file of version 1 with this header.
std::vector<std::byte> npy_with(std::string header, std::size_t data_bytes) {
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size() & 0xff);
  file += static_cast<char>(header.size() >> 8);
  file += header + std::string(data_bytes, '\0');
  const auto bytes = std::as_bytes(std::span(file));
  return {bytes.begin(), bytes.end()};
}

TEST_CASE("bad NPY files are refused before memory is asked for") {
  const auto error_in = [](const std::vector<std::byte>& file) {
    return error_of(ErrorCode::kBadFile, [&] { (void)parse_npy(file, "x.npy", 1000); });
  };
  const char* const good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }  \n";
  CHECK_NOTHROW((void)parse_npy(npy_with(good, 24), "x.npy", 24));
  CHECK(contains(error_in(npy_with(good, 23)), "expected 24 bytes of elements, found 23"));
  CHECK(contains(error_in(npy_with(good, 25)), "found 25"));
  for (const char* header :
       {"", "{", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False, 'shape': 3}",
        "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (3,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} more",
        "{'descr': <f4, 'fortran_order': False, 'shape': (3,)}",
        "{'descr': '', 'fortran_order': False, 'shape': (3,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3 3)}"}) {
    CAPTURE(header);
    CHECK(contains(error_in(npy_with(header, 12)), "x.npy: expected an NPY header"));
  }
  CHECK(contains(
      error_in(npy_with("{'descr': '<f4', 'fortran_order': False, 'shape': (251,), }", 1004)),
      "at most 1000 bytes"));
  CHECK(contains(error_in(npy_with("{'descr': '<f8', 'fortran_order': False, 'shape': "
                                   "(4294967296, 4294967296, 4294967296), }",
                                   8)),
                 "at most 1000 bytes"));
  CHECK(contains(error_in(npy_with("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8)),
                 "found descr '|O'"));
  CHECK(contains(error_in({}), "expected an NPY file"));
  std::vector<std::byte> future = npy_with(good, 24);
  future[6] = std::byte{4};
  CHECK(contains(error_in(future), "version 1 to 3, found 4"));
  std::vector<std::byte> cut = npy_with(good, 24);
  cut.resize(40);
  CHECK(contains(error_in(cut), "inside the file"));
}

TEST_CASE("archives of NumPy are read, stored or deflated") {
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    const auto arrays = load_npz(kData / name);
    CHECK(arrays.size() == 2);
    CHECK(arrays.at("points").shape == std::vector<std::size_t>{3, 4});
    CHECK(arrays.at("points").to_double() == range(12, 1, 0));
    CHECK(arrays.at("ids").to_int64() == std::vector<std::int64_t>{1, 2, 3});
  }
  CHECK(contains(error_of(ErrorCode::kBadFile, [] { (void)load_npz(kData / "stored.npz", 50); }),
                 "at most"));
}

TEST_CASE("an archive comes back as written, the same bytes each time") {
  const TemporaryFolder folder;
  const std::vector<float> values = {1, 2, 3};
  const std::map<std::string, NpyArray> arrays = {{"a", NpyArray::of(values, {3})},
                                                  {"b", NpyArray::of_half(values, {3, 1})}};
  save_npz(folder.path() / "1.npz", arrays);
  save_npz(folder.path() / "2.npz", arrays);
  CHECK(read_text_file(folder.path() / "1.npz") == read_text_file(folder.path() / "2.npz"));
  const auto back = load_npz(folder.path() / "1.npz");
  CHECK(back.at("a").to_float() == values);
  CHECK(back.at("b").type == NpyType::kFloat16);
  CHECK(back.at("b").to_float() == values);
  CHECK_THROWS_AS(save_npz(folder.path() / "1.npz" / "x.npz", arrays), Error);
}

TEST_CASE("damaged archives are refused") {
  const TemporaryFolder folder;
  const std::string whole = read_text_file(kData / "deflated.npz");
  for (std::size_t size = 0; size < whole.size(); size += 1 + size / 8) {
    const auto path = folder.file("cut.npz", whole.substr(0, size));
    CHECK(contains(error_of(ErrorCode::kBadFile, [&] { (void)load_npz(path); }), "cut.npz"));
  }
  std::string damaged = whole;
  damaged[100] = static_cast<char>(damaged[100] ^ 0x55);  // inside the first array's data
  CHECK_THROWS_AS((void)load_npz(folder.file("damaged.npz", damaged)), Error);
}

}  // namespace
}  // namespace sam6d

#include "checkpoint/numpy_pickles.hpp"

#include <doctest/doctest.h>

#include "checkpoint/pickle_machine.hpp"
#include "support/errors.hpp"
#include "support/torch_writer.hpp"

namespace sam6d::test {
namespace {

using namespace std::string_literals;

struct Ran {
  PickleDocument document;
  PickleId root = 0;
};

Ran run(const std::string& pickle) {
  const FileBytes file = FileBytes::in_memory(std::as_bytes(std::span(pickle)), "file");
  PickleInput input(file, 0, file.size());
  Ran ran;
  ran.document.source = "file";
  ran.root = run_pickle(input, ran.document);
  return ran;
}

std::string error_text(const std::string& pickle) {
  const auto error = error_of([&] { (void)run(pickle); });
  REQUIRE(error);
  return error->what();
}

PickleWriter& dtype(PickleWriter& writer, const std::string& code, const std::string& order) {
  return writer.global("numpy", "dtype")
      .text(code)
      .bytes("\x89\x88\x87R(K\3")
      .text(order)
      .bytes("NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff")
      .bytes("K"s + '\0' + "tb");
}

PickleWriter& raw_bytes(PickleWriter& writer, const std::string& bytes) {
  return writer.bytes("B").bytes(raw(static_cast<std::uint32_t>(bytes.size()))).bytes(bytes);
}

PickleValue scalar(const std::string& code, const std::string& bytes) {
  PickleWriter writer;
  writer.global("numpy.core.multiarray", "scalar");
  raw_bytes(dtype(writer, code, "<"), bytes).bytes("\x86R");
  Ran ran = run(writer.stop());
  return std::move(ran.document.values[ran.root]);
}

std::string array(const std::string& code, const std::string& order, bool fortran,
                  const std::string& bytes) {
  PickleWriter writer;
  writer.global("numpy._core.multiarray", "_reconstruct")
      .global("numpy", "ndarray")
      .bytes("K"s + '\0' + "\x85" + "C\1b\x87R(K\1K\2K\3\x86");
  dtype(writer, code, order).bytes(fortran ? "\x88" : "\x89");
  return raw_bytes(writer, bytes).bytes("tb").stop();
}

TEST_CASE("scalars are numbers") {
  CHECK(std::get<bool>(scalar("b1", "\1")));
  CHECK(std::get<std::int64_t>(scalar("u1", "\xff")) == 255);
  CHECK(std::get<std::int64_t>(scalar("i1", "\xff")) == -1);
  CHECK(std::get<std::int64_t>(scalar("u2", "\xff\xff")) == 65535);
  CHECK(std::get<std::int64_t>(scalar("i2", "\xff\xff")) == -1);
  CHECK(std::get<std::int64_t>(scalar("u4", raw(UINT32_MAX))) == UINT32_MAX);
  CHECK(std::get<std::int64_t>(scalar("i4", raw(INT32_MIN))) == INT32_MIN);
  CHECK(std::get<std::int64_t>(scalar("u8", raw<std::uint64_t>(7))) == 7);
  CHECK(std::get<std::int64_t>(scalar("i8", raw(INT64_MIN))) == INT64_MIN);
  CHECK(std::holds_alternative<PickleLong>(scalar("u8", raw(UINT64_MAX))));
  CHECK(std::get<double>(scalar("f2", raw<std::uint16_t>(0x3e00))) == 1.5);
  CHECK(std::get<double>(scalar("f2", raw<std::uint16_t>(0x8001))) == -0x1p-24);
  CHECK(std::get<double>(scalar("f4", raw(0.25F))) == 0.25);
  CHECK(std::get<double>(scalar("f8", raw(0.1))) == 0.1);
  // What has no number of ours stays what it is.
  CHECK(std::holds_alternative<std::unique_ptr<PickleObject>>(scalar("c16", std::string(16, 'x'))));

  PickleWriter wrong;
  wrong.global("numpy.core.multiarray", "scalar");
  raw_bytes(dtype(wrong, "f8", "<"), "1234").bytes("\x86R");
  CHECK(error_text(wrong.stop()).find("scalar of 8 bytes, found 4") != std::string::npos);
}

TEST_CASE("arrays are tensors in either order") {
  const std::string bytes = "abcdef";
  for (const bool fortran : {false, true}) {
    const Ran ran = run(array("u1", "|", fortran, bytes));
    const auto* const tensor = value_if<PickleTensor>(ran.document, ran.root);
    REQUIRE(tensor != nullptr);
    CHECK(tensor->of_numpy);
    const StoredTensor& stored = ran.document.tensors.at(tensor->tensor);
    CHECK(stored.dtype == DType::kUint8);
    CHECK(stored.shape == std::vector<std::uint64_t>{2, 3});
    CHECK(stored.strides ==
          (fortran ? std::vector<std::uint64_t>{1, 2} : std::vector<std::uint64_t>{3, 1}));
    CHECK(*ran.document.storages.at(stored.storage).content == bytes);
  }
  CHECK(error_text(array("f4", "<", false, bytes)).find("shape (2, 3) of F32, found 6 bytes") !=
        std::string::npos);
}

TEST_CASE("arrays of other types or byte order stay objects") {
  for (const auto& [code, order] : {std::pair("f4"s, ">"s), {"U1"s, "<"s}, {"O8"s, "|"s}}) {
    const Ran ran = run(array(code, order, false, std::string(24, 'x')));
    CHECK(object_if(ran.document, ran.root) != nullptr);
  }
}

TEST_CASE("protocol 5 makes arrays of bytes") {
  PickleWriter writer;
  writer.global("numpy._core.numeric", "_frombuffer").bytes("(");
  raw_bytes(writer, raw(1.5F) + raw(2.5F));
  dtype(writer, "f4", "<").bytes("K\2\x85").text("C").bytes("tR");
  const Ran ran = run(writer.stop());
  const auto* const tensor = value_if<PickleTensor>(ran.document, ran.root);
  REQUIRE(tensor != nullptr);
  CHECK(ran.document.tensors.at(tensor->tensor).shape == std::vector<std::uint64_t>{2});
}

}  // namespace
}  // namespace sam6d::test

#include "checkpoint/torch_pickles.hpp"

#include <doctest/doctest.h>

#include "checkpoint/pickle_machine.hpp"
#include "support/errors.hpp"
#include "support/torch_writer.hpp"

namespace sam6d::test {
namespace {

using Numbers = std::vector<std::int64_t>;

PickleDocument run(const std::string& pickle) {
  const FileBytes file = FileBytes::in_memory(std::as_bytes(std::span(pickle)), "file");
  PickleInput input(file, 0, file.size());
  PickleDocument document;
  document.source = "file";
  const PickleId root = run_pickle(input, document);
  CHECK(value_if<PickleTensor>(document, root) != nullptr);
  return document;
}

void check_refused(const std::string& pickle, const std::string& expected) {
  check_error([&] { (void)run(pickle); }, ErrorCode::kBadFile, expected);
}

std::string tensor(std::int64_t elements, std::int64_t offset, const Numbers& shape,
                   const Numbers& strides) {
  return PickleWriter().tensor("FloatStorage", "0", elements, offset, shape, strides).stop();
}

TEST_CASE("a tensor is a checked view of its storage") {
  const PickleDocument document = run(tensor(12, 2, {2, 3}, {5, 1}));
  REQUIRE(document.storages.size() == 1);
  CHECK(document.storages[0].key == "0");
  CHECK(document.storages[0].size == 48);
  REQUIRE(document.tensors.size() == 1);
  CHECK(document.tensors[0].dtype == DType::kFloat32);
  CHECK(document.tensors[0].shape == std::vector<std::uint64_t>{2, 3});
  CHECK(document.tensors[0].strides == std::vector<std::uint64_t>{5, 1});
  CHECK(document.tensors[0].begin == 8);

  (void)run(tensor(10, 2, {2, 3}, {5, 1}));  // the last element is the storage's last
  check_refused(tensor(9, 2, {2, 3}, {5, 1}), "inside its storage of 36 bytes");
  (void)run(tensor(1, 0, {1000}, {0}));
  (void)run(tensor(0, 0, {0}, {1}));
  (void)run(tensor(0, 99, {3, 0}, {1, 1}));  // nothing is read of an empty one
  (void)run(tensor(1, 0, {}, {}));
  check_refused(tensor(0, 0, {}, {}), "inside its storage of 0 bytes");
  check_refused(tensor(4, INT64_MAX, {1}, {1}), "inside its storage");
  check_refused(tensor(4, 0, {3}, {INT64_MAX}), "inside its storage");
  check_refused(tensor(4, 0, {INT64_MAX, INT64_MAX}, {0, 0}), "inside its storage");
  check_refused(tensor(4, -1, {1}, {1}), "offset");
  check_refused(tensor(4, 0, {-1}, {1}), "size");
  check_refused(tensor(4, 0, {1}, {-1}), "stride");
  check_refused(tensor(4, 0, {1}, {1, 1}), "as many strides as sizes");
  check_refused(tensor(4, 0, Numbers(65, 1), Numbers(65, 1)), "at most 64 dimensions");
  check_refused(tensor(-4, 0, {1}, {1}), "storage's size");
  check_refused(tensor(INT64_MAX, 0, {1}, {1}), "less than 2^64 bytes");
}

TEST_CASE("every class of storages has its type") {
  const std::pair<std::string, DType> types[] = {
      {"FloatStorage", DType::kFloat32}, {"DoubleStorage", DType::kFloat64},
      {"HalfStorage", DType::kFloat16},  {"BFloat16Storage", DType::kBFloat16},
      {"LongStorage", DType::kInt64},    {"IntStorage", DType::kInt32},
      {"ShortStorage", DType::kInt16},   {"CharStorage", DType::kInt8},
      {"ByteStorage", DType::kUint8},    {"BoolStorage", DType::kBool}};
  for (const auto& [name, dtype] : types) {
    const PickleDocument document =
        run(PickleWriter().tensor(name, "0", 3, 1, Numbers{2}, Numbers{1}).stop());
    CHECK(document.tensors[0].dtype == dtype);
    CHECK(document.storages[0].size == 3 * size_of(dtype));
    CHECK(document.tensors[0].begin == size_of(dtype));
  }
  check_refused(
      PickleWriter().tensor("ComplexFloatStorage", "0", 1, 0, Numbers{}, Numbers{}).stop(),
      "found torch.ComplexFloatStorage");
}

TEST_CASE("storages of bytes take the type of the tensor") {
  const auto typed = [](const std::string& storage, const std::string& type) {
    return PickleWriter()
        .global("torch._utils", "_rebuild_tensor_v3")
        .bytes("(")
        .storage(storage, "0", 12)
        .number(1)
        .numbers(Numbers{2})
        .numbers(Numbers{1})
        .bytes("\x89N")
        .global("torch", type)
        .bytes("tR")
        .stop();
  };
  const PickleDocument document = run(typed("UntypedStorage", "float32"));
  CHECK(document.tensors[0].dtype == DType::kFloat32);
  CHECK(document.tensors[0].begin == 4);
  CHECK(run(typed("UntypedStorage", "uint16")).tensors[0].dtype == DType::kUint16);
  check_refused(typed("UntypedStorage", "float64"), "inside its storage of 12 bytes");
  check_refused(typed("UntypedStorage", "float8_e4m3fn"), "found torch.float8_e4m3fn");
  check_refused(typed("FloatStorage", "int32"), "its storage's type F32");
}

TEST_CASE("parameters and subclasses are their tensor") {
  const auto wrapped = [](const std::string& function, const std::string& more) {
    return PickleWriter()
        .global("torch._utils", function)
        .bytes("(")
        .floats("0", 2)
        .bytes(more)
        .bytes("tR}b")
        .stop();
  };
  CHECK(run(wrapped("_rebuild_parameter", "\x88}")).tensors.size() == 1);
  CHECK(run(wrapped("_rebuild_parameter_with_state", "\x88}}")).tensors.size() == 1);
  check_refused(PickleWriter().global("torch._utils", "_rebuild_parameter").bytes("(K\1tR").stop(),
                "parameter's tensor, found the number 1");

  const auto of_type = [](const std::string& function) {
    return PickleWriter()
        .global("torch._tensor", "_rebuild_from_type_v2")
        .bytes("(")
        .global("torch._utils", function)
        .global("my", "Tensor")
        .bytes("(")
        .storage("FloatStorage", "0", 2)
        .number(0)
        .numbers(Numbers{2})
        .numbers(Numbers{1})
        .bytes("\x89Nt}tR")
        .stop();
  };
  CHECK(run(of_type("_rebuild_tensor_v2")).tensors.size() == 1);
  check_refused(of_type("_rebuild_qtensor"), "refused to call torch._utils._rebuild_qtensor");
  check_refused(of_type("mine"), "function that rebuilds a tensor");
}

TEST_CASE("a storage's description must be whole and always the same") {
  const auto two = [](const std::string& type, std::int64_t elements) {
    return PickleWriter()
        .floats("0", 3)
        .bytes("0")
        .tensor(type, "0", elements, 0, Numbers{1}, Numbers{1})
        .stop();
  };
  CHECK(run(two("FloatStorage", 3)).storages.size() == 1);
  check_refused(two("IntStorage", 3), "one type and 12 bytes");
  check_refused(two("FloatStorage", 4), "one type and 12 bytes");
  check_refused("K\1Q.", "tuple that describes a storage");
  check_refused(")Q.", "tuple that describes a storage");
  check_refused("K\1\x85Q.", "persistent id of a storage");
  check_refused(PickleWriter().text("storage").bytes("\x85Q").stop(), "found 1 items");
  check_refused(PickleWriter().floats("../x", 1).stop(), "storage's key");
  check_refused(PickleWriter().floats("", 1).stop(), "storage's key");
  check_refused(PickleWriter().begin_tensor().number(1).end_tensor(0, Numbers{}, Numbers{}).stop(),
                "tensor's storage, found the number 1");
}

TEST_CASE("older files have storages that are parts of storages") {
  const auto part = [](std::int64_t begin, std::int64_t size) {
    return PickleWriter()
        .begin_tensor()
        .bytes("(")
        .text("storage")
        .global("torch", "FloatStorage")
        .text("0")
        .text("cpu")
        .number(10)
        .bytes("(")
        .text("view")
        .number(begin)
        .number(size)
        .bytes("ttQ")
        .end_tensor(1, Numbers{2}, Numbers{1})
        .stop();
  };
  CHECK(run(part(4, 3)).tensors[0].begin == 20);
  check_refused(part(4, 2), "inside its storage of 8 bytes");
  check_refused(part(8, 3), "view inside its storage of 40 bytes");
  check_refused(part(-1, 3), "view's offset");
}

}  // namespace
}  // namespace sam6d::test

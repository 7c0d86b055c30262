#include "checkpoint/tensor_names.hpp"

#include <doctest/doctest.h>

#include "checkpoint/torch_file.hpp"
#include "support/errors.hpp"
#include "support/torch_writer.hpp"

namespace sam6d::test {
namespace {

using Names = std::vector<std::string>;

CheckpointIndex index_of(const std::string& pickle) {
  const std::string file = torch_zip(pickle, {{"0", raw(1.0F)}});
  return index_torch(read_torch_zip(FileBytes::in_memory(std::as_bytes(std::span(file)), "file")),
                     CheckpointFormat::kTorchZip);
}

Names names_of(const CheckpointIndex& index) {
  Names names;
  for (const NamedTensor& tensor : index.names) names.push_back(tensor.name);
  return names;
}

Names names_of(const std::string& pickle) { return names_of(index_of(pickle)); }

std::uint32_t group_of(const CheckpointIndex& index, const std::string& name) {
  for (const NamedTensor& tensor : index.names) {
    if (tensor.name == name) return tensor.group;
  }
  FAIL("no tensor " << name);
  return 0;
}

/// A tensor that a pickle writes and keeps under 0.
PickleWriter with_tensor() {
  PickleWriter writer;
  writer.floats("0", 1).bytes("q").bytes(std::string(1, '\0')).bytes("0");
  return writer;
}
const std::string kTensor("h\0", 2);  // NOLINT(bugprone-string-literal-with-embedded-nul)

TEST_CASE("names are paths of keys and indices") {
  CHECK(names_of(with_tensor().stop(kTensor)) == Names{"tensor"});
  PickleWriter nested = with_tensor();
  nested.bytes("}(")
      .text("b")
      .bytes(kTensor)
      .text("a")
      .bytes("}(")
      .text("x.y")
      .bytes(kTensor)
      .bytes("K\5")
      .bytes(kTensor)
      .bytes("u")
      .text("l")
      .bytes("](")
      .bytes(kTensor)
      .bytes("N(")
      .bytes(kTensor)
      .bytes("te")
      .bytes("K\1K\2\x86")
      .bytes(kTensor)
      .bytes("u");
  CHECK(names_of(nested.stop()) == Names{"b", "a.x.y", "a.5", "l.0", "l.2.0", "(3)"});
}

TEST_CASE("of equal keys the last counts, and other kinds of keys are other keys") {
  PickleWriter twice = with_tensor();
  twice.bytes("}(").text("a").bytes(kTensor).text("b").bytes(kTensor).text("a").bytes("Nu");
  CHECK(names_of(twice.stop()) == Names{"b"});
  PickleWriter collision = with_tensor();
  collision.bytes("}(").text("5").bytes(kTensor).bytes("K\5").bytes(kTensor).bytes("u");
  const auto error = error_of([&] { (void)index_of(collision.stop()); });
  CHECK(mentions(error, "two tensors \"5\""));
}

/// A module with these dictionaries.
std::string module(const std::string& parameters, const std::string& buffers,
                   const std::string& modules, const std::string& more = {}) {
  PickleWriter writer;
  writer.global("some.where", "Module")
      .bytes(")\x81}(")
      .text("training")
      .bytes("\x88")
      .text("_parameters")
      .bytes("}(" + parameters + "u")
      .text("_buffers")
      .bytes("}(" + buffers + "u")
      .text("_modules")
      .bytes("}(" + modules + "u")
      .bytes(more)
      .bytes("ub");
  const std::string pickle = writer.stop();
  return pickle.substr(2, pickle.size() - 3);
}

std::string named(const std::string& name, const std::string& value) {
  const std::string pickle = PickleWriter().text(name).stop();
  return pickle.substr(2, pickle.size() - 3) + value;
}

TEST_CASE("modules are walked as state_dict() does, and their other tensors lie apart") {
  const std::string inner = module(named("weight", kTensor) + named("bias", "N"),
                                   named("mean", kTensor) + named("hidden", kTensor), "",
                                   named("_non_persistent_buffers_set",
                                         "c__builtin__\nset\n](" + named("hidden", "") + "e\x85R"));
  const std::string outer =
      module(named("scale", kTensor), "", named("0", inner) + named("1", "N"),
             named("stride", kTensor) + named("args_list", "](" + kTensor + "e"));
  PickleWriter file = with_tensor();
  file.bytes("}(").text("model").bytes(outer).text("epoch").bytes("K\3u");
  const CheckpointIndex index = index_of(file.stop());
  CHECK(names_of(index) == Names{"model.scale", "model.0.weight", "model.0.mean", "model.0.hidden",
                                 "model.stride", "model.args_list.0"});
  const std::uint32_t group = group_of(index, "model.scale");
  CHECK(group_of(index, "model.0.weight") == group);
  CHECK(group_of(index, "model.0.mean") == group);
  CHECK(group_of(index, "model.0.hidden") != group);
  CHECK(group_of(index, "model.stride") != group);
  CHECK(index.metadata == Metadata{{"epoch", "3"}});
}

TEST_CASE("objects are walked by attribute, argument, item and element") {
  PickleWriter file = with_tensor();
  file.global("m", "C")
      .bytes(kTensor)
      .bytes("\x85\x81}")
      .text("a")
      .bytes(kTensor)
      .bytes("s}")
      .text("b")
      .bytes(kTensor)
      .bytes(
          "s\x86"
          "b](")
      .bytes(kTensor)
      .bytes("e0(")
      .text("item")
      .bytes(kTensor)
      .bytes("u(")
      .bytes(kTensor)
      .bytes("e");
  CHECK(names_of(file.stop()) == Names{"a", "b", "args.0", "item", "0"});
}

TEST_CASE("dictionaries have a group each") {
  PickleWriter file = with_tensor();
  file.bytes("}(")
      .text("model")
      .bytes("}(")
      .text("a")
      .bytes(kTensor)
      .text("b")
      .bytes(kTensor)
      .bytes("u")
      .text("optimizer")
      .bytes("}(")
      .text("a")
      .bytes(kTensor)
      .bytes("uu");
  const CheckpointIndex index = index_of(file.stop());
  CHECK(group_of(index, "model.a") == group_of(index, "model.b"));
  CHECK(group_of(index, "model.a") != group_of(index, "optimizer.a"));
}

TEST_CASE("numbers and texts of dictionaries are metadata") {
  PickleWriter file = with_tensor();
  file.bytes("}(")
      .text("w")
      .bytes(kTensor)
      .text("n")
      .number(-7)
      .text("t")
      .text("text")
      .text("f")
      .bytes("G\x3f\xf8")
      .bytes(std::string(6, '\0'))
      .text("b")
      .bytes("\x88")
      .text("none")
      .bytes("N")
      .text("list")
      .bytes("](K\1e")
      .text("d")
      .bytes("}")
      .text("x")
      .bytes("K\1s")
      .text("long")
      .text(std::string(2000, 'x'))
      .bytes("u");
  CHECK(index_of(file.stop()).metadata ==
        Metadata{{"n", "-7"}, {"t", "text"}, {"f", "1.5"}, {"b", "true"}, {"d.x", "1"}});
}

TEST_CASE("values that hold themselves or share others are bounded") {
  PickleWriter circle = with_tensor();
  circle.bytes("}q\1(").text("a").bytes(kTensor).text("self").bytes("h\1u");
  CHECK(names_of(circle.stop()) == Names{"a"});

  // Forty lists that hold the one before twice: a million million paths.
  PickleWriter laughs = with_tensor();
  laughs.bytes(
      "]q\1"
      "0");
  for (int i = 0; i < 40; ++i)
    laughs.bytes(
        "](h\1h\1eq\1"
        "0");
  CHECK(mentions(error_of([&] { (void)index_of(laughs.stop("h\1")); }), "at most 4194304 values"));

  PickleWriter deep;
  deep.bytes(std::string(1000, ']')).bytes(std::string(999, 'a'));
  CHECK(mentions(error_of([&] { (void)index_of(deep.stop()); }), "at most 100 levels"));

  PickleWriter long_name = with_tensor();
  long_name.bytes("}").text(std::string(5000, 'x')).bytes(kTensor).bytes("s");
  CHECK(mentions(error_of([&] { (void)index_of(long_name.stop()); }), "names of at most 4096"));
}

}  // namespace
}  // namespace sam6d::test

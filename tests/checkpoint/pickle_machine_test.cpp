#include "checkpoint/pickle_machine.hpp"

#include <doctest/doctest.h>

#include "support/errors.hpp"
#include "support/torch_writer.hpp"

namespace sam6d::test {
namespace {

using namespace std::string_literals;

struct Ran {
  PickleDocument document;
  PickleId root = 0;

  [[nodiscard]] const PickleValue& value() const { return document.values[root]; }
  [[nodiscard]] std::string kind() const { return describe(document, root); }
};

Ran run(const std::string& pickle, bool on_disk = false) {
  FileBytes file = FileBytes::in_memory(std::as_bytes(std::span(pickle)), "file");
  if (on_disk) file = file.as_if_on_disk();
  PickleInput input(file, 0, file.size());
  Ran ran;
  ran.document.source = "file";
  ran.root = run_pickle(input, ran.document);
  return ran;
}

/// Refused with this in the message.
void check_refused(const std::string& pickle, const std::string& expected) {
  check_error([&] { (void)run(pickle); }, ErrorCode::kBadFile, expected);
  check_error([&] { (void)run(pickle); }, ErrorCode::kBadFile, "file");
}

std::int64_t whole(const std::string& opcodes) {
  return std::get<std::int64_t>(run(opcodes + ".").value());
}

TEST_CASE("numbers") {
  CHECK(whole("K\xff"s) == 255);
  CHECK(whole("M\xff\xff"s) == 65535);
  CHECK(whole("J\xfe\xff\xff\xff"s) == -2);
  CHECK(whole("\x8a\0"s) == 0);
  CHECK(whole("\x8a\x01\xff"s) == -1);
  CHECK(whole("\x8b\x02\0\0\0\x00\x01"s) == 256);
  CHECK(std::get<double>(run("G\x3f\xf8\0\0\0\0\0\0."s).value()) == 1.5);
  CHECK(std::get<bool>(run("\x88."s).value()));
  CHECK(!std::get<bool>(run("\x89."s).value()));
  CHECK(std::holds_alternative<PickleNone>(run("N.").value()));
  CHECK(std::holds_alternative<PickleLong>(run("\x8a\x09\0\0\0\0\0\0\0\0\x01."s).value()));
  check_refused("\x8b\xff\xff\xff\xff."s, "length of a number");
  check_refused("\x8b\0\0\1\0."s, "at most 1024 bytes");
}

TEST_CASE("texts and bytes") {
  for (const bool on_disk : {false, true}) {
    CHECK(run("X\x02\0\0\0\xc3\xbc."s, on_disk).kind() == "the text \"ü\"");
    CHECK(run("\x8c\x01"s + "a.", on_disk).kind() == "the text \"a\"");
    CHECK(run("\x8d\x01\0\0\0\0\0\0\0"s + "a.", on_disk).kind() == "the text \"a\"");
    // Python 2's strings are texts where they can be.
    CHECK(run("U\x01"s + "a.", on_disk).kind() == "the text \"a\"");
    CHECK(run("U\x01\xff."s, on_disk).kind() == "bytes");
    CHECK(run("T\x01\0\0\0\xff."s, on_disk).kind() == "bytes");
    CHECK(run("C\x01"s + "a.", on_disk).kind() == "bytes");
    CHECK(run("B\x01\0\0\0"s + "a.", on_disk).kind() == "bytes");
    CHECK(run("\x8e\x01\0\0\0\0\0\0\0"s + "a.", on_disk).kind() == "bytes");
    CHECK(run("\x96\x01\0\0\0\0\0\0\0"s + "a.", on_disk).kind() == "bytes");
  }
  check_refused("X\x02\0\0\0\xc3\x28."s, "UTF-8");
  check_refused("\x8d\xff\xff\xff\xff\xff\xff\xff\xff."s, "cut short");
}

TEST_CASE("a long text crosses the window of a file on disk") {
  const std::string text(200'000, 'x');
  const std::string pickle = PickleWriter().text("a").text(text).stop();
  CHECK(text_if(run(pickle, true).document, run(pickle, true).root) == text);
  CHECK(text_if(run(pickle, false).document, run(pickle, false).root) == text);
}

TEST_CASE("containers") {
  const auto items = [](const std::string& pickle) {
    const Ran ran = run(pickle);
    return std::get<PickleSequence>(ran.value()).items.size();
  };
  CHECK(run("].").kind() == "a list");
  CHECK(run(").").kind() == "a tuple");
  CHECK(run("}.").kind() == "a dictionary");
  CHECK(run("\x8f."s).kind() == "a set");
  CHECK(items("(NNl.") == 2);
  CHECK(items("(NNNt.") == 3);
  CHECK(items("N\x85."s) == 1);
  CHECK(items("NN\x86."s) == 2);
  CHECK(items("NNN\x87."s) == 3);
  CHECK(items("]Na.") == 1);
  CHECK(items("](NNe.") == 2);
  CHECK(items("\x8f(NN\x90."s) == 2);
  CHECK(items("(NN\x91."s) == 2);
  CHECK(std::get<PickleDict>(run("}K\1Ns.").value()).items.size() == 1);
  CHECK(std::get<PickleDict>(run("}(K\1NK\2Nu.").value()).items.size() == 2);
  CHECK(std::get<PickleDict>(run("(K\1Nd.").value()).items.size() == 1);
  check_refused("}(K\1u.", "a key alone");
  check_refused("K\1Na.", "expected a list to add to, found the number 1");
  check_refused(")Na.", "expected a list to add to, found a tuple");
  check_refused("]NNs.", "expected a dictionary to add to");
  check_refused("](N\x90."s, "expected a set to add to");
}

TEST_CASE("stack, marks and memo") {
  CHECK(run("K\1K\2"
            "0.")
            .kind() == "the number 1");
  CHECK(run("K\1("
            "0.")
            .kind() == "the number 1");
  CHECK(run("K\1(NN1.").kind() == "the number 1");
  CHECK(run("K\1"
            "2\x86."s)
            .kind() == "a tuple");
  CHECK(run("K\7q\5"
            "0h\5.")
            .kind() == "the number 7");
  CHECK(run("K\7r\xff\xff\xff\xff"
            "0j\xff\xff\xff\xff."s)
            .kind() == "the number 7");
  CHECK(run("K\7\x94"
            "0h\0."s)
            .kind() == "the number 7");
  CHECK(run("\x80\x05\x95\x03\0\0\0\0\0\0\0K\1."s).kind() == "the number 1");
  check_refused(".", "expected a value on the stack");
  check_refused("0.", "expected a value on the stack");
  check_refused("N(.", "expected a value on the stack");  // pops stop at a mark
  check_refused("Nt.", "expected a mark");
  check_refused("h\5.", "expected a memo 5");
  check_refused("q\5.", "expected a value on the stack");
  check_refused("\x80\x06."s, "protocol of at most 5");
  check_refused("\x95\x09\0\0\0\0\0\0\0N."s, "cut short");
  check_refused("", "cut short");
  check_refused("N", "cut short");
  check_refused("\xf7", "expected an opcode, found 0xf7");
  for (const char opcode : "PFILSVgp"s) check_refused(std::string(1, opcode), "protocol 0");
  check_refused("\x82\x01"s, "extension registry");
  check_refused("\x97"s, "outside of the file");
}

TEST_CASE("a class that is not known becomes an object with what it was given") {
  const Ran ran = run(PickleWriter()
                          .global("unknown.module", "Thing")
                          .bytes("K\1\x85\x81}")
                          .text("a")
                          .bytes("K\2sb](K\3K\4e0(")
                          .text("key")
                          .bytes("K\5u(K\6e")
                          .stop());
  const PickleObject* const object = object_if(ran.document, ran.root);
  REQUIRE(object != nullptr);
  CHECK(describe(ran.document, ran.root) == "an object of class unknown.module.Thing");
  CHECK(object->arguments);
  CHECK(object->states.size() == 1);
  CHECK(object->items.size() == 1);
  CHECK(object->elements.size() == 1);
}

TEST_CASE("names on the stack, and objects with named arguments") {
  const Ran ran = run(PickleWriter().text("m").text("C").bytes("\x93)}\x92").stop());
  CHECK(ran.kind() == "an object of class m.C");
  check_refused("K\1K\2\x93."s, "no texts");
  check_refused("K\1)\x81."s, "name of a class, found the number 1");
}

TEST_CASE("functions that put data together") {
  CHECK(run(PickleWriter().global("collections", "OrderedDict").bytes(")R").stop()).kind() ==
        "a dictionary");
  CHECK(std::get<PickleDict>(run(PickleWriter()
                                     .global("collections", "OrderedDict")
                                     .bytes("](K\1K\2\x86K\3K\4\x86")
                                     .bytes("e\x85R")
                                     .stop())
                                 .value())
            .items.size() == 2);
  CHECK(run(PickleWriter()
                .global("collections", "defaultdict")
                .global("builtins", "list")
                .bytes("}\x86R")
                .stop())
            .kind() == "a dictionary");
  CHECK(run(PickleWriter().global("__builtin__", "set").bytes("]\x85R").stop()).kind() == "a set");
  CHECK(run(PickleWriter().global("torch", "Size").bytes("K\1\x85\x85R").stop()).kind() ==
        "a tuple");
  CHECK(run(PickleWriter().global("pathlib", "PosixPath").text("a").bytes("\x85R").stop()).kind() ==
        "an object of class pathlib.PosixPath");
  const Ran bytes = run(PickleWriter()
                            .global("_codecs", "encode")
                            .text("a\xc3\xbf")
                            .text("latin1")
                            .bytes("\x86R")
                            .stop());
  REQUIRE(bytes.kind() == "bytes");
  CHECK(*std::get<PickleBytes>(bytes.value()).bytes == "a\xff");
  const Ran object = run(PickleWriter()
                             .global("copy_reg", "_reconstructor")
                             .global("m", "C")
                             .global("__builtin__", "object")
                             .bytes("N\x87R")
                             .stop());
  CHECK(object.kind() == "an object of class m.C");
  check_refused(PickleWriter()
                    .global("_codecs", "encode")
                    .text("\xe2\x82\xac")
                    .text("latin1")
                    .bytes("\x86R")
                    .stop(),
                "other characters");
  check_refused(PickleWriter().global("collections", "OrderedDict").bytes("K\1\x85R").stop(),
                "list of keys with values");
}

TEST_CASE("nothing is called, and what was to be called is named") {
  const auto calling = [](std::string_view module, std::string_view name) {
    return PickleWriter().global(module, name).text("x").bytes("\x85R").stop();
  };
  check_refused(calling("os", "system"), "refused os.system");
  check_refused(calling("posix", "system"), "refused posix.system");
  check_refused(calling("subprocess", "Popen"), "refused subprocess.Popen");
  check_refused(calling("builtins", "eval"), "refused builtins.eval");
  check_refused(calling("__builtin__", "getattr"), "refused __builtin__.getattr");
  check_refused(calling("importlib", "import_module"), "refused importlib.import_module");
  check_refused(calling("os.path", "join"), "refused os.path.join");
  check_refused(calling("mine", "run"), "refused to call mine.run");
  check_refused(calling("torch.hub", "load"), "refused to call torch.hub.load");
  check_refused(calling("torch.storage", "_load_from_bytes"),
                "refused to call torch.storage._load_from_bytes");
  check_refused(
      "(X\1\0\0\0"
      "ai__builtin__\nexec\n."s,
      "refused to call __builtin__.exec");
  check_refused(
      "(cm\nC\nX\1\0\0\0"
      "ao."s,
      "refused to call m.C");
  check_refused("cos\n\n.", "name of a class");
  check_refused("K\1)R.", "name of a function, found the number 1");
  check_refused(PickleWriter().global("m", "f").bytes("K\1R").stop(), "tuple of arguments");
  check_refused(PickleWriter().global("torch", "FloatStorage").bytes(")\x81").stop(),
                "refused to make an empty torch.FloatStorage");
  check_refused(PickleWriter().global("torch._utils", "_rebuild_tensor_v2").bytes(")\x81").stop(),
                "found the function torch._utils._rebuild_tensor_v2");
  check_refused(PickleWriter().global("m", std::string(2000, 'x')).stop(), "at most 1000 bytes");
  check_refused("K\1K\2b.", "object to give attributes to");
}

TEST_CASE("small pickles cannot ask for much memory") {
  // A list of a hundred thousand items that is copied a thousand times.
  PickleWriter copies;
  copies.bytes("](")
      .bytes(std::string(100'000, 'N'))
      .bytes(
          "e\x85q\1"
          "0");
  copies.global("builtins", "set")
      .bytes(
          "q\2"
          "0");
  for (int i = 0; i < 1000; ++i) copies.bytes("h\2h\1R");
  check_refused(copies.stop(), "at most 8388608 values");

  // A text of a hundred kilobytes that is turned into bytes a thousand times.
  PickleWriter texts;
  texts.global("_codecs", "encode")
      .bytes(
          "q\2"
          "0");
  texts.text(std::string(100'000, 'x'))
      .text("latin1")
      .bytes(
          "\x86q\1"
          "0");
  for (int i = 0; i < 1000; ++i) texts.bytes("h\2h\1R");
  check_refused(texts.stop(), "the same text many times");

  check_refused(std::string(9'000'000, '('), "stack grows too large");
  check_refused("N" + std::string(9'000'000, '2'), "stack grows too large");
}

TEST_CASE("a thousand nested lists, and a list in itself, are values like others") {
  std::string nested = std::string(200'000, ']') + std::string(199'999, 'a') + ".";
  CHECK(run(nested).kind() == "a list");
  CHECK(run("]q\0h\0a."s).kind() == "a list");
}

}  // namespace
}  // namespace sam6d::test

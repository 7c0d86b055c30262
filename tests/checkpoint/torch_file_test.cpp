#include "checkpoint/torch_file.hpp"

#include <doctest/doctest.h>

#include "checkpoint/golden_values.hpp"
#include "sam6d/checkpoint.hpp"
#include "support/errors.hpp"
#include "support/torch_writer.hpp"

namespace sam6d::test {
namespace {

Checkpoint read(const std::string& file) {
  const auto owner = std::make_shared<const std::string>(file);
  return Checkpoint::from_memory(std::as_bytes(std::span(*owner)), "file", owner);
}

void check_refused(const std::string& file, const std::string& expected) {
  check_error([&] { (void)read(file); }, ErrorCode::kBadFile, expected);
}

const std::vector<float> kValues = {1, 2.5F, -3};
const std::string kBytes = raw_elements(std::span<const float>(kValues));
const std::string kPickle = PickleWriter().floats("0", 3).stop();

void check_values(const Checkpoint& checkpoint) {
  const TensorView& tensor = checkpoint.tensors().at("tensor");
  REQUIRE(tensor.shape == std::vector<std::uint64_t>{3});
  for (std::size_t i = 0; i < 3; ++i) CHECK(at<float>(tensor, i) == kValues[i]);
}

TEST_CASE("archives of today") {
  for (const bool deflate : {false, true}) {
    for (const bool zip64 : {false, true}) {
      const Checkpoint checkpoint =
          read(torch_zip(kPickle, {{"0", kBytes}}, {.deflate = deflate, .zip64 = zip64}));
      CHECK(checkpoint.format() == CheckpointFormat::kTorchZip);
      check_values(checkpoint);
    }
  }
  // A storage may have some bytes that are no whole element.
  check_values(read(torch_zip(kPickle, {{"0", kBytes + "xy"}})));
  check_refused(torch_zip(kPickle, {{"0", kBytes + "wxyz"}}), "to have 12 bytes, found 16");
  check_refused(torch_zip(kPickle, {{"0", kBytes.substr(4)}}), "to have 12 bytes, found 8");
  check_refused(torch_zip(kPickle, {{"1", kBytes}}), "expected a member file/data/0, found none");
}

TEST_CASE("the pickle may lie at the top of the archive, but must be one") {
  check_values(read(zip_bytes({{"data.pkl", kPickle}, {"data/0", kBytes}})));
  check_refused(zip_bytes({{"a/data.pkl", kPickle}, {"b/data.pkl", kPickle}}),
                "expected one data.pkl, found a/data.pkl and b/data.pkl");
  check_refused(zip_bytes({{"a/other", kPickle}}), "zip archive of 1 members without data.pkl");
  check_refused(zip_bytes({{"mydata.pkl", kPickle}}), "without data.pkl");
}

TEST_CASE("byte order") {
  const auto with = [](const std::string& order) {
    return zip_bytes({{"a/data.pkl", kPickle}, {"a/data/0", kBytes}, {"a/byteorder", order}});
  };
  check_values(read(with("little")));
  check_refused(with("big"), "byte order \"little\", found \"big\"");
  check_refused(with(std::string(1000, 'x')), "byte order \"little\"");
}

TEST_CASE("checksums of the pickle and the storages, unless they are not wanted") {
  for (const std::string& part : {std::string("_rebuild_tensor_v2"), kBytes}) {
    std::string file = torch_zip(kPickle, {{"0", kBytes}});
    const std::size_t at = file.find(part);
    file[at] = static_cast<char>(file[at] ^ 1);
    check_refused(file, "the file is damaged");
  }
  std::string file = torch_zip(kPickle, {{"0", kBytes}});
  file[file.find(kBytes)] = 1;
  const Checkpoint checkpoint = Checkpoint::from_memory(std::as_bytes(std::span(file)), "file",
                                                        nullptr, {.verify_checksums = false});
  CHECK(checkpoint.tensors().size() == 1);
}

const std::string kLegacyPickle =
    PickleWriter()
        .begin_tensor()
        .legacy_storage("FloatStorage", "94", 3)
        .end_tensor(0, std::array<std::int64_t, 1>{3}, std::array<std::int64_t, 1>{1})
        .stop();

TEST_CASE("files from before") {
  const std::string file = torch_legacy(kLegacyPickle, {{"94", kBytes}}, 4);
  const Checkpoint checkpoint = read(file);
  CHECK(checkpoint.format() == CheckpointFormat::kTorchLegacy);
  check_values(checkpoint);
  for (std::size_t size = 1; size < file.size(); ++size) {
    const auto error = error_of([&] { (void)read(file.substr(0, size)); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kBadFile);
  }
  check_refused(torch_legacy(kLegacyPickle, {}, 4), "expected storage \"94\" behind the pickles");
  check_refused(torch_legacy(kLegacyPickle, {{"94", kBytes}, {"95", kBytes}}, 4),
                "a storage \"95\" that no tensor has");
  check_refused(torch_legacy(kLegacyPickle, {{"94", kBytes + "1234"}}, 4), "found 4 elements");
  check_refused(PickleWriter().bytes("K\1").stop(), "a pickle of the number 1");
}

TEST_CASE("arrays of numpy lie in the pickle and are read from there") {
  using namespace std::string_literals;
  PickleWriter pickle;
  pickle.bytes("}")
      .text("a")
      .global("numpy._core.numeric", "_frombuffer")
      .bytes("(C\x08")
      .bytes(raw(1.5F) + raw(2.5F))
      .global("numpy", "dtype")
      .text("f4")
      .bytes("\x89\x88\x87R")
      .bytes("K\2\x85")
      .text("C")
      .bytes("tRs");
  const Checkpoint checkpoint = read(torch_zip(pickle.stop(), {}));
  CHECK(at<float>(checkpoint.tensors().at("a"), 0) == 1.5F);
  CHECK(at<float>(checkpoint.tensors().at("a"), 1) == 2.5F);
}

}  // namespace
}  // namespace sam6d::test

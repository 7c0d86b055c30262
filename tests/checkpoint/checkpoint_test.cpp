#include "sam6d/checkpoint.hpp"

#include <fstream>

#include <sys/stat.h>

#include <doctest/doctest.h>

#include "checkpoint/golden_values.hpp"
#include "checkpoint/safetensors.hpp"
#include "io/temporary_folder.hpp"
#include "support/process_memory.hpp"
#include "support/torch_writer.hpp"

namespace sam6d::test {
namespace {

TEST_CASE("a file in every way") {
  const TemporaryFolder folder;
  const auto path = folder.file("a.pth", torch_file({{"x", {1, 2}}, {"y", {3}}}));
  for (const bool map : {false, true}) {
    for (const bool verify : {false, true}) {
      const Checkpoint checkpoint =
          Checkpoint::from_file(path, {.memory_map = map, .verify_checksums = verify});
      CHECK(checkpoint.source() == path.string());
      CHECK(checkpoint.tensors().size() == 2);
      CHECK(at<float>(checkpoint.tensors().at("x"), 1) == 2);
      CHECK(at<float>(checkpoint.tensors().at("y"), 0) == 3);
    }
  }
  const CheckpointContents contents = list_checkpoint(path);
  CHECK(contents.format == CheckpointFormat::kTorchZip);
  REQUIRE(contents.tensors.size() == 2);
  CHECK(contents.tensors[0].name == "x");
  CHECK(contents.tensors[0].dtype == DType::kFloat32);
  CHECK(contents.tensors[0].shape == std::vector<std::uint64_t>{2});
}

TEST_CASE("safetensors are read the same way") {
  const std::vector<float> values = {1, 2, 3};
  TensorMap tensors;
  tensors["a"] = tensor_of<float>(std::span<const float>(values));
  tensors["odd"] = {DType::kUint8, {3}, std::vector<std::byte>(3, std::byte{7})};
  tensors["empty"] = {DType::kFloat64, {0, 4}, {}};
  const std::vector<std::byte> bytes = safetensors_bytes(tensors, {{"key", "text"}});
  const TemporaryFolder folder;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const char* const name : {"a.safetensors", "a"}) {
    const auto path = folder.file(name, text);
    const Checkpoint checkpoint = Checkpoint::from_file(path);
    CHECK(checkpoint.format() == CheckpointFormat::kSafetensors);
    CHECK(checkpoint.metadata() == Metadata{{"key", "text"}});
    CHECK(at<float>(checkpoint.tensors().at("a"), 2) == 3);
    CHECK(checkpoint.tensors().at("odd").bytes.size() == 3);
    CHECK(checkpoint.tensors().at("empty").shape == std::vector<std::uint64_t>{0, 4});
    CHECK(list_checkpoint(path).tensors.size() == 3);
  }
}

TEST_CASE("tensors live as long as a copy of their checkpoint") {
  std::optional<Checkpoint> copy;
  std::weak_ptr<const void> watched;
  {
    const auto owner = std::make_shared<const std::string>(torch_file({{"x", {1, 2}}}));
    watched = owner;
    const Checkpoint first =
        Checkpoint::from_memory(std::as_bytes(std::span(*owner)), "file", owner);
    copy = first;
  }
  CHECK(!watched.expired());
  CHECK(at<float>(copy->tensors().at("x"), 1) == 2);
  copy.reset();
  CHECK(watched.expired());
}

TEST_CASE("what is no file of weights is called by its name") {
  const TemporaryFolder folder;
  const auto message = [&](std::string_view content) {
    const auto path = folder.file("weights.pth", content);
    return error_of(ErrorCode::kBadFile, [&] { (void)Checkpoint::from_file(path); });
  };
  CHECK(contains(message(""), "weights.pth: expected weights"));
  CHECK(contains(message(""), "found an empty file"));
  CHECK(contains(message("<!DOCTYPE html><html>"), "found a web page"));
  CHECK(contains(message("\n  <html>"), "found a web page"));
  CHECK(contains(message("Not found"), "found a text"));
  CHECK(contains(message("version https://git-lfs.github.com/spec/v1\n"), "git-lfs"));
  CHECK(contains(message("\x7f\x45LF\x02"), "found other bytes"));
  CHECK(contains(message("PK"), "no whole zip archive"));
}

TEST_CASE("files that cannot be read") {
  const TemporaryFolder folder;
  const auto missing = folder.path() / "missing.pth";
  for (const bool map : {false, true}) {
    const CheckpointOptions options{.memory_map = map};
    CHECK(contains(
        error_of(ErrorCode::kFileNotFound, [&] { (void)Checkpoint::from_file(missing, options); }),
        missing.string()));
    CHECK(contains(
        error_of(ErrorCode::kBadFile, [&] { (void)Checkpoint::from_file(folder.path(), options); }),
        "found a folder"));
    // Nobody writes to it, and it does not wait.
    const auto pipe = folder.path() / "pipe";
    (void)::mkfifo(pipe.c_str(), 0600);
    CHECK(
        contains(error_of(ErrorCode::kBadFile, [&] { (void)Checkpoint::from_file(pipe, options); }),
                 "a pipe or device"));
  }
  (void)error_of(ErrorCode::kFileNotFound, [&] { (void)list_checkpoint(missing); });
  const auto file = folder.file("a.pth", torch_file({{"x", {1}}}));
  CHECK(contains(error_of(ErrorCode::kInvalidArgument,
                          [&] { (void)Checkpoint::from_file(file, {.threads = -1}); }),
                 "CheckpointOptions::threads"));
}

#ifndef SAM6D_TEST_SANITIZED
TEST_CASE("reading takes at most 1.3 times the tensors at its peak") {
  // Half of the tensors are transposed, and a tenth of each storage is wanted by nobody.
  constexpr std::int64_t kSide = 1000;
  constexpr std::uint64_t kTensorBytes = kSide * kSide * 4;
  constexpr int kTensors = 24;
  constexpr double kMostTimes = 1.3;
  PickleWriter pickle;
  pickle.bytes("}(");
  Storages storages;
  const std::string content(kTensorBytes * 11 / 10, 'x');
  for (int i = 0; i < kTensors; ++i) {
    const std::string key = std::to_string(i);
    const std::array<std::int64_t, 2> rows = {kSide, 1};
    const std::array<std::int64_t, 2> columns = {1, kSide};
    pickle.text(key).tensor("FloatStorage", key, static_cast<std::int64_t>(content.size()) / 4, 1,
                            std::array{kSide, kSide}, i % 2 == 0 ? rows : columns);
    storages[key] = content;
  }
  const TemporaryFolder folder;
  const auto path = folder.file("large.pth", torch_zip(pickle.stop("u"), storages));
  storages.clear();

  std::ofstream("/proc/self/clear_refs") << "5";  // forgets the peak so far
  const std::uint64_t before = status_bytes("VmRSS:");
  if (status_bytes("VmHWM:") > before + kTensorBytes) {
    MESSAGE("not measured: this kernel does not reset the peak");
    return;
  }
  const Checkpoint checkpoint = Checkpoint::from_file(path);
  const std::uint64_t peak = status_bytes("VmHWM:") - before;
  std::uint64_t tensors = 0;
  for (const auto& [name, tensor] : checkpoint.tensors()) tensors += tensor.bytes.size();
  CHECK(tensors == kTensors * kTensorBytes);
  CHECK(static_cast<double>(peak) < kMostTimes * static_cast<double>(tensors));
  MESSAGE("peak: " << static_cast<double>(peak) / static_cast<double>(tensors)
                   << " times the tensors");
}
#endif

}  // namespace
}  // namespace sam6d::test

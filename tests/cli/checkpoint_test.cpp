#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "sam6d/checkpoint.hpp"

#include "run_tool.hpp"
#include "support/torch_writer.hpp"

using namespace sam6d;
using namespace sam6d::test;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void check_failure(const ToolRun& run, int exit_code, const std::string& part) {
  CAPTURE(run.err);
  CHECK(run.exit_code == exit_code);
  REQUIRE(run.error_lines().size() == 1);
  CHECK(contains(run.error_lines().front(), part));
}

/// {"model": {"w": ..., "b": ...}, "epoch": 3}
std::string nested_file() {
  PickleWriter pickle;
  pickle.bytes("}(")
      .text("model")
      .bytes("}(")
      .text("w")
      .tensor("FloatStorage", "0", 6, 0, std::array<std::int64_t, 2>{2, 3},
              std::array<std::int64_t, 2>{1, 2})
      .text("b")
      .floats("1", 1)
      .bytes("u")
      .text("epoch")
      .bytes("K\3u");
  const std::vector<float> w = {0, 1, 2, 3, 4, 5};
  return torch_zip(pickle.stop(),
                   {{"0", raw_elements(std::span<const float>(w))}, {"1", raw(7.0F)}});
}

}  // namespace

TEST_CASE("checkpoint lists the tensors of a file") {
  TemporaryFolder folder;
  make_file(folder / "a.pth", nested_file());
  const ToolRun run = run_tool({"checkpoint", folder / "a.pth"});
  CHECK(run.exit_code == 0);
  CHECK(run.err.empty());
  CHECK(run.out == folder / "a.pth" +
                       ": PyTorch zip, 2 tensors, 0.0 MiB\n"
                       "F32   (2, 3)  model.w\n"
                       "F32   (1)     model.b\n"
                       "epoch = 3\n");
}

TEST_CASE("checkpoint converts a file to safetensors") {
  TemporaryFolder folder;
  make_file(folder / "a.pth", nested_file());
  const std::string to = folder / "new/b.safetensors";
  CHECK(run_tool({"checkpoint", folder / "a.pth", "--to", to}).exit_code == 0);
  const Checkpoint all = Checkpoint::from_file(to);
  CHECK(all.format() == CheckpointFormat::kSafetensors);
  CHECK(all.tensors().size() == 2);
  const auto bytes = all.tensors().at("model.w").bytes;
  const std::vector<float> expected = {0, 2, 4, 1, 3, 5};  // the file has it transposed
  CHECK(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()) ==
        raw_elements(std::span<const float>(expected)));

  CHECK(run_tool({"checkpoint", to, "--prefix", "model.", "--to", to}).exit_code == 0);
  const Checkpoint part = Checkpoint::from_file(to);
  CHECK(part.tensors().size() == 2);
  CHECK(part.tensors().contains("w"));
  CHECK(names_in(folder.path() / "new") == std::vector<std::string>{"b.safetensors"});
}

TEST_CASE("checkpoint refuses what it cannot read, and writes nothing then") {
  TemporaryFolder folder;
  make_file(folder / "page.pth", "<html>");
  make_file(folder / "none.pth", torch_file({}));
  std::string damaged = nested_file();
  damaged[damaged.find(raw(7.0F))] = 1;
  make_file(folder / "damaged.pth", damaged);
  const std::string to = folder / "out.safetensors";
  check_failure(run_tool({"checkpoint", folder / "missing.pth"}), 1, "missing.pth");
  check_failure(run_tool({"checkpoint", folder / "page.pth"}), 1, "found a web page");
  check_failure(run_tool({"checkpoint", folder / "page.pth", "--to", to}), 1, "found a web page");
  check_failure(run_tool({"checkpoint", folder / "none.pth", "--to", to}), 1, "found none");
  check_failure(run_tool({"checkpoint", folder / "damaged.pth", "--to", to}), 1, "checksum");
  const std::string below = folder / "new/out.safetensors";
  check_failure(run_tool({"checkpoint", folder / "page.pth", "--to", below}), 1,
                "found a web page");
  CHECK(names_in(folder.path()) == std::vector<std::string>{"damaged.pth", "none.pth", "page.pth"});
  check_failure(run_tool({"checkpoint", folder / "damaged.pth", "--to", folder / "out.pth"}), 2,
                "ends in .safetensors");
  CHECK(run_tool({"checkpoint", folder / "damaged.pth", "--no-verify", "--to", to}).exit_code == 0);
}

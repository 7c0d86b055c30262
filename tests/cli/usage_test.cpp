#include <algorithm>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "run_tool.hpp"

using namespace sam6d::test;

namespace {

const std::vector<std::string> kCommands = {"demo",   "run", "onboard", "segment",    "pose",
                                            "render", "bop", "eval",    "checkpoint", "status"};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void check_wrong_usage(const ToolRun& run, const std::string& part) {
  CAPTURE(run.err);
  CHECK(run.exit_code == 2);
  REQUIRE(run.error_lines().size() == 1);
  CHECK(contains(run.error_lines().front(), part));
  CHECK(run.out.empty());
}

}  // namespace

TEST_CASE("the tool's help names every command") {
  const ToolRun run = run_tool({"--help"});
  CHECK(run.exit_code == 0);
  for (const std::string& command : kCommands) CHECK(contains(run.out, "\n  " + command + " "));
}

TEST_CASE("every command's help has an example") {
  for (const std::string& command : kCommands) {
    CAPTURE(command);
    const ToolRun run = run_tool({command, "--help"});
    CHECK(run.exit_code == 0);
    CHECK(run.err.empty());
    CHECK(contains(run.out, "Example:\n  sam6d " + command));
  }
}

TEST_CASE("the version is printed") {
  const ToolRun run = run_tool({"--version"});
  CHECK(run.exit_code == 0);
  CHECK(std::count(run.out.begin(), run.out.end(), '.') == 2);
}

TEST_CASE("wrong usage exits with 2 and one line") {
  check_wrong_usage(run_tool({}), "ubcommand");
  check_wrong_usage(run_tool({"dance"}), "dance");
  check_wrong_usage(run_tool({"status", "--no-such-option"}), "--no-such-option");
  check_wrong_usage(run_tool({"run", "--rgb", "a.png"}), "required");
  const std::vector<std::string> inputs = {"run", "--rgb", "a", "--depth",  "b",    "--camera",
                                           "c",   "--out", "d", "--object", "e.ply"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), inputs.begin(), inputs.end());
    return run_tool(more);
  };
  check_wrong_usage(with({"--segmenter", "magic"}), "--segmenter");
  check_wrong_usage(with({"--device", "abacus"}), "abacus");
  check_wrong_usage(with({"--min-score", "2"}), "--min-score");
  check_wrong_usage(with({"--roi", "1,2,3"}), "--roi");
  check_wrong_usage(with({"--object", "=e.ply"}), "--object");
  check_wrong_usage(with({"--object", "1=f.ply", "--object", "1=g.ply"}), "1 twice");
  check_wrong_usage(run_tool({"bop", "--dataset", "a", "--out", "b.csv", "--shard", "3/2"}),
                    "--shard");
}

TEST_CASE("neural segmenters without weights or networks say what to do") {
  TemporaryFolder folder;
  for (const std::string segmenter : {"sam", "fastsam"}) {
    const ToolRun run =
        run_tool({"run", "--rgb", "a", "--depth", "b", "--camera", "c", "--object", "e.ply",
                  "--out", folder / "out", "--segmenter", segmenter, "--models", folder / "none"});
    CHECK(run.exit_code == 1);
    REQUIRE(run.error_lines().size() == 1);
    CHECK(contains(run.error_lines().front(), "--segmenter geometric"));
    CHECK(names_in(folder.path()).empty());
  }
}

TEST_CASE("a setting of the environment holds unless the command line says otherwise") {
  const std::vector<std::string> arguments = {"segment",
                                              "--rgb",
                                              "a",
                                              "--depth",
                                              "b",
                                              "--camera",
                                              "c",
                                              "--object",
                                              "e.ply",
                                              "--out",
                                              "/tmp/sam6d-never-made"};
  const ToolRun by_environment =
      run_tool(arguments, {{"ISM_MODEL_TYPE", "sam"}, {"SAM6D_MODELS", "/tmp/sam6d-never-made"}});
  CHECK(by_environment.exit_code == 1);
  CHECK(contains(by_environment.err, "--segmenter geometric"));
  std::vector<std::string> more = arguments;
  more.insert(more.end(), {"--segmenter", "geometric"});
  const ToolRun by_option = run_tool(more, {{"ISM_MODEL_TYPE", "sam"}});
  CHECK(by_option.exit_code == 1);
  CHECK_FALSE(contains(by_option.err, "--segmenter"));
  CHECK(run_tool(arguments, {{"ISM_MODEL_TYPE", "magic"}}).exit_code == 2);
  CHECK(run_tool({"segment", "--help"}, {{"LOG_LEVEL", "INFO"}}).exit_code == 0);
}

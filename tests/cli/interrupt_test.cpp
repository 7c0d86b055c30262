#include <string>

#include <doctest/doctest.h>

#include "demo_run.hpp"
#include "run_tool.hpp"

using namespace sam6d::test;

TEST_CASE("Ctrl-C leaves nothing half-written") {
  const DemoRun& demo = DemoRun::get();
  REQUIRE(demo.tool().exit_code == 0);
  TemporaryFolder folder;
  bool stopped = false;
  // How long a run takes depends on the machine: earlier and earlier, until it is caught at work.
  for (const int milliseconds : {1000, 500, 250, 120}) {
    const ToolRun run =
        run_tool(demo.command("run", folder / std::to_string(milliseconds), {"--threads", "1"}), {},
                 milliseconds);
    CAPTURE(run.err);
    if (run.exit_code == 0) continue;
    stopped = true;
    CHECK(run.exit_code == 130);
    CHECK(run.error_lines().size() == 1);
    CHECK(run.out.empty());
    CHECK(names_in(folder / std::to_string(milliseconds)).empty());
    break;
  }
  CHECK(stopped);
}

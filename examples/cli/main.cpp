/// The sam6d command-line tool. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 or 143 stopped by
/// a signal. A failure prints exactly one line that starts with "error:".

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "sam6d/version.hpp"

#include "commands.hpp"
#include "errors.hpp"
#include "interrupt.hpp"

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;
constexpr int kSignalled = 128;  // plus the signal, as shells count

int report(int code, std::string message) {
  std::replace(message.begin(), message.end(), '\n', ' ');
  std::fprintf(stderr, "error: %s\n", message.c_str());
  return code;
}

/// "sam6d run", for the command that was named.
std::string usage_name(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? "sam6d" : "sam6d " + commands.front()->get_name();
}

/// What is wrong with the command line.
std::string usage_problem(const CLI::App& app, const CLI::ParseError& problem) {
  const std::vector<std::string> rest = app.remaining();
  if (!app.get_subcommands().empty() || rest.empty() || rest.front().starts_with('-')) {
    return problem.what();
  }
  std::string known;
  for (const CLI::App* const command : app.get_subcommands({})) {
    known += (known.empty() ? "" : ", ") + command->get_name();
  }
  return "unknown command \"" + rest.front() + "\", expected one of " + known;
}

int run_action(const CLI::App& app, const sam6d::cli::Action& action) {
  try {
    action();
    return 0;
  } catch (const sam6d::cli::UsageError& problem) {
    return report(kWrongUsage,
                  std::string(problem.what()) + " (see " + usage_name(app) + " --help)");
  } catch (const sam6d::Error& problem) {
    const int signal = sam6d::cli::interrupt_signal();
    const bool stopped = problem.code() == sam6d::ErrorCode::kCancelled && signal != 0;
    return report(stopped ? kSignalled + signal : kFailed, problem.what());
  } catch (const std::bad_alloc&) {
    return report(kFailed, "out of memory");
  } catch (const std::exception& problem) {
    return report(kFailed, problem.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Finds objects with a CAD model in RGB-D pictures and gives their 6-DoF poses.",
               "sam6d"};
  app.footer("sam6d COMMAND --help shows the options of a command and an example.");
  app.set_version_flag("--version", std::string(sam6d::version()));
  app.require_subcommand(1);

  sam6d::cli::Action action;
  sam6d::cli::add_demo_command(app, action);
  sam6d::cli::add_run_command(app, action);
  sam6d::cli::add_onboard_command(app, action);
  sam6d::cli::add_segment_command(app, action);
  sam6d::cli::add_pose_command(app, action);
  sam6d::cli::add_render_command(app, action);
  sam6d::cli::add_bop_command(app, action);
  sam6d::cli::add_eval_command(app, action);
  sam6d::cli::add_forward_command(app, action);
  sam6d::cli::add_checkpoint_command(app, action);
  sam6d::cli::add_status_command(app, action);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version
    return app.exit(wanted);
  } catch (const CLI::ParseError& problem) {
    return report(kWrongUsage,
                  usage_problem(app, problem) + " (see " + usage_name(app) + " --help)");
  }
  sam6d::cli::watch_interrupts();
  return run_action(app, action);
}

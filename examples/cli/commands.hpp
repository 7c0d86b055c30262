#pragma once

#include <functional>

#include <CLI/App.hpp>

namespace sam6d::cli {

/// What the command on the command line does; main() calls it after parsing.
using Action = std::function<void()>;

// Each adds its command to the tool and, when the command is named, sets `action`.
void add_demo_command(CLI::App& app, Action& action);
void add_onboard_command(CLI::App& app, Action& action);
void add_segment_command(CLI::App& app, Action& action);
void add_pose_command(CLI::App& app, Action& action);
void add_run_command(CLI::App& app, Action& action);
void add_render_command(CLI::App& app, Action& action);
void add_bop_command(CLI::App& app, Action& action);
void add_eval_command(CLI::App& app, Action& action);
void add_forward_command(CLI::App& app, Action& action);
void add_checkpoint_command(CLI::App& app, Action& action);
void add_status_command(CLI::App& app, Action& action);

}  // namespace sam6d::cli

#include "tools/redressctl/command.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace redress::ctl {

CommandTree::CommandTree(GlobalOptions& options)
    : root_("Redress from the shell: take in issues, work on them, see how well they are closed.",
            "redressctl") {
  root_.require_subcommand(0, 1);
  root_.fallthrough();
  root_.set_version_flag("--version", "redressctl 0.1.0");
  DeclareGlobalOptions(root_, options);
}

CLI::App* CommandTree::Group(const std::string& name, const std::string& help) {
  CLI::App* group = root_.add_subcommand(name, help);
  group->require_subcommand(0, 1);
  return group;
}

CLI::App* CommandTree::Add(CLI::App* parent, const std::string& name, const std::string& help,
                           std::unique_ptr<Command> command) {
  CLI::App* app = parent->add_subcommand(name, help);
  Declarer declarer{*app, choices_};
  command->Declare(declarer);
  commands_[app] = std::move(command);
  return app;
}

CLI::App* CommandTree::Deepest() {
  CLI::App* deepest = &root_;
  while (!deepest->get_subcommands().empty()) deepest = deepest->get_subcommands().front();
  return deepest;
}

Command* CommandTree::Parsed() {
  const auto found = commands_.find(Deepest());
  return found == commands_.end() ? nullptr : found->second.get();
}

}  // namespace redress::ctl

// Commands and the tree that they form. One class or one row of a table per command; see
// commands_*.cc.
#pragma once

#include <CLI/App.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tools/redressctl/context.h"
#include "tools/redressctl/field.h"

namespace redress::ctl {

class Command {
 public:
  virtual ~Command() = default;
  // Adds options and arguments that fill this object's members. Called once, before parsing.
  virtual void Declare(Declarer& declarer) = 0;
  // Does it, and gives the exit code.
  virtual int Run(Context& context) = 0;
  // Whether it talks to the server, so that the connection is set up first.
  virtual bool NeedsServer() const { return true; }
};

// Owns the commands and the parser that knows them.
class CommandTree {
 public:
  explicit CommandTree(GlobalOptions& options);

  CLI::App& root() { return root_; }
  const Choices& choices() const { return choices_; }

  // A command that only has others below it.
  CLI::App* Group(const std::string& name, const std::string& help);

  // A command below `parent`.
  CLI::App* Add(CLI::App* parent, const std::string& name, const std::string& help,
                std::unique_ptr<Command> command);

  // The command that was parsed; null when it is only a group. REQUIRES: root().parse() returned.
  Command* Parsed();

  // The deepest command whose name was parsed, also after parsing failed.
  CLI::App* Deepest();

 private:
  CLI::App root_;
  Choices choices_;
  std::map<const CLI::App*, std::unique_ptr<Command>> commands_;
};

// One function per family of commands.
void AddHolidaysCommand(CommandTree& tree, CLI::App* playbook);
void AddFindingCommands(CommandTree& tree, CLI::App* audit);
void AddIssueCommands(CommandTree& tree);
void AddImportCommand(CommandTree& tree);
void AddQueueCommands(CommandTree& tree);
void AddTicketReadCommands(CommandTree& tree, CLI::App* ticket);
void AddTicketWriteCommands(CommandTree& tree, CLI::App* ticket);
void AddCustomerCommands(CommandTree& tree);
void AddReportCommands(CommandTree& tree);
void AddAuditCommands(CommandTree& tree);
void AddInspectCommands(CommandTree& tree);
void AddRedrawCommands(CommandTree& tree, CLI::App* inspect);
void AddGoalCommands(CommandTree& tree);
void AddBackupCommands(CommandTree& tree);
void AddOutboxCommands(CommandTree& tree);
void AddPlaybookCommands(CommandTree& tree);
void AddRulesCommands(CommandTree& tree);
void AddServerCommands(CommandTree& tree);
void AddTokenCommands(CommandTree& tree);
void AddDemoCommands(CommandTree& tree);

}  // namespace redress::ctl

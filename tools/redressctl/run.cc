#include "tools/redressctl/run.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/redressctl/completion.h"
#include "tools/redressctl/context.h"
#include "tools/redressctl/options.h"
#include "tools/redressctl/session.h"
#include "tools/text/suggest.h"

namespace redress::ctl {
namespace {

// "redressctl ticket get": a command with those above it.
std::string FullName(CLI::App* app) {
  const std::string name = app->get_name();
  return app->get_parent() == nullptr ? name : absl::StrCat(FullName(app->get_parent()), " ", name);
}

std::vector<std::string> NamesBelow(CLI::App* app) {
  std::vector<std::string> names;
  for (const CLI::App* below : app->get_subcommands([](CLI::App*) { return true; })) {
    if (!below->get_group().empty()) names.push_back(below->get_name());
  }
  return names;
}

std::vector<std::string> OptionNames(CLI::App* app) {
  std::vector<std::string> names;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

// What was wrong with a word that nothing expected.
std::string UnexpectedText(CommandTree& tree, const std::string& word) {
  CLI::App* app = tree.Deepest();
  const bool is_option = absl::StartsWith(word, "-");
  const std::vector<std::string> names = is_option ? OptionNames(app) : NamesBelow(app);
  const std::string plain = word.substr(0, word.find('='));
  const std::string closest = text::ClosestWord(plain, names);
  std::string what = is_option       ? absl::StrCat("there is no option ", plain)
                     : names.empty() ? absl::StrCat("\"", word, "\" was not expected")
                                     : absl::StrCat("there is no command \"", word, "\"");
  if (!closest.empty()) absl::StrAppend(&what, "; did you mean ", closest, "?");
  return what;
}

int FailParse(CommandTree& tree, const CLI::ParseError& error, Terminal& terminal) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    tree.root().exit(error, terminal.out, terminal.err);
    return kExitOk;
  }
  std::string what = error.what();
  const std::vector<std::string> unexpected = tree.root().remaining(true);
  const bool is_unexpected = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError);
  if (is_unexpected && !unexpected.empty()) what = UnexpectedText(tree, unexpected.front());
  terminal.err << "usage: " << what << "\n  see: " << FullName(tree.Deepest()) << " --help\n";
  return kExitUsage;
}

int PrintCandidates(CommandTree& tree, std::vector<std::string> words, Terminal& terminal) {
  if (!words.empty() && words.front() == "--") words.erase(words.begin());
  for (const Candidate& candidate : Complete(tree, words)) {
    terminal.out << candidate.word << "\t" << candidate.help << "\n";
  }
  return kExitOk;
}

int RunParsed(CommandTree& tree, GlobalOptions& options, Terminal& terminal) {
  Command* command = tree.Parsed();
  if (command == nullptr) {
    CLI::App* group = tree.Deepest();
    const bool is_root = group == &tree.root();
    (is_root ? terminal.out : terminal.err) << group->help();
    return is_root ? kExitOk : kExitUsage;
  }
  Session session(options, terminal);
  Context context(terminal, options, session);
  const absl::Status completed = CompleteOptions(terminal, options);
  if (!completed.ok()) return context.FailUsage(completed.message());
  if (command->NeedsServer()) {
    const absl::Status opened = session.Open();
    if (!opened.ok()) return context.FailUsage(opened.message());
  }
  const int code = command->Run(context);
  terminal.out.flush();
  return terminal.out ? code : kExitFailure;
}

}  // namespace

void AddCommands(CommandTree& tree) {
  AddIssueCommands(tree);
  AddQueueCommands(tree);
  CLI::App* ticket = tree.Group("ticket", "Tickets, and every change of their state");
  AddTicketReadCommands(tree, ticket);
  AddTicketWriteCommands(tree, ticket);
  AddCustomerCommands(tree);
  AddReportCommands(tree);
  AddAuditCommands(tree);
  AddOutboxCommands(tree);
  AddInspectCommands(tree);
  AddGoalCommands(tree);
  AddPlaybookCommands(tree);
  AddRulesCommands(tree);
  AddImportCommand(tree);
  AddTokenCommands(tree);
  AddBackupCommands(tree);
  AddServerCommands(tree);
  AddDemoCommands(tree);
}

int Run(const std::vector<std::string>& arguments, Terminal& terminal) {
  GlobalOptions options;
  CommandTree tree(options);
  AddCommands(tree);
  if (!arguments.empty() && arguments.front() == "__complete") {
    return PrintCandidates(tree, {arguments.begin() + 1, arguments.end()}, terminal);
  }
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    tree.root().parse(reversed);
  } catch (const CLI::ParseError& error) {
    return FailParse(tree, error, terminal);
  }
  return RunParsed(tree, options, terminal);
}

}  // namespace redress::ctl

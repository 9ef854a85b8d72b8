#include "tests/simulator/replay.h"

#include <google/protobuf/text_format.h>

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "tests/simulator/apart.h"
#include "tests/simulator/world.h"

namespace redress::simulator {
namespace {

// In the order of CommitFault.
constexpr absl::string_view kFaults[] = {"well",      "aborted",     "unknown-lost", "unknown-kept",
                                         "disk-full", "broken-lost", "broken-kept"};

std::string PrintActor(const engine::Actor& actor) {
  std::string text = actor.id;
  if (actor.is_owner) text += "/owner";
  if (actor.all_departments) text += "/all";
  if (actor.is_customer) text += "/customer";
  for (const std::string& department : actor.departments) text += "/@" + department;
  return text;
}

std::string PrintSending(const Sending& sending) {
  std::string text = absl::StrCat("send ", sending.tenant, " ", PrintActor(sending.actor));
  if (sending.deadline != 0) absl::StrAppend(&text, " late=", sending.deadline);
  if (sending.plan != nullptr) absl::StrAppend(&text, " plan=", PrintPlan(*sending.plan));
  return absl::StrCat(text, " {", sending.command.ShortDebugString(), "}");
}

std::string PrintFate(const Fate& fate) {
  std::string text = absl::StrCat("batch ", kFaults[static_cast<size_t>(fate.fault)]);
  if (fate.aborted != 0) absl::StrAppend(&text, " aborted=", fate.aborted);
  if (fate.slow != 0) absl::StrAppend(&text, " slow=", fate.slow);
  return text;
}

engine::Actor ParseActor(absl::string_view text) {
  engine::Actor actor;
  for (absl::string_view part : absl::StrSplit(text, '/')) {
    if (actor.id.empty()) actor.id = std::string(part);
    else if (part == "owner") actor.is_owner = true;
    else if (part == "all") actor.all_departments = true;
    else if (part == "customer") actor.is_customer = true;
    else if (absl::ConsumePrefix(&part, "@")) actor.departments.emplace_back(part);
  }
  return actor;
}

absl::Status Wrong(absl::string_view what) { return absl::InvalidArgumentError(what); }

// Takes "name=number" off `words`; 0 when it is not there.
template <typename Number>
absl::Status TakeNumber(const std::vector<absl::string_view>& words, absl::string_view name,
                        Number& number) {
  for (absl::string_view word : words)
    if (absl::ConsumePrefix(&word, name) && !absl::SimpleAtoi(word, &number))
      return Wrong(absl::StrCat(name, " needs a number"));
  return absl::OkStatus();
}

absl::Status TakePlan(const std::vector<absl::string_view>& words, Sending& sending) {
  for (absl::string_view word : words) {
    if (!absl::ConsumePrefix(&word, "plan=")) continue;
    auto plan = ParsePlan(word, sending.command.publish_playbook().source());
    if (!plan) break;
    sending.plan = std::make_shared<const PlaybookPlan>(*std::move(plan));
    return absl::OkStatus();
  }
  return Wrong("publishing needs a plan");
}

absl::StatusOr<Action> ParseSending(absl::string_view line) {
  const size_t brace = line.find('{');
  if (brace == absl::string_view::npos) return Wrong("send needs a command in braces");
  absl::string_view command = line.substr(brace + 1);
  if (!absl::ConsumeSuffix(&command, "}")) return Wrong("the command's brace is not closed");
  const std::vector<absl::string_view> words =
      absl::StrSplit(line.substr(0, brace), ' ', absl::SkipEmpty());
  if (words.size() < 3) return Wrong("send needs a tenant and an actor");
  auto sending = std::make_shared<Sending>();
  sending->tenant = std::string(words[1]);
  sending->actor = ParseActor(words[2]);
  RETURN_IF_ERROR(TakeNumber(words, "late=", sending->deadline));
  if (!google::protobuf::TextFormat::ParseFromString(std::string(command), &sending->command))
    return Wrong("the command cannot be read");
  if (sending->command.has_publish_playbook()) RETURN_IF_ERROR(TakePlan(words, *sending));
  return Action{.kind = ActionKind::kSend, .sending = std::move(sending)};
}

absl::StatusOr<Action> ParseFate(const std::vector<absl::string_view>& words) {
  if (words.size() < 2) return Wrong("batch needs the fate of its commit");
  Action action{.kind = ActionKind::kBatch};
  size_t fault = 0;
  while (fault < std::size(kFaults) && kFaults[fault] != words[1]) ++fault;
  if (fault == std::size(kFaults)) return Wrong(absl::StrCat("there is no fate ", words[1]));
  action.fate.fault = static_cast<storage::CommitFault>(fault);
  RETURN_IF_ERROR(TakeNumber(words, "aborted=", action.fate.aborted));
  RETURN_IF_ERROR(TakeNumber(words, "slow=", action.fate.slow));
  return action;
}

absl::StatusOr<Action> ParseAction(absl::string_view line) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  if (words[0] == "send") return ParseSending(line);
  if (words[0] == "batch") return ParseFate(words);
  if (words[0] == "tick") return Action{.kind = ActionKind::kTick};
  if (words[0] == "crash") return Action{.kind = ActionKind::kCrash};
  if (words[0] == "check") return Action{.kind = ActionKind::kCheck};
  if (words[0] == "quiet") return Action{.kind = ActionKind::kQuiet};
  if (words[0] != "clock") return Wrong(absl::StrCat("there is no action ", words[0]));
  Action action{.kind = ActionKind::kClock};
  if (words.size() != 2 || !absl::SimpleAtoi(words[1], &action.time))
    return Wrong("clock needs an instant");
  return action;
}

}  // namespace

std::string PrintAction(const Action& action) {
  switch (action.kind) {
    case ActionKind::kClock: return absl::StrCat("clock ", action.time);
    case ActionKind::kSend: return PrintSending(*action.sending);
    case ActionKind::kTick: return "tick";
    case ActionKind::kBatch: return PrintFate(action.fate);
    case ActionKind::kCrash: return "crash";
    case ActionKind::kCheck: return "check";
    case ActionKind::kQuiet: return "quiet";
  }
  return "";
}

std::string PrintReplay(const Actions& actions) {
  std::string text;
  for (const Action& action : actions) absl::StrAppend(&text, PrintAction(action), "\n");
  return text;
}

absl::StatusOr<Actions> ParseReplay(absl::string_view text) {
  Actions actions;
  int number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    absl::StatusOr<Action> action = ParseAction(line);
    if (!action.ok()) return Wrong(absl::StrCat("line ", number, ": ", action.status().message()));
    actions.push_back(*std::move(action));
  }
  return actions;
}

Failure Replay(const Actions& actions) {
  const ApartResult result = RunApart([&](std::FILE* out) {
    World world(1);
    for (const Action& action : actions) world.Do(action);
    const Failure& failure = world.failure();
    std::fprintf(out, "%s\n%s", failure.checker.c_str(), failure.what.c_str());
  });
  if (!result.has_ended) return {kInvariantChecker, result.errors};
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(result.text, absl::MaxSplits('\n', 1));
  return {parts.first, parts.second};
}

}  // namespace redress::simulator

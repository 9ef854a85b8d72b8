// The steps of stories.
#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "engine/ticket/tell_story.h"
#include "engine/time/instant.h"
#include "tests/scenarios/story.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

// The value of an enum by its short name; the zero value when there is none.
template <typename Enum>
Enum Named(const std::string& name) {
  const auto& type = *google::protobuf::GetEnumDescriptor<Enum>();
  for (int i = 0; i < type.value_count(); ++i)
    if (ShortEnum(type, type.value(i)->number()) == name)
      return static_cast<Enum>(type.value(i)->number());
  return static_cast<Enum>(0);
}

uint64_t IdOf(const std::string& name) {
  uint64_t id = 0;
  CHECK(name.size() > 1 && name[0] == 'T' && absl::SimpleAtoi(name.substr(1), &id));
  return id;
}

engine::Actor ActorOf(const std::string& who) {
  if (who == "olga") return Owner(who);
  if (who.size() == 2 && who[0] == 'c') return Customer(who);
  return Agent(who);
}

v1::Issue IssueOf(const Step& step) {
  const std::string kind = step.word(0);
  v1::Issue issue = kind == "alert"      ? AlertOf(step.word(1))
                    : kind == "praise"   ? Praise()
                    : kind == "question" ? Question()
                                         : Complaint();
  if (kind != "alert") {
    issue.set_text(step.word(1));
    issue.mutable_customer()->set_id(step.who);
  }
  issue.set_key(step.named("key"));
  issue.set_follows(step.named("follows").empty() ? "" : absl::StrCat(IdOf(step.named("follows"))));
  return issue;
}

// submits KIND "words" [key=K] [follows=T1]
std::string Submits(Office& office, const Step& step) {
  const services::Outcome outcome = office.Do(Agent("web"), Submit(IssueOf(step)));
  return absl::StrCat(outcome.joined ? "joins " : "", Print(outcome));
}

// pulls DEPARTMENT [how many]
std::string Pulls(Office& office, const Step& step) {
  int count = 1;
  if (!step.word(1).empty()) CHECK(absl::SimpleAtoi(step.word(1), &count));
  return office.Say(ActorOf(step.who), Pull(step.word(0), count));
}

// transfers T1 to DEPARTMENT [owner=WHO due=TIME]
v1::Command TransferOf(const Step& step, uint64_t token) {
  v1::Command command = Transfer(step.word(2), token);
  command.mutable_transfer_ticket()->set_owner(step.named("owner"));
  if (!step.named("due").empty())
    *command.mutable_transfer_ticket()->mutable_due_time() =
        engine::ToTimestamp(At(step.named("due")));
  return command;
}

// resolves T1 OUTCOME [of=T2]
v1::Command ResolveOf(const Step& step, uint64_t token) {
  v1::Command command = Resolve(token, Named<v1::Outcome>(step.word(1)));
  if (!step.named("of").empty())
    command.mutable_resolve_ticket()->mutable_resolution()->set_duplicate_of(
        absl::StrCat(IdOf(step.named("of"))));
  return command;
}

v1::Command HandOverNote() {
  v1::Command command = Note();
  command.mutable_add_note()->set_hand_over(true);
  return command;
}

// answers, accepts and so on: T1 and what the order needs
v1::Command WorkOf(const Step& step, uint64_t token) {
  const std::string& verb = step.verb;
  if (verb == "accepts") return Accept(token);
  if (verb == "returns") return Return(token);
  if (verb == "answers") return Answer(token);
  if (verb == "acknowledges") return Acknowledge(token);
  if (verb == "resumes") return Resume();
  if (verb == "transfers") return TransferOf(step, token);
  if (verb == "escalates") return Escalate(token);
  if (verb == "deescalates") return Deescalate(token);
  if (verb == "takes") return TakeOffer();
  if (verb == "declines") return DeclineOffer();
  if (verb == "resolves") return ResolveOf(step, token);
  if (verb == "closes") return Close(Named<v1::CloseCause>(step.word(1)));
  if (verb == "reopens") return Reopen(Named<v1::ReopenCause>(step.word(1)));
  if (verb == "confirms") return Confirm();
  if (verb == "disputes") return Dispute();
  if (verb == "notes") return Note();
  if (verb == "hands-over") return HandOverNote();
  absl::Duration span = absl::Hours(24 * 7);
  if (!step.word(verb == "extends" ? 1 : 2).empty())
    CHECK(absl::ParseDuration(step.word(verb == "extends" ? 1 : 2), &span));
  if (verb == "extends") return Extend(token, span);
  CHECK(verb == "pauses");
  return Pause(Named<v1::PauseReason>(step.word(1)), span);
}

std::string Works(Office& office, const Step& step) {
  const uint64_t id = IdOf(step.word(0));
  const v1::Ticket ticket = office.ReadTicket(id);
  uint64_t token = ticket.state() == v1::TICKET_STATE_LEASED ? ticket.lease_count() : 0;
  if (!step.named("token").empty()) CHECK(absl::SimpleAtoi(step.named("token"), &token));
  if (step.who == "olga") token = 0;
  v1::Command command = With(WorkOf(step, token), "ticket", absl::StrCat(id));
  return office.Say(ActorOf(step.who), std::move(command));
}

// tells EXTERNAL-ID FACT [DEPARTMENT, "rules" or REASON] at TIME [request=ID]
std::string Tells(Office& office, const Step& step) {
  const std::string& fact = step.word(1);
  std::vector<std::string> time;
  size_t at = 2;
  while (step.word(at) != "at") CHECK(++at < step.words.size());
  for (size_t i = at + 1; i < step.words.size(); ++i)
    if (!absl::StartsWith(step.words[i], "request=")) time.push_back(step.words[i]);
  const std::string when = absl::StrJoin(time, " ");
  const std::string what = at > 2 ? step.word(2) : "";
  const std::map<std::string, v1::Command> facts = {
      {"opened", ToldOpened(when, ChargedTwice(), what == "rules" ? "" : what)},
      {"reassigned", ToldReassigned(when, what)},
      {"waiting", ToldWaiting(when, Named<v1::PauseReason>(what))},
      {"resumed", ToldResumed(when)},
      {"answered", ToldAnswered(when)},
      {"resolved", ToldResolved(when)},
      {"reopened", ToldReopened(when)},
      {"closed", ToldClosed(when)}};
  const auto found = facts.find(fact);
  CHECK(found != facts.end());
  v1::Command command = With(found->second, "external_id", step.word(0));
  if (!step.named("request").empty())
    command = With(std::move(command), "request_id", step.named("request"));
  return office.Say(Agent(step.who), std::move(command));
}

// looks T1: how it stands
std::string Looks(Office& office, const Step& step) {
  const v1::Ticket ticket = office.ReadTicket(IdOf(step.word(0)));
  const v1::Promises& promises = ticket.promises();
  std::string text =
      absl::StrCat(Print(ticket), "\nfirst answer ", Short(promises.first_answer_state()));
  if (ticket.has_first_answer_time())
    absl::StrAppend(&text, ", given ", Print(ticket.first_answer_time()));
  absl::StrAppend(&text, "; resolution ", Short(promises.resolution_state()));
  if (ticket.deadlines_size() > 0) absl::StrAppend(&text, "\nnext: ", PrintDeadlines(ticket));
  return text;
}

// publishes NAME: the playbook tests/scenarios/NAME.yaml
std::string Publishes(Office& office, const Step& step) {
  std::ifstream file(absl::StrCat("tests/scenarios/", step.word(0), ".yaml"));
  std::stringstream source;
  source << file.rdbuf();
  CHECK(!source.str().empty());
  const services::Outcome outcome = office.Do(ActorOf(step.who), Publish(source.str()));
  return absl::StrCat("version ", outcome.playbook_version);
}

// checks T1 [KIND of clock]: its clocks
std::string Checks(Office& office, const Step& step) {
  const v1::Ticket ticket = office.ReadTicket(IdOf(step.word(0)));
  std::vector<std::string> lines;
  for (const v1::Clock& clock : ticket.clocks())
    if (step.word(1).empty() || Short(clock.kind()) == step.word(1)) lines.push_back(Print(clock));
  return absl::StrJoin(lines, "\n");
}

// explains T1 KIND: what is behind the clock's due instant, and who held the ticket meanwhile
std::string Explains(Office& office, const Step& step) {
  const v1::ExplainDueResponse response =
      office.ExplainDue(IdOf(step.word(0)), Named<v1::ClockKind>(step.word(1)));
  std::vector<std::string> lines;
  for (const v1::ExplainedClock& explained : response.clocks()) {
    lines.push_back(Print(explained.clock()));
    CHECK(explained.recomputed_identical());
    for (const v1::DueSpan& span : explained.spans())
      lines.push_back(absl::StrCat(Print(span.start_time()), " to ", Print(span.end_time()), " ",
                                   Short(span.kind()), span.dates_size() > 0 ? " " : "",
                                   absl::StrJoin(span.dates(), " ")));
    for (const v1::HolderShare& share : explained.holders())
      lines.push_back(absl::StrCat(
          "used by ", Short(share.level()), " ", share.department(), " ", share.handler(),
          share.handler().empty() ? "" : " ",
          absl::FormatDuration(absl::Seconds(share.elapsed().seconds()))));
  }
  return absl::StrJoin(lines, "\n");
}

// tells-story T1: who had it, for how long, and why it moved
std::string TellsStory(Office& office, const Step& step) {
  const uint64_t id = IdOf(step.word(0));
  std::vector<v1::Event> history;
  for (v1::Event& event : office.ReadLedger())
    if (event.ticket_id() == id) history.push_back(std::move(event));
  std::vector<std::string> lines = {"story"};
  for (const v1::StoryChapter& chapter : engine::TellStory(history, office.now())) {
    lines.push_back(absl::StrCat(
        Print(chapter.start_time()), " ", Short(chapter.level()), " ", chapter.department(), ", ",
        chapter.handler().empty() ? Short(chapter.state()) : chapter.handler(), ", ",
        absl::FormatDuration(engine::ToSpan(chapter.elapsed())), ": ", chapter.fact(), " by ",
        chapter.actor(), chapter.why().empty() ? "" : ": ", chapter.why()));
    for (const v1::StoryLine& line : chapter.lines())
      lines.push_back(absl::StrCat("  ", Print(line.time()), " ", line.text()));
  }
  return absl::StrJoin(lines, "\n");
}

// recalls T1: every event
std::string Recalls(Office& office, const Step& step) {
  const uint64_t id = IdOf(step.word(0));
  std::vector<std::string> lines = {"history"};
  for (const v1::Event& event : office.ReadLedger())
    if (event.ticket_id() == id) lines.push_back(Print(event));
  return absl::StrJoin(lines, "\n");
}

// counts: the report's total
std::string Counts(Office& office, const Step&) {
  const v1::ReportRow row = office.Report().total();
  const auto share = [](const v1::Ratio& ratio) {
    return absl::StrCat(ratio.numerator(), "/", ratio.denominator());
  };
  return absl::StrCat("created ", row.flow().created(), ", closed ", row.flow().closed(),
                      ", reopened ", row.flow().reopened(), ", open ", row.flow().open_end(),
                      "\nfirst answers on time ", share(row.first_answer_on_time()),
                      ", resolutions on time ", share(row.resolution_on_time()),
                      ", resolvings that people reopened ", share(row.reopen_rate()));
}

}  // namespace

std::string Act(Office& office, const Step& step) {
  if (step.who == "nobody" || step.who == "driver" || step.who == "server") return "";
  if (step.verb == "submits") return Submits(office, step);
  if (step.verb == "pulls") return Pulls(office, step);
  if (step.verb == "tells") return Tells(office, step);
  if (step.verb == "looks") return Looks(office, step);
  if (step.verb == "recalls") return Recalls(office, step);
  if (step.verb == "tells-story") return TellsStory(office, step);
  if (step.verb == "publishes") return Publishes(office, step);
  if (step.verb == "checks") return Checks(office, step);
  if (step.verb == "explains") return Explains(office, step);
  if (step.verb == "counts") return Counts(office, step);
  return Works(office, step);
}

}  // namespace redress::test

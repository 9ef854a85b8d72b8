#include "services/rule_review.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "base/check.h"
#include "base/status.h"
#include "engine/measure/day.h"
#include "engine/playbook/rule_review.h"
#include "engine/time/instant.h"
#include "services/history.h"
#include "services/issue_reader.h"

namespace redress::services {
namespace {

// What the published versions tell about the live one's rows.
struct Versions {
  absl::flat_hash_map<std::string, uint32_t> by_hash;  // the newest of each
  std::map<std::string, engine::RowAge> ages;          // of the live route rows
};

absl::flat_hash_map<std::string, std::string> RowBytes(const engine::Playbook& playbook) {
  absl::flat_hash_map<std::string, std::string> rows;
  for (const v1::RouteRule& rule : playbook.message().route())
    rows[rule.id()] = rule.SerializeAsString();
  return rows;
}

// Goes back from the live version for as long as each row reads the same.
absl::StatusOr<Versions> ReadVersions(const storage::LedgerReader& reader,
                                      absl::string_view tenant, PlaybookStore& playbooks,
                                      const PublishedPlaybook& live) {
  Versions versions;
  absl::flat_hash_map<std::string, std::string> same = RowBytes(*live.playbook);
  const uint32_t oldest = live.version - std::min(live.version - 1, kReviewVersionsMax - 1);
  for (uint32_t version = live.version; version >= oldest; --version) {
    ASSIGN_OR_RETURN(const PublishedPlaybook published, playbooks.Find(reader, tenant, version));
    ASSIGN_OR_RETURN(const auto recorded, ReadPlaybookEvent(reader, tenant, version));
    if (published.playbook == nullptr || !recorded)
      return absl::DataLossError("a published playbook is missing");
    versions.by_hash.try_emplace(published.playbook->hash(), version);
    const auto then = RowBytes(*published.playbook);
    for (auto it = same.begin(); it != same.end();) {
      const auto found = then.find(it->first);
      if (found == then.end() || found->second != it->second) {
        same.erase(it++);
        continue;
      }
      versions.ages[it->first] = {version, recorded->event.time()};
      ++it;
    }
  }
  return versions;
}

// Whether somebody did it, and not a clock, a chain or a rule.
bool IsByPerson(const v1::Event& event) {
  return event.actor() != "timer" && !absl::StartsWith(event.actor(), "rule:") &&
         !absl::StartsWith(event.actor(), "chain");
}

// Goes through one ticket's events and books its decisions.
class Booker {
 public:
  Booker(const Versions& versions, const v1::Ticket& ticket, const v1::Issue& issue,
         engine::RuleReviewTally& tally)
      : versions_(versions), ticket_(ticket), issue_(issue), tally_(tally) {}

  void Read(const v1::Event& event) {
    if (event.has_ticket_opened()) Begin(event.ticket_opened().decision(), event);
    if (event.has_ticket_routed()) Begin(event.ticket_routed().decision(), event);
    if (event.has_ticket_resolved() || event.has_ticket_closed()) End();
    if (!booked_) return;
    if (event.has_ticket_transferred() &&
        event.ticket_transferred().reason() == v1::TRANSFER_REASON_WRONG_OWNER) {
      booked_->is_wrong_owner = true;
      booked_->right_department = event.ticket_transferred().to_department();
      Correct(event);
    }
    if (event.has_level_changed() && IsByPerson(event)) {
      booked_->is_wrong_level = true;
      booked_->right_level = event.level_changed().to_level();
      if (!event.level_changed().to_department().empty())
        booked_->right_department = event.level_changed().to_department();
      Correct(event);
    }
  }

  void End() {
    if (booked_) tally_.Add(*booked_);
    booked_.reset();
  }

 private:
  void Begin(const v1::Decision& decision, const v1::Event& event) {
    End();
    if (decision.route_rule().empty()) return;  // an import told it
    decision_ = decision;
    const auto age = versions_.ages.find(decision_.route_rule());
    const auto version = versions_.by_hash.find(decision_.playbook_hash());
    const bool is_same = age != versions_.ages.end() && version != versions_.by_hash.end() &&
                         version->second >= age->second.version;
    if (!is_same) return tally_.AddByOlderRow();
    booked_.emplace(engine::BookedDecision{.reference = ticket_.reference(),
                                           .issue = issue_,
                                           .decision = decision_,
                                           .time = event.time(),
                                           .right_department = decision_.effects().department(),
                                           .right_level = decision_.effects().level()});
  }

  void Correct(const v1::Event& event) {
    ++booked_->hops;
    booked_->lost_seconds = event.time().seconds() - booked_->time.seconds();
  }

  const Versions& versions_;
  const v1::Ticket& ticket_;
  const v1::Issue& issue_;
  engine::RuleReviewTally& tally_;
  v1::Decision decision_;
  std::optional<engine::BookedDecision> booked_;
};

absl::Status ReviewPage(const storage::LedgerReader& reader, absl::string_view tenant,
                        BacktestDays days, uint64_t first, uint64_t end, const Versions& versions,
                        engine::RuleReviewTally& tally) {
  ASSIGN_OR_RETURN(std::vector<v1::Ticket> tickets, reader.ScanTickets(tenant, end, end - first));
  std::reverse(tickets.begin(), tickets.end());
  IssueReader issues(reader, tenant);
  HistoryReader histories(reader, tenant);
  for (const v1::Ticket& ticket : tickets) {
    const int32_t day = engine::DayOf(ticket.create_time());
    if (ticket.id() < first || day < days.from || day >= days.to) continue;
    if (ticket.has_mystery()) continue;  // no customer reported it
    ASSIGN_OR_RETURN(const v1::Issue issue, issues.Read(ticket));
    ASSIGN_OR_RETURN(const std::vector<v1::Event> events, histories.Read(ticket));
    Booker booker(versions, ticket, issue, tally);
    for (const v1::Event& event : events) booker.Read(event);
    booker.End();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ReviewRulesResponse> ReviewRules(const storage::LedgerReader& reader,
                                                    absl::string_view tenant,
                                                    PlaybookStore& playbooks, BacktestDays days,
                                                    ReviewProgress tell) {
  ASSIGN_OR_RETURN(const PublishedPlaybook live, playbooks.Live(reader, tenant));
  CHECK(live.playbook != nullptr);
  ASSIGN_OR_RETURN(const Versions versions, ReadVersions(reader, tenant, playbooks, live));
  ASSIGN_OR_RETURN(const auto recorded, ReadPlaybookEvent(reader, tenant, live.version));
  const v1::PlaybookPublished& event = recorded->event.playbook_published();
  // Once more, for where its rows stand in the text.
  const engine::PlaybookCompilation compilation =
      engine::CompilePlaybook(event.source(), engine::PublishedZones(event.zones()));
  if (compilation.playbook == nullptr) return absl::DataLossError("the playbook does not compile");
  engine::RuleReviewTally tally(event.source(), compilation, versions.ages);
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  v1::ReviewRulesResponse response;
  response.set_total(head.last_ticket_id());
  const uint64_t end = head.last_ticket_id() + 1;
  for (uint64_t first = 1; first < end; first += kReviewPage) {
    const uint64_t page_end = std::min(first + kReviewPage, end);
    RETURN_IF_ERROR(ReviewPage(reader, tenant, days, first, page_end, versions, tally));
    response.set_looked_at(page_end - 1);
    if (!tell(response)) return response;
  }
  response.set_done(true);
  *response.mutable_review() = std::move(tally).Take();
  return response;
}

}  // namespace redress::services

#include "services/findings_reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/measure/day.h"
#include "engine/measure/findings.h"
#include "engine/measure/measure_report.h"
#include "engine/measure/report_refusal.h"
#include "engine/ticket/apply.h"
#include "engine/time/instant.h"
#include "services/history.h"
#include "services/members.h"
#include "services/replay.h"
#include "services/report_reader.h"

namespace redress::services {
namespace {

using engine::Refuse;
using engine::ReportFailure;

constexpr v1::FindingKind kKinds[] = {
    v1::FINDING_KIND_RESOLVED_NEAR_DUE, v1::FINDING_KIND_PAUSED_NEAR_DUE,
    v1::FINDING_KIND_TRANSFERRED_NEAR_DUE, v1::FINDING_KIND_SAME_ANSWER,
    v1::FINDING_KIND_NO_ANSWER};

struct Look {
  int32_t from_day = 0;
  int32_t to_day = 0;
  int32_t near_percent = 0;

  bool Holds(const v1::Finding& finding) const {
    const int32_t day = engine::DayOf(finding.time());
    return from_day <= day && day < to_day;
  }
};

template <class Request>
absl::StatusOr<std::variant<Look, ReportFailure>> ReadLook(const storage::LedgerReader& reader,
                                                           absl::string_view tenant,
                                                           const Request& request,
                                                           absl::Time now) {
  using Result = std::variant<Look, ReportFailure>;
  engine::MeasureQuery query;
  query.from_day = request.from_day();
  query.to_day = request.to_day();
  query.today = engine::DayOf(engine::ToTimestamp(now));
  ASSIGN_OR_RETURN(query.first_day, FirstDay(reader, tenant, query.today));
  auto period = engine::ReadPeriod(query);
  if (auto* failure = std::get_if<ReportFailure>(&period)) return Result(std::move(*failure));
  if (request.near_percent() < 0 || request.near_percent() > engine::kNearPercentMax)
    return Result(Refuse("near_percent", absl::StrCat("must be 1 to ", engine::kNearPercentMax)));
  const auto& read = std::get<engine::MeasurePeriod>(period);
  const int32_t percent =
      request.near_percent() == 0 ? engine::kNearPercentDefault : request.near_percent();
  return Result(Look{read.from_day, read.to_day, percent});
}

// The tickets that one text resolved.
struct SameText {
  std::set<uint64_t> tickets;
  std::set<std::string> customers;
  std::set<std::string> handlers;
  std::map<std::string, int64_t> by_department;
};

// Counts what is seen in all histories.
class Counter {
 public:
  explicit Counter(const Look& look) : look_(look) {}

  void Take(const ReplayedEvent& replayed) {
    if (replayed.after.has_mystery()) return;  // no customer reported it
    watches_[replayed.event.ticket_id()].Take(
        replayed.before, replayed.event, replayed.position, look_.near_percent,
        [&](engine::Observation seen) { Add(seen, replayed.after); });
  }

  void WriteTo(int64_t same_min, v1::GetFindingsResponse& response) {
    std::vector<std::pair<std::string, const SameText*>> many;
    for (const auto& [digest, text] : texts_) {
      if (static_cast<int64_t>(text.tickets.size()) < same_min) continue;
      many.emplace_back(digest, &text);
      for (const auto& [department, tickets] : text.by_department)
        Found(v1::FINDING_KIND_SAME_ANSWER, department, tickets);
    }
    for (const v1::FindingKind kind : kKinds) counts_[{kind, ""}];
    for (const auto& [place, tally] : counts_) {
      v1::FindingCount& count = *response.add_counts();
      count.set_kind(place.first);
      count.set_department(place.second);
      count.set_looked_at(tally.looked_at);
      count.set_findings(tally.found);
    }
    AddTexts(std::move(many), response);
  }

 private:
  struct Tally {
    int64_t looked_at = 0;
    int64_t found = 0;
  };

  void Found(v1::FindingKind kind, const std::string& department, int64_t times) {
    counts_[{kind, ""}].found += times;
    counts_[{kind, department}].found += times;
  }

  void Add(const engine::Observation& seen, const v1::Ticket& ticket) {
    const v1::Finding& finding = seen.finding;
    if (!look_.Holds(finding)) return;
    if (seen.is_looked_at) {
      ++counts_[{finding.kind(), ""}].looked_at;
      ++counts_[{finding.kind(), finding.department()}].looked_at;
    }
    if (seen.is_found) Found(finding.kind(), finding.department(), 1);
    if (finding.kind() != v1::FINDING_KIND_SAME_ANSWER) return;
    SameText& text = texts_[finding.answer_digest()];
    text.tickets.insert(finding.ticket_id());
    text.handlers.insert(finding.actor());
    if (!ticket.customer_id().empty()) text.customers.insert(ticket.customer_id());
    ++text.by_department[finding.department()];
  }

  static void AddTexts(std::vector<std::pair<std::string, const SameText*>> many,
                       v1::GetFindingsResponse& response) {
    std::sort(many.begin(), many.end(), [](const auto& left, const auto& right) {
      const size_t of_left = left.second->tickets.size();
      const size_t of_right = right.second->tickets.size();
      return of_left != of_right ? of_left > of_right : left.first < right.first;
    });
    if (many.size() > kSameAnswersShownMax) many.resize(kSameAnswersShownMax);
    for (const auto& [digest, text] : many) {
      v1::SameAnswers& same = *response.add_same_answers();
      same.set_answer_digest(digest);
      same.set_tickets(static_cast<int64_t>(text->tickets.size()));
      same.set_customers(static_cast<int64_t>(text->customers.size()));
      same.set_handlers(static_cast<int64_t>(text->handlers.size()));
    }
  }

  const Look look_;
  absl::flat_hash_map<uint64_t, engine::FindingWatch> watches_;
  std::map<std::pair<v1::FindingKind, std::string>, Tally> counts_;
  std::map<std::string, SameText> texts_;
};

std::optional<ReportFailure> CheckKind(const v1::ListFindingsRequest& request) {
  if (request.kind() == v1::FINDING_KIND_UNSPECIFIED || !v1::FindingKind_IsValid(request.kind()))
    return Refuse("kind", "is required and must be a kind of finding");
  const bool is_same = request.kind() == v1::FINDING_KIND_SAME_ANSWER;
  if (is_same && request.answer_digest().empty())
    return Refuse("answer_digest", "is required for SAME_ANSWER; the counts of findings list them");
  if (!is_same && !request.answer_digest().empty())
    return Refuse("answer_digest", "is only for SAME_ANSWER");
  return std::nullopt;
}

// The findings of one ticket that are asked for.
std::vector<v1::Finding> FindIn(const std::vector<DatedEvent>& history, const Look& look,
                                const v1::ListFindingsRequest& request) {
  engine::FindingWatch watch;
  std::vector<v1::Finding> found;
  std::optional<v1::Ticket> before;
  for (const DatedEvent& dated : history) {
    watch.Take(before ? &*before : nullptr, dated.event, dated.position, look.near_percent,
               [&](engine::Observation seen) {
                 const v1::Finding& finding = seen.finding;
                 const bool is_same = finding.kind() == v1::FINDING_KIND_SAME_ANSWER &&
                                      finding.answer_digest() == request.answer_digest();
                 if (finding.kind() != request.kind() || !look.Holds(finding)) return;
                 if (!seen.is_found && !is_same) return;
                 if (!request.department().empty() && finding.department() != request.department())
                   return;
                 found.push_back(std::move(seen.finding));
               });
    before = engine::Apply(std::move(before).value_or(v1::Ticket()), dated.event);
  }
  return found;
}

}  // namespace

absl::StatusOr<std::variant<v1::GetFindingsResponse, ReportFailure>> ReadFindings(
    const storage::LedgerReader& reader, absl::string_view tenant,
    const v1::GetFindingsRequest& request, absl::Time now) {
  using Result = std::variant<v1::GetFindingsResponse, ReportFailure>;
  ASSIGN_OR_RETURN(auto look, ReadLook(reader, tenant, request, now));
  if (auto* failure = std::get_if<ReportFailure>(&look)) return Result(std::move(*failure));
  const int32_t asked = request.same_answers_min();
  if (asked != 0 && (asked < engine::kSameAnswersLeast || asked > engine::kSameAnswersMax))
    return Result(Refuse("same_answers_min", absl::StrCat("must be ", engine::kSameAnswersLeast,
                                                          " to ", engine::kSameAnswersMax)));
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  Counter counter(std::get<Look>(look));
  RETURN_IF_ERROR(Replay(reader, tenant, head.commit(),
                         [&](const ReplayedEvent& replayed) { counter.Take(replayed); }));
  v1::GetFindingsResponse response;
  response.set_from_day(engine::FormatDay(std::get<Look>(look).from_day));
  response.set_to_day(engine::FormatDay(std::get<Look>(look).to_day));
  response.set_commit(head.commit());
  response.set_commit_hash(head.hash());
  counter.WriteTo(asked == 0 ? engine::kSameAnswersDefault : asked, response);
  return Result(std::move(response));
}

absl::StatusOr<std::variant<FindingPage, ReportFailure>> ReadFindingPage(
    const storage::LedgerReader& reader, absl::string_view tenant,
    const v1::ListFindingsRequest& request, uint64_t first_ticket_id, int size, absl::Time now) {
  using Result = std::variant<FindingPage, ReportFailure>;
  if (auto failure = CheckKind(request)) return Result(*std::move(failure));
  ASSIGN_OR_RETURN(auto look, ReadLook(reader, tenant, request, now));
  if (auto* failure = std::get_if<ReportFailure>(&look)) return Result(std::move(*failure));
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  HistoryReader histories(reader, tenant);
  FindingPage page;
  const uint64_t end = std::min(head.last_ticket_id() + 1, first_ticket_id + kMembersScanMax);
  for (uint64_t id = first_ticket_id; id < end; ++id) {
    if (static_cast<int>(page.findings.size()) >= size) {
      page.next_ticket_id = id;
      return Result(std::move(page));
    }
    ASSIGN_OR_RETURN(const std::optional<v1::Ticket> ticket, reader.ReadTicket(tenant, id));
    if (!ticket || ticket->has_mystery()) continue;
    ASSIGN_OR_RETURN(const std::vector<DatedEvent> history, histories.ReadDated(*ticket));
    for (v1::Finding& finding : FindIn(history, std::get<Look>(look), request))
      page.findings.push_back(std::move(finding));
  }
  if (end <= head.last_ticket_id()) page.next_ticket_id = end;
  return Result(std::move(page));
}

}  // namespace redress::services

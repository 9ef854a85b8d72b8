#include "tools/history/case_facts.h"

#include <openssl/sha.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/check.h"
#include "tools/text/duration_text.h"

namespace redress::history {
namespace {

using Kind = StateMeaning::Kind;

// A fact with the time that it asks for. The time of an anchor yields only to later anchors, that
// of others to both.
struct Draft {
  DatedFact fact;
  absl::Time time;
  bool is_anchor = false;
};

// Builds the facts of one case, cycle by cycle. A cycle ends where a row is open again after it was
// done.
class FactBuilder {
 public:
  FactBuilder(const Mapping& mapping, const Case& rows) : mapping_(mapping), case_(rows) {}
  std::vector<DatedFact> Build();

 private:
  using Rows = std::vector<CaseRow>;

  v1::ImportHistoryRequest& Add(const CaseRow& row, absl::Time time, bool is_anchor = false);
  void AddOpened();
  void AddEarlier();
  void AddNote(const CaseRow& row);
  void AddCycle(size_t begin, size_t end);
  void AddMoves(const CaseRow& row);
  void AddWaiting(const CaseRow& row);
  void AddResumed(const CaseRow& row);
  void AddEnd(size_t begin, size_t end);
  void AddResolved(const CaseRow& row, absl::Time time);
  void AddClosed(const CaseRow& row, absl::Time time);
  void CountTransfers();
  void OrderTimes();

  const Mapping& mapping_;
  const Case& case_;
  std::vector<Draft> drafts_;
  std::vector<int64_t> transfers_;  // per row, never falling
  // What the facts so far add up to.
  std::string department_;
  v1::Level level_ = v1::LEVEL_UNSPECIFIED;
  int64_t transfers_told_ = 0;
  std::optional<v1::PauseReason> waiting_;
};

v1::ImportHistoryRequest& FactBuilder::Add(const CaseRow& row, absl::Time time, bool is_anchor) {
  Draft& draft = drafts_.emplace_back();
  draft.time = time;
  draft.is_anchor = is_anchor;
  draft.fact.line = row.line;
  v1::ImportHistoryRequest& request = draft.fact.request;
  request.set_request_id(
      FactRequestId(mapping_.name, case_.id, static_cast<int>(drafts_.size()) - 1));
  request.set_external_id(case_.id);
  request.set_actor(row.actor);
  return request;
}

// Each field from the last row that gives it, since what a case is about is known best at its end.
v1::Issue IssueOf(const Case& rows) {
  v1::Issue issue;
  std::map<std::string, std::string> attributes;
  for (const CaseRow& row : rows.rows) {
    issue.MergeFrom(row.issue);
    for (const auto& [name, value] : row.attributes) attributes[name] = value;
  }
  for (const auto& [name, value] : attributes) {
    v1::Attribute& attribute = *issue.add_attributes();
    attribute.set_name(name);
    attribute.set_value(value);
  }
  if (issue.kind() == v1::ISSUE_KIND_UNSPECIFIED) issue.set_kind(v1::ISSUE_KIND_COMPLAINT);
  if (issue.channel().empty()) issue.set_channel("unknown");
  return issue;
}

void FactBuilder::AddOpened() {
  const CaseRow& first = case_.rows.front();
  absl::Time opened = first.time;
  for (const CaseRow& row : case_.rows) {
    if (!row.opened.has_value()) continue;
    opened = *row.opened;
    break;
  }
  department_ = first.department;
  level_ = first.level;
  v1::ImportOpened& fact = *Add(first, opened, true).mutable_opened();
  *fact.mutable_issue() = IssueOf(case_);
  fact.set_department(department_);
  fact.set_level(level_);
  const CaseRow& last = case_.rows.back();
  if (last.first_answer_due)
    *fact.mutable_first_answer_due() = text::ToTimestamp(*last.first_answer_due);
  if (last.resolution_due) *fact.mutable_resolution_due() = text::ToTimestamp(*last.resolution_due);
}

// A first answer, and a cycle of which only the end is known.
void FactBuilder::AddEarlier() {
  const CaseRow& last = case_.rows.back();
  if (last.answered) Add(last, *last.answered).mutable_answered();
  if (!last.reopened) return;
  AddResolved(last, *last.reopened);
  Add(last, *last.reopened, true).mutable_reopened()->set_cause(mapping_.reopen_cause);
}

// The running count as it must have been: never more than what a later row says, so that the last
// row is right.
void FactBuilder::CountTransfers() {
  transfers_.assign(case_.rows.size(), 0);
  int64_t known = 0;
  for (size_t i = 0; i < case_.rows.size(); ++i) {
    known = case_.rows[i].transfers.value_or(known);
    transfers_[i] = known;
  }
  for (size_t i = case_.rows.size() - 1; i > 0; --i) {
    transfers_[i - 1] = std::min(transfers_[i - 1], transfers_[i]);
  }
}

void FactBuilder::AddMoves(const CaseRow& row) {
  const auto position = static_cast<size_t>(&row - case_.rows.data());
  const bool is_elsewhere = !row.department.empty() && row.department != department_;
  const bool is_counted = !mapping_.transfers.empty();
  const int64_t count = is_counted ? transfers_[position] - transfers_told_ : is_elsewhere ? 1 : 0;
  const std::string& department = is_elsewhere ? row.department : department_;
  if ((is_elsewhere || count > 0) && !department.empty()) {
    v1::ImportReassigned& fact = *Add(row, row.time).mutable_reassigned();
    fact.set_department(department);
    fact.set_count(static_cast<uint32_t>(count));
    department_ = department;
    transfers_told_ += count;
  }
  if (row.level == v1::LEVEL_UNSPECIFIED || row.level == level_) return;
  level_ = row.level;
  Add(row, row.time).mutable_level_changed()->set_level(level_);
}

void FactBuilder::AddNote(const CaseRow& row) {
  if (!row.note.empty()) Add(row, row.time).mutable_noted()->set_text(row.note);
}

void FactBuilder::AddResumed(const CaseRow& row) {
  if (!waiting_.has_value()) return;
  waiting_.reset();
  Add(row, row.time).mutable_resumed();
}

void FactBuilder::AddWaiting(const CaseRow& row) {
  if (row.state.IsDone()) return;
  const bool is_waiting = row.state.kind == Kind::kWaiting;
  if (is_waiting && waiting_ == row.state.reason) return;
  AddResumed(row);
  if (!is_waiting) return;
  waiting_ = row.state.reason;
  Add(row, row.time).mutable_waiting()->set_reason(row.state.reason);
}

void FactBuilder::AddResolved(const CaseRow& row, absl::Time time) {
  const CaseRow& last = case_.rows.back();
  v1::ImportResolved& fact = *Add(row, time, true).mutable_resolved();
  fact.set_outcome(last.outcome);
  fact.set_code(last.code);
}

void FactBuilder::AddClosed(const CaseRow& row, absl::Time time) {
  const CaseRow& last = case_.rows.back();
  v1::ImportClosed& fact = *Add(row, time, true).mutable_closed();
  fact.set_code(last.code);
}

void FactBuilder::AddEnd(size_t begin, size_t end) {
  const Rows& rows = case_.rows;
  const CaseRow* resolved = nullptr;
  const CaseRow* closed = nullptr;
  for (size_t i = begin; i < end; ++i) {
    const Kind kind = rows[i].state.kind;
    if (kind == Kind::kResolved && resolved == nullptr) resolved = &rows[i];
    if (kind == Kind::kClosed && closed == nullptr) closed = &rows[i];
  }
  const CaseRow& last = rows.back();
  const bool is_final = end == rows.size();
  // An older instant is left from a closing before the case was opened again.
  const bool is_closed_later = is_final && last.closed.has_value() && *last.closed >= last.time;
  if (closed == nullptr && is_closed_later) closed = &last;
  if (resolved == nullptr && closed == nullptr) return;
  const CaseRow& done = resolved != nullptr ? *resolved : *closed;
  AddResumed(done);
  if (is_final && last.resolved.has_value()) {
    AddResolved(done, *last.resolved);
  } else if (resolved != nullptr) {
    const bool is_denied = is_final && closed != nullptr && !mapping_.resolved.empty();
    if (!is_denied) AddResolved(*resolved, resolved->time);
  }
  if (closed == nullptr) return;
  AddClosed(*closed, is_final ? last.closed.value_or(closed->time) : closed->time);
}

void FactBuilder::AddCycle(size_t begin, size_t end) {
  if (begin > 0) {
    Add(case_.rows[begin], case_.rows[begin].time)
        .mutable_reopened()
        ->set_cause(mapping_.reopen_cause);
  }
  size_t done = begin;
  while (done < end && !case_.rows[done].state.IsDone()) ++done;
  for (size_t i = begin; i < end; ++i) {
    AddMoves(case_.rows[i]);
    if (i < done) AddNote(case_.rows[i]);
    AddWaiting(case_.rows[i]);
  }
  AddEnd(begin, end);
  for (size_t i = done; i < end; ++i) AddNote(case_.rows[i]);
}

// Anchors first, from the last one back: none is later than the one after it, none earlier than the
// opening. Then the others between them.
void FactBuilder::OrderTimes() {
  const absl::Time opened = drafts_.front().time;
  absl::Time limit = absl::InfiniteFuture();
  std::vector<absl::Time> limits(drafts_.size());
  for (size_t i = drafts_.size(); i-- > 0;) {
    Draft& draft = drafts_[i];
    if (draft.is_anchor) limit = draft.time = std::max(opened, std::min(draft.time, limit));
    limits[i] = limit;
  }
  absl::Time floor = opened;
  for (size_t i = 0; i < drafts_.size(); ++i) {
    floor = drafts_[i].time = std::min(std::max(drafts_[i].time, floor), limits[i]);
    *drafts_[i].fact.request.mutable_time() = text::ToTimestamp(floor);
  }
}

std::vector<DatedFact> FactBuilder::Build() {
  CHECK(!case_.rows.empty());
  CountTransfers();
  AddOpened();
  AddEarlier();
  size_t begin = 0;
  for (size_t i = 1; i < case_.rows.size(); ++i) {
    if (!case_.rows[i - 1].state.IsDone() || case_.rows[i].state.IsDone()) continue;
    AddCycle(begin, i);
    begin = i;
  }
  AddCycle(begin, case_.rows.size());
  OrderTimes();
  std::vector<DatedFact> facts;
  for (Draft& draft : drafts_) facts.push_back(std::move(draft.fact));
  return facts;
}

}  // namespace

std::string FactRequestId(const std::string& mapping, const std::string& case_id, int number) {
  const std::string name = absl::StrCat(mapping, absl::string_view("\0", 1), case_id,
                                        absl::string_view("\0", 1), number);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(name.data()), name.size(), digest);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), 16));
}

std::vector<DatedFact> FactsOf(const Mapping& mapping, const Case& rows) {
  return FactBuilder(mapping, rows).Build();
}

}  // namespace redress::history

// The one typed write and the typed reads.
//
// A LedgerReader reads typed records through any Reader, so the same code serves a snapshot (for
// answers) and a transaction (for decisions). A LedgerWriter gathers the events of one group commit
// and writes them, the tickets they made and every index key in one transaction. Nothing else
// writes these tables.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/stored.pb.h"
#include "redress/v1/ticket.pb.h"
#include "storage/kv.h"
#include "storage/tables.h"

namespace redress::storage {

// An event read back, and where it stands.
struct RecordedEvent {
  v1::Event event;
  v1::Receipt receipt;
};

// Reads fail as Kv reads do, and with DATA_LOSS when a record cannot be parsed or is missing where
// another names it.
class LedgerReader {
 public:
  // REQUIRES: `reader` outlives this.
  explicit LedgerReader(const Reader& reader) : reader_(reader) {}

  // The tenant's newest commit; an empty message when it has none.
  absl::StatusOr<v1::LedgerHead> ReadHead(absl::string_view tenant) const;
  absl::StatusOr<v1::Commit> ReadCommit(absl::string_view tenant, uint64_t number) const;
  // Nothing: no such ticket.
  absl::StatusOr<std::optional<v1::Ticket>> ReadTicket(absl::string_view tenant,
                                                       uint64_t ticket_id) const;
  absl::StatusOr<RecordedEvent> ReadEvent(absl::string_view tenant,
                                          const v1::Position& position) const;
  // A ticket's events of versions above `after_version`, oldest first, `limit` at most of the
  // oldest.
  absl::StatusOr<std::vector<RecordedEvent>> ReadHistory(absl::string_view tenant,
                                                         const v1::Ticket& ticket,
                                                         uint32_t after_version,
                                                         size_t limit) const;
  // Nothing: erased, or never kept.
  absl::StatusOr<std::optional<v1::PersonalRecord>> ReadPersonal(absl::string_view tenant,
                                                                 absl::string_view customer_id,
                                                                 uint64_t ticket_id,
                                                                 absl::string_view hash) const;
  // What the request came to, if it came in this week or the week before.
  absl::StatusOr<std::optional<v1::StoredReply>> ReadReply(absl::string_view tenant, uint64_t week,
                                                           absl::string_view request_id) const;
  // Where a playbook version was published; version 0: the newest. Nothing: no such version.
  absl::StatusOr<std::optional<v1::Position>> FindPlaybook(absl::string_view tenant,
                                                           uint32_t version) const;
  // A sample that was drawn; number 0: the newest. Nothing: no such sample.
  absl::StatusOr<std::optional<RecordedEvent>> ReadSample(absl::string_view tenant,
                                                          uint32_t number) const;
  // The last sample of a plan whose period begins before `day`. Nothing: none does.
  absl::StatusOr<std::optional<RecordedEvent>> ReadSampleBefore(absl::string_view tenant,
                                                                absl::string_view plan,
                                                                absl::string_view day) const;
  // The evidence of a goal, in the order of its numbers.
  absl::StatusOr<std::vector<RecordedEvent>> ReadGoalEvidence(absl::string_view tenant,
                                                              absl::string_view goal) const;
  // What is stored under a cell's key, without what is open; an empty message when nothing is.
  absl::StatusOr<v1::StoredCell> ReadCell(const std::string& key) const;
  // What is to be added to cells.
  struct OpenSums {
    std::map<std::string, v1::StoredCell> sums;  // by the cells' keys
    uint32_t records = 0;                        // that hold them
  };
  absl::StatusOr<OpenSums> ReadOpenCells(absl::string_view tenant) const;
  // How far the cells of the playbook's measures are kept; an empty message when there are none.
  absl::StatusOr<v1::MeasureStates> ReadMeasures(absl::string_view tenant) const;
  // The tenant's key for digests of answers; empty when it has none yet. Never given out.
  absl::StatusOr<std::string> ReadSecret(absl::string_view tenant) const;
  // Visits the cells of a dimension, granularity and group with period within [from, to), in the
  // order of period and value, with what is `open` added to them: what ReadOpenCells answers.
  absl::Status ScanCells(absl::string_view tenant, const OpenSums& open, const CellAddress& from,
                         uint32_t to_period,
                         absl::FunctionRef<void(const CellAddress&, v1::StoredCell)> visit) const;

  // Ids of the tickets whose index keys begin with `prefix`, in key order, after the key `after`
  // (empty: from the start), `limit` at most. `is_queue`: the keys are of the queue table.
  struct IndexedTicket {
    uint64_t ticket_id;
    std::string key;
  };
  absl::StatusOr<std::vector<IndexedTicket>> ScanIndex(absl::string_view prefix, bool is_queue,
                                                       absl::string_view after,
                                                       size_t limit) const;
  // Visits every record under a prefix in the order of keys, however many there are, until `visit`
  // returns false.
  absl::Status ScanPrefix(absl::string_view prefix, Visitor visit) const;
  // Counts the keys under a prefix, up to `limit`.
  absl::StatusOr<size_t> CountIndex(absl::string_view prefix, size_t limit) const;
  // Tickets with ids below `before_id`, newest first, `limit` at most; of each only the fields with
  // these numbers, or all of them when none are named.
  absl::StatusOr<std::vector<v1::Ticket>> ScanTickets(absl::string_view tenant, uint64_t before_id,
                                                      size_t limit,
                                                      absl::Span<const int> fields = {}) const;
  // Every tenant that has a ledger, in order.
  absl::StatusOr<std::vector<std::string>> ListTenants() const;

  const Reader& reader() const { return reader_; }

 private:
  // The position under the last key within [begin, end).
  absl::StatusOr<std::optional<v1::Position>> LastPosition(const std::string& begin,
                                                           const std::string& end,
                                                           absl::string_view what) const;
  absl::StatusOr<std::optional<RecordedEvent>> SampleAt(
      absl::string_view tenant, const std::optional<v1::Position>& position) const;

  const Reader& reader_;
};

// One group commit. Not thread-safe; dropped unwritten unless Commit is called.
class LedgerWriter {
 public:
  ~LedgerWriter();

  // `now_us`: the commit's time, in microseconds since 1970. A tenant whose newest commit is later
  // keeps that time.
  static absl::StatusOr<std::unique_ptr<LedgerWriter>> Begin(Kv& kv, int64_t now_us);

  // Sees everything written so far.
  const LedgerReader& reader() const { return reader_; }

  // The time of the tenant's commit in this group.
  absl::StatusOr<int64_t> TimeOf(absl::string_view tenant);
  // The id that the tenant's next new ticket gets, until an event of that ticket is appended.
  absl::StatusOr<uint64_t> NextTicketId(absl::string_view tenant);

  // Appends an event to the tenant's commit, as it is. REQUIRES: `previous` of an event of a ticket
  // is the ticket's event before it; absent for its first.
  absl::StatusOr<v1::Receipt> Append(absl::string_view tenant, const v1::Event& event);
  // Writes the ticket after its newest event and the difference of its index keys. `before`: null
  // for a new one.
  void PutTicket(absl::string_view tenant, const v1::Ticket* before, const v1::Ticket& after);
  void PutPersonal(absl::string_view tenant, absl::string_view customer_id, uint64_t ticket_id,
                   absl::string_view hash, const v1::PersonalRecord& record);
  void PutReply(absl::string_view tenant, uint64_t week, absl::string_view request_id,
                const v1::StoredReply& reply);
  // Writes the keys of a fact about the configuration that was appended at `position`.
  void PutConfiguration(absl::string_view tenant, const v1::Event& event,
                        const v1::Position& position);
  // An empty cell is deleted.
  void PutCell(std::string key, const v1::StoredCell& cell);
  // Writes what one more commit adds to cells. `number`: of records before it.
  void PutOpenCells(absl::string_view tenant, uint32_t number, const v1::OpenCells& open);
  void DeleteOpenCells(absl::string_view tenant, uint32_t number);
  void PutMeasures(absl::string_view tenant, const v1::MeasureStates& states);
  // REQUIRES: the tenant has none yet.
  void PutSecret(absl::string_view tenant, absl::string_view secret);
  // Deletes cells of a dimension, `limit` at most; how many. Sees cells that were stored before.
  absl::StatusOr<size_t> DeleteCells(absl::string_view tenant, uint32_t dimension, size_t limit);

  // Events appended so far, and their bytes.
  size_t event_count() const { return event_count_; }
  size_t event_bytes() const { return event_bytes_; }

  // Chains and writes everything at once. The codes are those of Transaction::Commit.
  absl::Status Commit();

 private:
  // What is open for one tenant.
  struct Chapter {
    v1::LedgerHead head;
    v1::Commit commit;
    std::vector<std::string> leaves;
  };
  // The transaction with the commits that are still open, so that their events can be read back.
  class View;
  LedgerWriter(std::unique_ptr<Transaction> transaction, int64_t now_us);
  absl::StatusOr<Chapter*> ChapterOf(absl::string_view tenant);

  std::unique_ptr<Transaction> transaction_;
  std::unique_ptr<const View> view_;
  LedgerReader reader_;
  const int64_t now_us_;
  std::map<std::string, Chapter, std::less<>> chapters_;
  // The same chapters by the keys of their commits.
  std::map<std::string, const Chapter*, std::less<>> open_commits_;
  size_t event_count_ = 0;
  size_t event_bytes_ = 0;
};

// The week of an instant, by which replies are kept.
uint64_t WeekOf(int64_t time_us);

}  // namespace redress::storage

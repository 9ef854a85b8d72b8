#include "services/commit_pages.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "storage/chain.h"
#include "storage/key.h"
#include "storage/tables.h"

namespace redress::services {
namespace {

constexpr char kFirstFieldTag = 0x08;    // field 1 as a varint
constexpr char kSecondFieldTag = 0x10;   // field 2 as a varint
constexpr int kVarintBytesMax = 10;

// Takes a field with this tag off the front of `bytes`; nothing when they begin otherwise.
std::optional<uint64_t> TakeVarint(absl::string_view& bytes, char tag) {
  if (bytes.empty() || bytes[0] != tag) return std::nullopt;
  uint64_t value = 0;
  for (int i = 0; i < kVarintBytesMax && i + 1 < static_cast<int>(bytes.size()); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i + 1]);
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte >= 0x80) continue;
    bytes.remove_prefix(static_cast<size_t>(i) + 2);
    return value;
  }
  return std::nullopt;
}

// Takes a short text field with this tag off the front of `bytes`, if it is there.
void SkipText(absl::string_view& bytes, char tag) {
  if (bytes.size() < 2 || bytes[0] != tag) return;
  const auto size = static_cast<unsigned char>(bytes[1]);
  if (size < 0x80 && bytes.size() >= size + 2u) bytes.remove_prefix(size + 2u);
}

}  // namespace

EventStart PeekEvent(absl::string_view bytes) {
  EventStart start;
  const std::optional<uint64_t> id = TakeVarint(bytes, kFirstFieldTag);
  if (!id) return start;
  start.ticket_id = *id;
  start.version = TakeVarint(bytes, kSecondFieldTag).value_or(0);
  return start;
}

uint64_t PeekTicketVersion(absl::string_view bytes) {
  constexpr char kReferenceTag = 0x12;
  constexpr char kEtagTag = 0x1a;
  constexpr char kVersionTag = 0x20;
  TakeVarint(bytes, kFirstFieldTag);
  SkipText(bytes, kReferenceTag);
  SkipText(bytes, kEtagTag);
  return TakeVarint(bytes, kVersionTag).value_or(0);
}

uint64_t TicketIdOfKey(absl::string_view key, size_t skip) {
  return storage::KeyReader(key.substr(skip)).ReadUnsigned().value_or(0);
}

const CommitPage::Opened* CommitPage::FindOpened(uint64_t ticket_id) const {
  const auto found = std::lower_bound(
      opened.begin(), opened.end(), ticket_id,
      [](const Opened& ticket, uint64_t id) { return ticket.ticket_id < id; });
  return found == opened.end() || found->ticket_id != ticket_id ? nullptr : &*found;
}

CommitPageReader::CommitPageReader(const storage::LedgerReader& reader, absl::string_view tenant,
                                   uint64_t last)
    : reader_(reader), tenant_(tenant), last_(last), from_(storage::CommitKey(tenant, 1)) {}

absl::Status CommitPageReader::FailureAt(uint64_t number) const {
  const absl::Status status = reader_.ReadCommit(tenant_, number).status();
  if (!status.ok()) return status;
  return absl::DataLossError(absl::StrCat("commit ", number, " is missing"));
}

std::unique_ptr<CommitPage> CommitPageReader::Read() {
  if (has_failed_ || next_ > last_) return nullptr;
  auto page = std::make_unique<CommitPage>();
  page->first = next_;
  size_t bytes = 0;
  bool is_full = false;
  std::string expected = storage::CommitKey(tenant_, next_);
  const auto take = [&](absl::string_view key, absl::string_view value) {
    from_.assign(key.data(), key.size());
    from_.push_back('\0');
    if (key < expected) return true;  // no commit's key
    v1::Commit commit;
    has_failed_ = key != expected ||
                  !commit.ParseFromArray(value.data(), static_cast<int>(value.size()));
    if (has_failed_) return false;
    page->commits.emplace_back().commit = std::move(commit);
    expected = storage::CommitKey(tenant_, ++next_);
    bytes += value.size();
    is_full = next_ > last_ || bytes >= kPageBytesMax;
    return !is_full;
  };
  const auto visited =
      reader_.reader().Scan({from_, storage::CommitKey(tenant_, last_ + 1)}, kPageCommitsMax,
                            storage::Direction::kForward, take);
  if (visited.ok() && !has_failed_ && (is_full || *visited == kPageCommitsMax)) return page;
  has_failed_ = true;
  page->failure = FailureAt(next_);
  return page;
}

void CommitPageReader::Prepare(CommitPage& page, const IdRange& wanted) const {
  for (PagedCommit& paged : page.commits) {
    if (paged.commit.events_size() == 0) continue;
    paged.merkle_root = storage::MerkleRootOf(paged.commit);
    paged.hash = storage::CommitHash(paged.commit);
    paged.starts.reserve(static_cast<size_t>(paged.commit.events_size()));
    for (const std::string& event : paged.commit.events()) {
      const EventStart start = paged.starts.emplace_back(PeekEvent(event));
      if (start.version == 1 && start.ticket_id >= wanted.first && start.ticket_id < wanted.end)
        page.opened.push_back({start.ticket_id, std::nullopt});
    }
  }
  std::vector<CommitPage::Opened>& opened = page.opened;
  const auto is_before = [](const auto& a, const auto& b) { return a.ticket_id < b.ticket_id; };
  const auto is_same = [](const auto& a, const auto& b) { return a.ticket_id == b.ticket_id; };
  std::sort(opened.begin(), opened.end(), is_before);
  opened.erase(std::unique(opened.begin(), opened.end(), is_same), opened.end());
  for (size_t begin = 0; begin < opened.size() && page.tickets_failure.ok();) {
    size_t end = begin + 1;
    while (end < opened.size() && opened[end].ticket_id == opened[end - 1].ticket_id + 1) ++end;
    page.tickets_failure = ReadRun(page, begin, end);
    begin = end;
  }
}

absl::Status CommitPageReader::ReadRun(CommitPage& page, size_t begin, size_t end) const {
  const IdRange ids = {page.opened[begin].ticket_id, page.opened[end - 1].ticket_id + 1};
  page.read.push_back(ids);
  const size_t skip = storage::TableKey(tenant_, storage::Table::kTicket).key().size();
  const std::string to = storage::TicketKey(tenant_, ids.end);
  std::string from = storage::TicketKey(tenant_, ids.first);
  size_t next = begin;
  const auto take = [&](absl::string_view key, absl::string_view value) {
    from.assign(key.data(), key.size());
    from.push_back('\0');
    const uint64_t id = TicketIdOfKey(key, skip);
    while (next < end && page.opened[next].ticket_id < id) ++next;
    const bool is_opened = next < end && page.opened[next].ticket_id == id &&
                           !page.opened[next].stored &&
                           key == storage::TicketKey(tenant_, id);
    if (is_opened) page.opened[next++].stored.emplace(value.data(), value.size());
    else page.strangers.push_back(id);
    return true;
  };
  size_t visited = storage::kScanLimitMax;
  while (visited == storage::kScanLimitMax) {
    ASSIGN_OR_RETURN(visited, reader_.reader().Scan({from, to}, storage::kScanLimitMax,
                                                    storage::Direction::kForward, take));
  }
  return absl::OkStatus();
}

}  // namespace redress::services

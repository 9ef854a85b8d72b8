// An exported trail: whatever is done to it is found, and the first bad record is named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/anchor.h"
#include "storage/chain.h"
#include "tools/trail/trail_checker.h"
#include "tools/trail/trail_csv.h"

namespace redress::trail {
namespace {

using testing::HasSubstr;

constexpr int kCommits = 6;
constexpr int kAttacks = 1000;

v1::Event EventAt(int number) {
  v1::Event event;
  event.set_ticket_id(static_cast<uint64_t>(1 + number / 3));
  event.set_version(static_cast<uint32_t>(1 + number % 3));
  event.mutable_time()->set_seconds(1'790'000'000 + 60 * number);
  event.mutable_time()->set_nanos(250'000'000);
  event.set_actor("li.wei");
  event.mutable_note_added()->set_text(
      absl::StrCat("Called back, \"nobody\" answered; 第", number, "次, again tomorrow."));
  return event;
}

// A tenant's ledger of some commits with one to three events each.
std::vector<v1::Commit> LedgerOf(int commits) {
  std::vector<v1::Commit> ledger;
  std::string hash = storage::GenesisHash();
  int number = 0;
  for (int i = 0; i < commits; ++i) {
    v1::Commit commit;
    commit.set_number(static_cast<uint64_t>(i + 1));
    commit.mutable_time()->set_seconds(1'790'000'000 + 3600 * i);
    commit.set_previous_hash(hash);
    std::vector<std::string> leaves;
    for (int event = 0; event <= i % 3; ++event) {
      commit.add_events(EventAt(number++).SerializeAsString());
      leaves.push_back(storage::LeafHash(commit.events(event)));
    }
    commit.set_merkle_root(storage::MerkleRoot(leaves));
    hash = storage::CommitHash(commit);
    ledger.push_back(std::move(commit));
  }
  return ledger;
}

std::vector<std::string> LinesOf(const std::vector<v1::Commit>& ledger, Format format) {
  std::vector<std::string> lines;
  if (format == Format::kCsv) lines.push_back(CsvHeader());
  v1::TrailStart start;
  start.set_tenant("acme");
  start.set_after_hash(storage::GenesisHash());
  lines.push_back(Render(StartLine(start), format));
  uint64_t events = 0;
  for (const v1::Commit& commit : ledger) {
    for (int i = 0; i < commit.events_size(); ++i, ++events)
      lines.push_back(Render(
          *EventLine(commit.number(), static_cast<uint32_t>(i), commit.events(i)), format));
    lines.push_back(Render(SealLine(commit), format));
  }
  lines.push_back(Render(
      EndLine(ledger.back().number(), storage::CommitHash(ledger.back()), events), format));
  return lines;
}

// "clean", or what is wrong first. A text that does not end with a line's end is cut short.
std::string Check(const std::string& text, TrailChecker checker) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  const std::string rest = std::move(lines.back());
  lines.pop_back();
  for (const std::string& line : lines)
    if (const absl::Status status = checker.Take(line); !status.ok())
      return std::string(status.message());
  const absl::Status status = rest.empty() ? checker.Finish() : checker.FinishWithin();
  return status.ok() ? "clean" : std::string(status.message());
}

std::string TextOf(const std::vector<std::string>& lines) {
  return absl::StrCat(absl::StrJoin(lines, "\n"), "\n");
}

class TrailTest : public testing::TestWithParam<Format> {
 protected:
  std::string CheckLines(const std::vector<std::string>& lines) const {
    return Check(TextOf(lines), TrailChecker(GetParam()));
  }

  const std::vector<v1::Commit> ledger_ = LedgerOf(kCommits);
  const std::vector<std::string> lines_ = LinesOf(ledger_, GetParam());
  // Of an attack, so that a failure can be repeated.
  std::mt19937 dice_{20261122};

  size_t Draw(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(dice_); }
};

INSTANTIATE_TEST_SUITE_P(Formats, TrailTest, testing::Values(Format::kJsonLines, Format::kCsv),
                         [](const auto& info) {
                           return info.param == Format::kCsv ? "Csv" : "JsonLines";
                         });

TEST_P(TrailTest, AnUntouchedOneIsClean) {
  EXPECT_EQ(CheckLines(lines_), "clean");
  EXPECT_EQ(FormatOf(lines_[0]), GetParam());
}

TEST_P(TrailTest, AFlippedByteIsFoundInItsLine) {
  const std::string text = TextOf(lines_);
  for (int attack = 0; attack < kAttacks; ++attack) {
    const size_t at = Draw(text.size());
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ (1 + Draw(255)));
    const size_t line = 1 + static_cast<size_t>(std::count(text.begin(), text.begin() + at, '\n'));
    const std::string finding = Check(changed, TrailChecker(GetParam()));
    ASSERT_TRUE(absl::StartsWith(finding, absl::StrCat("line ", line, ": ")))
        << "byte " << at << " of line " << line << " became " << int{changed[at]} << ": "
        << finding;
  }
}

TEST_P(TrailTest, ADroppedLineIsFoundWhereItStood) {
  for (int attack = 0; attack < kAttacks; ++attack) {
    const size_t at = Draw(lines_.size());
    std::vector<std::string> changed = lines_;
    changed.erase(changed.begin() + static_cast<ptrdiff_t>(at));
    const std::string finding = CheckLines(changed);
    const bool is_end = at + 1 == lines_.size();
    ASSERT_TRUE(absl::StartsWith(finding, is_end ? absl::StrCat("the trail stops after line ", at)
                                                 : absl::StrCat("line ", at + 1, ": ")))
        << "line " << at + 1 << ": " << finding;
  }
}

TEST_P(TrailTest, SwappedLinesAreFoundAtTheFirst) {
  for (int attack = 0; attack < kAttacks; ++attack) {
    const size_t first = Draw(lines_.size() - 1);
    const size_t second = first + 1 + Draw(lines_.size() - first - 1);
    std::vector<std::string> changed = lines_;
    std::swap(changed[first], changed[second]);
    const std::string finding = CheckLines(changed);
    ASSERT_TRUE(absl::StartsWith(finding, absl::StrCat("line ", first + 1, ": ")))
        << first + 1 << " and " << second + 1 << ": " << finding;
  }
}

TEST_P(TrailTest, ACutIsFoundWhereverItIs) {
  const std::string text = TextOf(lines_);
  for (int attack = 0; attack < kAttacks; ++attack) {
    const size_t size = Draw(text.size());
    const std::string finding = Check(text.substr(0, size), TrailChecker(GetParam()));
    const bool is_between = size == 0 || text[size - 1] == '\n';
    const std::string expected = is_between ? "the trail stops after line " : "it is cut short";
    ASSERT_THAT(finding, HasSubstr(expected)) << size << " bytes";
  }
}

TEST_P(TrailTest, NamesTheRecordThatIsMissing) {
  std::vector<std::string> changed = lines_;
  const size_t at = lines_.size() - 3;  // the last event of the last commit
  changed.erase(changed.begin() + static_cast<ptrdiff_t>(at));
  EXPECT_THAT(CheckLines(changed), HasSubstr("commit 6, event 2 is missing"));
}

// Somebody with the program and the server's directory can make all hashes anew.
TEST_P(TrailTest, OnlyAnAnchorTellsOfOneThatWasMadeAnew) {
  const base::SigningKey key = base::SigningKey::Generate();
  v1::LedgerHead head;
  head.set_commit(4);
  head.set_hash(storage::CommitHash(ledger_[3]));
  const v1::Anchor anchor =
      services::SignAnchor(key, "acme", head, absl::FromUnixSeconds(1'790'050'000));
  EXPECT_EQ(services::FindAnchorFault(anchor, key.public_key()), std::nullopt);

  std::vector<v1::Commit> forged = ledger_;
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(forged[2].events(0)));
  event.mutable_note_added()->set_text("Nobody called.");
  forged[2].set_events(0, event.SerializeAsString());
  for (size_t i = 2; i < forged.size(); ++i) {
    std::vector<std::string> leaves;
    for (const std::string& stored : forged[i].events())
      leaves.push_back(storage::LeafHash(stored));
    forged[i].set_merkle_root(storage::MerkleRoot(leaves));
    forged[i].set_previous_hash(storage::CommitHash(forged[i - 1]));
  }
  const std::string text = TextOf(LinesOf(forged, GetParam()));
  EXPECT_EQ(Check(text, TrailChecker(GetParam())), "clean");
  TrailChecker anchored(GetParam());
  anchored.Expect(anchor);
  EXPECT_THAT(Check(text, anchored), HasSubstr("commit 4 is not the one that was anchored"));
  EXPECT_EQ(Check(TextOf(lines_), anchored), "clean");
}

TEST_P(TrailTest, AnAnchorBehindTheEndTellsThatCommitsAreMissing) {
  v1::Anchor anchor;
  anchor.set_tenant("acme");
  anchor.set_commit(9);
  TrailChecker checker(GetParam());
  checker.Expect(anchor);
  EXPECT_EQ(Check(TextOf(lines_), checker),
            "the anchor is of commit 9, which this trail does not hold: it has commits 1 to 6");
}

TEST(Anchor, SaysNothingThatWasNotSigned) {
  const base::SigningKey key = base::SigningKey::Generate();
  v1::LedgerHead head;
  head.set_commit(4);
  head.set_hash(std::string(32, 'h'));
  head.set_events(12);
  const v1::Anchor anchor =
      services::SignAnchor(key, "acme", head, absl::FromUnixSeconds(1'790'050'000));
  const auto fault_of = [&](auto change) {
    v1::Anchor changed = anchor;
    change(changed);
    return services::FindAnchorFault(changed, key.public_key());
  };
  EXPECT_EQ(fault_of([](v1::Anchor&) {}), std::nullopt);
  EXPECT_NE(fault_of([](v1::Anchor& a) { a.set_tenant("acne"); }), std::nullopt);
  EXPECT_NE(fault_of([](v1::Anchor& a) { a.set_commit(5); }), std::nullopt);
  EXPECT_NE(fault_of([](v1::Anchor& a) { a.set_commit_hash(std::string(32, 'i')); }), std::nullopt);
  EXPECT_NE(fault_of([](v1::Anchor& a) { a.set_events(13); }), std::nullopt);
  EXPECT_NE(fault_of([](v1::Anchor& a) { a.mutable_sign_time()->set_seconds(5); }), std::nullopt);
  EXPECT_NE(fault_of([](v1::Anchor& a) { a.mutable_sign_time()->set_nanos(1); }), std::nullopt);
  EXPECT_NE(fault_of([](v1::Anchor& a) { a.mutable_signature()->back() ^= 1; }), std::nullopt);
  EXPECT_NE(services::FindAnchorFault(anchor, base::SigningKey::Generate().public_key()),
            std::nullopt);
}

TEST_P(TrailTest, AReceiptProvesItsEvent) {
  v1::Receipt receipt;
  receipt.mutable_position()->set_commit(3);
  receipt.mutable_position()->set_index(1);
  receipt.set_event_hash(storage::LeafHash(ledger_[2].events(1)));
  TrailChecker checker(GetParam());
  checker.Expect(receipt);
  EXPECT_EQ(Check(TextOf(lines_), checker), "clean");

  receipt.mutable_position()->set_index(2);
  TrailChecker wrong(GetParam());
  wrong.Expect(receipt);
  EXPECT_THAT(Check(TextOf(lines_), wrong),
              HasSubstr("commit 3, event 2: the receipt is of another event"));
}

TEST_P(TrailTest, ANewerFormatIsNotGuessedAt) {
  v1::TrailLine line;
  line.mutable_start()->set_format(kTrailFormat + 1);
  line.mutable_start()->set_tenant("acme");
  std::vector<std::string> changed = lines_;
  changed[GetParam() == Format::kCsv ? 1 : 0] = Render(line, GetParam());
  EXPECT_THAT(CheckLines(changed), HasSubstr("written by a newer release"));
}

}  // namespace
}  // namespace redress::trail

// The ledger given out by a real server, checked where no server is.
#include <fstream>
#include <thread>

#include "base/ed25519.h"
#include "services/anchor.h"
#include "storage/chain.h"
#include "tests/e2e/server_test.h"
#include "tools/trail/trail_checker.h"

namespace redress::test {
namespace {

// More commits than answers may wait for a reader.
constexpr int kIssues = 150;
constexpr absl::Duration kSlowRead = absl::Milliseconds(2);

class TrailTest : public ServerTest {
 protected:
  TrailTest() : ServerTest({"--anchor-key", KeyFile()}) {}

  // Written for the flags, which the server gets before its own directory is made.
  static std::string KeyFile() {
    const std::string path = testing::TempDir() + "redress_anchor_key.pem";
    std::ofstream(path) << Key().PrivatePem();
    return path;
  }
  static const base::SigningKey& Key() {
    static const auto& key = *new base::SigningKey(base::SigningKey::Generate());
    return key;
  }

  // Reads a trail slowly and gives its lines to the checker; how the call ended.
  std::string Export(const v1::ExportTrailRequest& request, trail::TrailChecker& checker) {
    const auto context = desk().Context();
    const auto reader = desk().StubOf<Trails>().ExportTrail(context.get(), request);
    v1::ExportTrailResponse response;
    uint64_t events = 0;
    const auto take = [&checker](const v1::TrailLine& line) {
      const absl::Status status =
          checker.Take(trail::Render(line, trail::Format::kJsonLines));
      EXPECT_TRUE(status.ok()) << status;
    };
    std::string hash;
    uint64_t last = 0;
    while (reader->Read(&response)) {
      absl::SleepFor(kSlowRead);
      if (response.has_start()) {
        take(trail::StartLine(response.start()));
        last = response.start().after_commit();
        hash = response.start().after_hash();
        continue;
      }
      const v1::Commit& commit = response.commit();
      for (int i = 0; i < commit.events_size(); ++i, ++events)
        take(*trail::EventLine(commit.number(), static_cast<uint32_t>(i), commit.events(i)));
      take(trail::SealLine(commit));
      last = commit.number();
      hash = storage::CommitHash(commit);
    }
    const grpc::Status status = reader->Finish();
    if (status.ok()) take(trail::EndLine(last, hash, events));
    return Describe(status);
  }

  v1::Anchor Anchored() const {
    return desk().Must(&Trails::GetAnchor, v1::GetAnchorRequest()).anchor();
  }
};

TEST_F(TrailTest, HoldsEveryReceiptAndAnchorAlsoForASlowReader) {
  trail::TrailChecker checker(trail::Format::kJsonLines);
  for (int i = 0; i < kIssues; ++i) {
    const auto reply = desk().Must(&Intake::SubmitIssue, Submission("The parcel is late."));
    if (i % 10 == 0) checker.Expect(reply.receipt());
    if (i == kIssues / 2) checker.Expect(Anchored());
  }
  const v1::Anchor anchor = Anchored();
  EXPECT_EQ(services::FindAnchorFault(anchor, Key().public_key()), std::nullopt);
  checker.Expect(anchor);
  EXPECT_EQ(Export({}, checker), "OK");
  EXPECT_TRUE(checker.Finish().ok()) << checker.Finish();
  EXPECT_EQ(checker.state().commit, anchor.commit());
  EXPECT_EQ(checker.state().events, anchor.events());
}

TEST_F(TrailTest, GoesOnAfterACommit) {
  for (int i = 0; i < 5; ++i) desk().Submit("The parcel is late.");
  const v1::Anchor middle = Anchored();
  for (int i = 0; i < 5; ++i) desk().Submit("The parcel is still late.");
  v1::ExportTrailRequest request;
  request.set_after_commit(middle.commit());
  trail::TrailChecker checker(trail::Format::kJsonLines);
  EXPECT_EQ(Export(request, checker), "OK");
  EXPECT_TRUE(checker.Finish().ok()) << checker.Finish();
  EXPECT_EQ(checker.state().after_commit, middle.commit());
  EXPECT_EQ(checker.state().events, 5);
}

TEST_F(TrailTest, RefusesAStretchThatIsNotThere) {
  trail::TrailChecker checker(trail::Format::kJsonLines);
  v1::ExportTrailRequest request;
  request.set_after_commit(900);
  EXPECT_EQ(Export(request, checker), "INVALID_ARGUMENT FIELD_INVALID after_commit");
  request.set_after_commit(1);
  request.set_last_commit(901);
  EXPECT_EQ(Export(request, checker), "INVALID_ARGUMENT FIELD_INVALID last_commit");
}

using AnchorTest = ServerTest;

TEST_F(AnchorTest, AServerWithoutAKeySaysHowToGiveItOne) {
  EXPECT_EQ(desk().Try(&Trails::GetAnchor, v1::GetAnchorRequest()),
            "FAILED_PRECONDITION ANCHOR_KEY_MISSING");
}

}  // namespace
}  // namespace redress::test

#include "tests/e2e/refusal_test.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/check.h"
#include "tests/e2e/generic_call.h"

namespace redress::test {
namespace {

using services::Role;

constexpr int kLongSizes[] = {33, 36, 65, 129, 201, 255, 513, 1001, 4097, 16385, 1048577};

Staff MakeStaff() {
  Staff staff;
  staff.Hire("acme", "anna", {Role::kAgent}, {"service_desk"});
  staff.Hire("acme", "boris", {Role::kAgent}, {"service_desk"});
  staff.Hire("acme", "bill", {Role::kAgent}, {"billing"});
  staff.Hire("acme", "mona", {Role::kManager}, {});
  staff.Hire("acme", "olga", {Role::kOwner}, {"*"});
  staff.Hire("acme", "ada", {Role::kAdmin}, {});
  staff.Hire("acme", "carl", {Role::kCustomer}, {});
  return staff;
}

std::string FirstPageToken(const Desk& desk) {
  v1::ListTicketsRequest request;
  request.set_page_size(1);
  return desk.Must(&Tickets::ListTickets, request).next_page_token();
}

}  // namespace

struct RefusalTest::Scene {
  Scene();
  v1::Ticket Take(const std::string& customer = "") const { return anna->Accept(Lease(customer)); }
  v1::Ticket Lease(const std::string& customer = "") const {
    mona->Submit("I have a complaint", customer);
    return anna->Pull("service_desk");
  }
  std::string Fill(const std::string& request) const {
    return absl::StrReplaceAll(request, words);
  }
  // All that can change: every ticket, and how far the ledger is.
  std::string World() const {
    std::string world = absl::StrCat(mona->Report().commit());
    // An owner's reads are not recorded, so looking changes nothing.
    for (const v1::Ticket& ticket : olga->ListAll()) absl::StrAppend(&world, "\n", ticket.etag());
    return world;
  }

  const ScratchDirectory scratch;
  const Staff staff = MakeStaff();
  ServerProcess server{scratch.Path("data"),
                       {"--tokens", staff.WriteTo(scratch.Path("tokens")), "--tenant", "acme"}};
  std::unique_ptr<Desk> anna, mona, olga;
  std::shared_ptr<grpc::Channel> channel;
  std::vector<std::pair<std::string, std::string>> words;
};

RefusalTest::Scene::Scene() {
  if (!server.Start()) base::CheckFailed(__FILE__, __LINE__, server.log());
  channel = Connect(server.port());
  anna = std::make_unique<Desk>(channel, staff.TokenOf("anna"));
  mona = std::make_unique<Desk>(channel, staff.TokenOf("mona"));
  olga = std::make_unique<Desk>(channel, staff.TokenOf("olga"));
  const auto name = [this](const std::string& word, const v1::Ticket& ticket) {
    words.emplace_back(absl::StrCat("$", word), ticket.reference());
  };
  v1::Ticket ticket = Lease();
  name("twice_returned", ticket);
  for (int i = 0; i < 2; ++i) {
    auto give_back = About<v1::ReturnTicketRequest>(ticket);
    give_back.set_reason("Not mine.");
    anna->Must(&Queue::ReturnTicket, give_back);
    ticket = anna->Pull("service_desk");
  }
  name("leased", Lease());
  name("accepted", Take());
  auto pause = About<v1::PauseTicketRequest>(Take());
  pause.set_reason(v1::PAUSE_REASON_THIRD_PARTY);
  pause.set_note("The courier must look.");
  name("paused", anna->Must(&Tickets::PauseTicket, pause).ticket());
  name("resolved", anna->Resolve(Take("carl")));
  ticket = anna->Resolve(Take("carl"));
  mona->Must(&Customers::ConfirmResolution, About<v1::ConfirmResolutionRequest>(ticket));
  name("closed", ticket);
  v1::SubmitIssueRequest used = Submission(Complaint("I have a complaint", "carl"));
  used.set_request_id("used");
  name("queued", mona->Must(&Intake::SubmitIssue, used).ticket());
  for (const int size : kLongSizes)
    words.emplace_back(absl::StrCat("$x", size, "\""), absl::StrCat(std::string(size, 'x'), "\""));
  words.emplace_back("$starter", absl::CEscape(StarterPlaybook()));
  words.emplace_back("$list_token", FirstPageToken(*mona));
}

RefusalTest::Scene* RefusalTest::scene_ = nullptr;

void RefusalTest::SetUpTestSuite() { scene_ = new Scene; }

void RefusalTest::TearDownTestSuite() {
  EXPECT_EQ(scene_->mona->Verify(), "clean");
  delete scene_;
  scene_ = nullptr;
}

TEST_P(RefusalTest, IsClearAndChangesNothing) {
  const Refusal& row = GetParam();
  const std::string before = scene_->World();
  EXPECT_EQ(CallByName(scene_->channel, scene_->staff.TokenOf(row.actor), row.method,
                       scene_->Fill(row.request)),
            row.expected);
  EXPECT_EQ(scene_->World(), before);
}

}  // namespace redress::test

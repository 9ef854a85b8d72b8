#include "services/inspection_service.h"

#include <limits>
#include <memory>
#include <utility>
#include <variant>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/inspection_reads.h"

namespace redress::services {
namespace {

constexpr int kSamplesDefault = 50;
constexpr int kCasesDefault = 100;
constexpr int kPageMax = 1000;
constexpr int kPopulationDefault = 1000;
constexpr int kPopulationMax = 10'000;

Failure NoSample(uint32_t number) {
  if (number == 0) return ToFailure(engine::InvalidField("number", "is required"));
  Failure failure = MakeFailure(v1::ERROR_REASON_SAMPLE_NOT_FOUND,
                                absl::StrCat("There is no sample ", number, "."));
  failure.metadata = {{"sample", absl::StrCat(number)}};
  return failure;
}

// The size and the first of a page, or why they are wrong.
struct Page {
  std::optional<Failure> failure;
  int size = 0;
  uint64_t first = 0;
};
template <class Request>
Page PageOf(const Request& request, absl::string_view query, int otherwise, int most,
            uint64_t first) {
  Page page;
  page.first = first;
  const std::optional<int> size = PageSize(request.page_size(), otherwise, most);
  const std::optional<std::string> position = ParsePageToken(query, request.page_token());
  if (!size) page.failure = ToFailure(engine::InvalidField("page_size", "must not be negative"));
  else page.size = *size;
  if (!position || (!position->empty() && !absl::SimpleAtoi(*position, &page.first)))
    page.failure = BadPageToken();
  return page;
}

}  // namespace

InspectionService::InspectionService(Backend& backend)
    : backend_(backend),
      methods_(*v1::ListPlansRequest::descriptor()->file()->FindServiceByName(
          "InspectionService")) {
  methods_.Unary("ListPlans", this, &InspectionService::ListPlans);
  methods_.Unary("DrawSample", this, &InspectionService::DrawSample);
  methods_.Unary("ListSamples", this, &InspectionService::ListSamples);
  methods_.Unary("GetSample", this, &InspectionService::GetSample);
  methods_.Unary("ListSampledTickets", this, &InspectionService::ListSampledTickets);
  methods_.Unary("ListPopulation", this, &InspectionService::ListPopulation);
  methods_.Unary("RecordInspection", this, &InspectionService::RecordInspection);
  methods_.Unary("DisputeInspection", this, &InspectionService::DisputeInspection);
  methods_.Unary("DecideInspection", this, &InspectionService::DecideInspection);
  methods_.Unary("GetInspectionReport", this, &InspectionService::GetInspectionReport);
  methods_.Unary("SubmitMysteryIssue", this, &InspectionService::SubmitMysteryIssue);
  methods_.Unary("ListMysteryIssues", this, &InspectionService::ListMysteryIssues);
}

void InspectionService::ListPlans(const Caller& caller, v1::ListPlansRequest,
                                  Reply<v1::ListPlansResponse> reply) {
  Work(backend_, caller, reply, [this, caller, reply] {
    const LedgerView view(backend_.kv);
    const auto live = backend_.playbooks.Live(view.reader(), caller.actor.tenant);
    if (!live.ok()) return reply.Fail(StorageFailure(live.status()));
    if (live->playbook == nullptr) return reply.Fail(ToFailure(engine::PlaybookMissing()));
    v1::ListPlansResponse response;
    *response.mutable_forms() = live->playbook->message().inspection_forms();
    *response.mutable_plans() = live->playbook->message().sampling_plans();
    reply.Finish(response);
  });
}

void InspectionService::DrawSample(const Caller& caller, v1::DrawSampleRequest request,
                                   Reply<v1::DrawSampleResponse> reply) {
  WorkLong(backend_, caller, reply, [this, caller, request = std::move(request), reply] {
    const LedgerView view(backend_.kv, UntilOver(reply));
    const std::string& tenant = caller.actor.tenant;
    const auto live = backend_.playbooks.Live(view.reader(), tenant);
    if (!live.ok()) return reply.Fail(StorageFailure(live.status()));
    if (live->playbook == nullptr) return reply.Fail(ToFailure(engine::PlaybookMissing()));
    auto drawn = MakeDraw(view.reader(), tenant, *live->playbook, request,
                          entropy_.Bytes(kDrawSaltBytes));
    if (!drawn.ok()) return reply.Fail(StorageFailure(drawn.status()));
    if (const auto* failure = std::get_if<Failure>(&*drawn)) return reply.Fail(*failure);
    RecordDraw(caller, request, std::get<v1::SampleDrawn>(*std::move(drawn)), reply);
  });
}

void InspectionService::RecordDraw(const Caller& caller, v1::DrawSampleRequest request,
                                   v1::SampleDrawn draw, Reply<v1::DrawSampleResponse> reply) {
  Order order = OrderOf(caller);
  order.draw = std::make_shared<const v1::SampleDrawn>(std::move(draw));
  *order.command.mutable_draw_sample() = std::move(request);
  order.done = [this, tenant = order.tenant, reply](const Outcome& outcome) {
    if (outcome.failure) return reply.Fail(*outcome.failure);
    const LedgerView view(backend_.kv);
    const auto recorded = view.reader().ReadSample(tenant, outcome.sample);
    if (!recorded.ok()) return reply.Fail(StorageFailure(recorded.status()));
    if (!*recorded) return reply.Fail(NoSample(outcome.sample));
    v1::DrawSampleResponse response;
    *response.mutable_sample() = ToSample(**recorded);
    reply.Finish(response);
  };
  backend_.executor.Submit(std::move(order));
}

void InspectionService::ListSamples(const Caller& caller, v1::ListSamplesRequest request,
                                    Reply<v1::ListSamplesResponse> reply) {
  const std::string query = absl::StrCat("samples/", request.plan());
  const Page page = PageOf(request, query, kSamplesDefault, kPageMax, 0);
  if (page.failure) return reply.Fail(*page.failure);
  Work(backend_, caller, reply, [=, this, request = std::move(request)] {
    const LedgerView view(backend_.kv);
    v1::ListSamplesResponse response;
    // A page begins with this number; 0: with the newest, whose number the first read tells.
    uint32_t number = static_cast<uint32_t>(page.first);
    do {
      const auto recorded = view.reader().ReadSample(caller.actor.tenant, number);
      if (!recorded.ok()) return reply.Fail(StorageFailure(recorded.status()));
      if (!*recorded) break;
      v1::Sample sample = ToSample(**recorded);
      number = sample.draw().number() - 1;
      sample.mutable_draw()->clear_tickets();
      if (request.plan().empty() || sample.draw().plan().id() == request.plan())
        response.add_samples()->Swap(&sample);
    } while (number > 0 && response.samples_size() < page.size);
    if (number > 0) response.set_next_page_token(MakePageToken(query, absl::StrCat(number)));
    reply.Finish(response);
  });
}

void InspectionService::GetSample(const Caller& caller, v1::GetSampleRequest request,
                                  Reply<v1::GetSampleResponse> reply) {
  if (request.number() == 0) return reply.Fail(NoSample(0));
  Work(backend_, caller, reply, [this, caller, request, reply] {
    const LedgerView view(backend_.kv);
    const auto recorded = view.reader().ReadSample(caller.actor.tenant, request.number());
    if (!recorded.ok()) return reply.Fail(StorageFailure(recorded.status()));
    if (!*recorded) return reply.Fail(NoSample(request.number()));
    v1::GetSampleResponse response;
    *response.mutable_sample() = ToSample(**recorded);
    reply.Finish(response);
  });
}

void InspectionService::ListSampledTickets(const Caller& caller,
                                           v1::ListSampledTicketsRequest request,
                                           Reply<v1::ListSampledTicketsResponse> reply) {
  if (request.number() == 0) return reply.Fail(NoSample(0));
  const std::string query = absl::StrCat("cases/", request.number(), "/", request.open());
  const Page page = PageOf(request, query, kCasesDefault, kPageMax, 0);
  if (page.failure) return reply.Fail(*page.failure);
  Work(backend_, caller, reply, [=, this, request = std::move(request)] {
    const LedgerView view(backend_.kv);
    const std::string& tenant = caller.actor.tenant;
    const auto recorded = view.reader().ReadSample(tenant, request.number());
    if (!recorded.ok()) return reply.Fail(StorageFailure(recorded.status()));
    if (!*recorded) return reply.Fail(NoSample(request.number()));
    auto read = ReadCases(view.reader(), tenant, (*recorded)->event.sample_drawn(),
                          request.open(), static_cast<int>(page.first), page.size);
    if (!read.ok()) return reply.Fail(StorageFailure(read.status()));
    v1::ListSampledTicketsResponse response;
    for (v1::SampledCase& shown : read->cases) response.add_cases()->Swap(&shown);
    if (read->next != 0)
      response.set_next_page_token(MakePageToken(query, absl::StrCat(read->next)));
    reply.Finish(response);
  });
}

void InspectionService::ListPopulation(const Caller& caller, v1::ListPopulationRequest request,
                                       Reply<v1::ListPopulationResponse> reply) {
  if (request.number() == 0) return reply.Fail(NoSample(0));
  const std::string query = absl::StrCat("population/", request.number());
  const Page page = PageOf(request, query, kPopulationDefault, kPopulationMax, 1);
  if (page.failure) return reply.Fail(*page.failure);
  WorkLong(backend_, caller, reply, [=, this, request = std::move(request)] {
    const LedgerView view(backend_.kv, UntilOver(reply));
    const std::string& tenant = caller.actor.tenant;
    const auto recorded = view.reader().ReadSample(tenant, request.number());
    if (!recorded.ok()) return reply.Fail(StorageFailure(recorded.status()));
    if (!*recorded) return reply.Fail(NoSample(request.number()));
    auto read = ReadPopulation(view.reader(), tenant, (*recorded)->event.sample_drawn(),
                               page.first, page.size);
    if (!read.ok()) return reply.Fail(StorageFailure(read.status()));
    v1::ListPopulationResponse response;
    for (v1::PopulationMember& member : read->members) response.add_members()->Swap(&member);
    if (read->next_id != 0)
      response.set_next_page_token(MakePageToken(query, absl::StrCat(read->next_id)));
    reply.Finish(response);
  });
}

void InspectionService::RecordInspection(const Caller& caller, v1::RecordInspectionRequest request,
                                         Reply<v1::RecordInspectionResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_record_inspection()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void InspectionService::DisputeInspection(const Caller& caller,
                                          v1::DisputeInspectionRequest request,
                                          Reply<v1::DisputeInspectionResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_dispute_inspection()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void InspectionService::DecideInspection(const Caller& caller, v1::DecideInspectionRequest request,
                                         Reply<v1::DecideInspectionResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_decide_inspection()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void InspectionService::GetInspectionReport(const Caller& caller,
                                            v1::GetInspectionReportRequest request,
                                            Reply<v1::GetInspectionReportResponse> reply) {
  std::vector<engine::FieldViolation> violations;
  ParseDayOr(request.from_day(), "from_day", 0, violations);
  ParseDayOr(request.to_day(), "to_day", 0, violations);
  if (!violations.empty()) return reply.Fail(InvalidRequest(violations));
  WorkLong(backend_, caller, reply, [this, caller, request = std::move(request), reply] {
    const LedgerView view(backend_.kv, UntilOver(reply));
    const auto report = ReadInspectionReport(view.reader(), caller.actor.tenant, request);
    if (!report.ok()) return reply.Fail(StorageFailure(report.status()));
    if (request.sample() != 0 && report->samples() == 0)
      return reply.Fail(NoSample(request.sample()));
    reply.Finish(*report);
  });
}

void InspectionService::SubmitMysteryIssue(const Caller& caller,
                                           v1::SubmitMysteryIssueRequest request,
                                           Reply<v1::SubmitMysteryIssueResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_submit_mystery_issue()->Swap(&request);
  order.done = [reply](Outcome outcome) {
    if (outcome.failure) return reply.Fail(*outcome.failure);
    v1::SubmitMysteryIssueResponse response;
    response.mutable_ticket()->Swap(&outcome.tickets.back());
    *response.mutable_receipt() = outcome.receipt;
    reply.Finish(response);
  };
  backend_.executor.Submit(std::move(order));
}

void InspectionService::ListMysteryIssues(const Caller& caller,
                                          v1::ListMysteryIssuesRequest request,
                                          Reply<v1::ListMysteryIssuesResponse> reply) {
  const Page page = PageOf(request, "mysteries/", kSamplesDefault, kPageMax,
                           std::numeric_limits<uint64_t>::max());
  if (page.failure) return reply.Fail(*page.failure);
  Work(backend_, caller, reply, [=, this] {
    const LedgerView view(backend_.kv);
    auto read = ReadMysteries(view.reader(), caller.actor.tenant, page.first, page.size);
    if (!read.ok()) return reply.Fail(StorageFailure(read.status()));
    v1::ListMysteryIssuesResponse response;
    for (v1::MysteryCase& shown : read->cases) response.add_cases()->Swap(&shown);
    if (read->next_before_id != 0)
      response.set_next_page_token(
          MakePageToken("mysteries/", absl::StrCat(read->next_before_id)));
    reply.Finish(response);
  });
}

}  // namespace redress::services

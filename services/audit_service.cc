#include "services/audit_service.h"

#include <utility>
#include <variant>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/measure/day.h"
#include "engine/time/instant.h"
#include "services/as_of.h"
#include "services/measure_reader.h"
#include "services/personal_read.h"
#include "services/report_failure.h"
#include "services/report_reader.h"
#include "services/verify.h"

namespace redress::services {
namespace {

// Reports that go through the ledger hold up no others.
WorkerPool& PoolFor(Backend& backend, bool is_long) {
  return is_long ? backend.long_workers : backend.workers;
}

constexpr int kMembersDefault = 100;
constexpr int kMembersMax = 1000;

std::string MembersQuery(const v1::ListMembersRequest& request) {
  v1::ListMembersRequest query = request;
  query.clear_page_token();
  query.clear_page_size();
  return absl::StrCat("members/", query.SerializeAsString());
}

v1::ListMembersResponse ToResponse(const v1::ListMembersRequest& request, MemberPage page) {
  v1::ListMembersResponse response;
  for (v1::Member& member : page.members) response.add_members()->Swap(&member);
  if (page.next_ticket_id != 0)
    response.set_next_page_token(
        MakePageToken(MembersQuery(request), absl::StrCat(page.next_ticket_id)));
  return response;
}

// What is given but belongs to another question: to pass over it would be to answer that one.
std::vector<engine::FieldViolation> StrayFields(const v1::ListMembersRequest& request) {
  std::vector<engine::FieldViolation> stray;
  const auto refuse = [&stray](bool is_given, const char* field, const char* rule) {
    if (is_given) stray.push_back({field, rule});
  };
  if (request.measure().empty()) {
    constexpr char kOfMeasures[] = "is only for a measure";
    refuse(!request.by().empty(), "by", kOfMeasures);
    refuse(request.values_size() > 0, "values", kOfMeasures);
    refuse(request.part() != v1::MEASURE_PART_UNSPECIFIED, "part", kOfMeasures);
    refuse(!request.value().empty() && request.dimension() == v1::DIMENSION_UNSPECIFIED, "value",
           "is only for a dimension");
    return stray;
  }
  constexpr char kOfCounters[] = "is only for a counter; a measure is narrowed by by and values";
  refuse(!request.counter().empty(), "counter", "must not be given with a measure");
  refuse(request.dimension() != v1::DIMENSION_UNSPECIFIED, "dimension", kOfCounters);
  refuse(!request.value().empty(), "value", kOfCounters);
  refuse(request.values_size() > 0 && request.by().empty(), "values", "is only for a split");
  return stray;
}

// The query, or the fields that are wrong. Empty days mean the first figure and tomorrow.
std::vector<engine::FieldViolation> ParseQuery(const v1::ListMembersRequest& request,
                                               int32_t first_day, int32_t today,
                                               MemberQuery& query) {
  std::vector<engine::FieldViolation> violations = StrayFields(request);
  const engine::CounterEntry* entry = engine::FindCounter(request.counter());
  if (entry == nullptr) {
    std::string rule = "must be one of";
    for (const engine::CounterEntry& known : engine::Counters())
      absl::StrAppend(&rule, " ", known.name);
    violations.push_back({"counter", rule});
  } else {
    query.counter = entry->counter;
  }
  query.from_day = ParseDayOr(request.from_day(), "from_day", first_day, violations);
  query.to_day = ParseDayOr(request.to_day(), "to_day", today + 1, violations);
  if (query.to_day <= query.from_day)
    violations.push_back({"to_day", "must be later than from_day"});
  if (!v1::Dimension_IsValid(request.dimension()) || request.dimension() == v1::DIMENSION_DAY)
    violations.push_back({"dimension", "must be one that tickets have; give days as a period"});
  query.dimension = request.dimension();
  query.value = request.value();
  return violations;
}

}  // namespace

AuditService::AuditService(Backend& backend)
    : backend_(backend), methods_(*v1::GetReportRequest::descriptor()->file()->FindServiceByName(
                             "AuditService")) {
  methods_.Unary("GetReport", this, &AuditService::GetReport);
  methods_.Unary("GetMeasures", this, &AuditService::GetMeasures);
  methods_.Unary("ListMembers", this, &AuditService::ListMembers);
  methods_.ServerStream("VerifyLedger", this, &AuditService::VerifyLedger);
  methods_.Unary("GetFindings", this, &AuditService::GetFindings);
  methods_.Unary("ListFindings", this, &AuditService::ListFindings);
  methods_.Unary("ListReads", this, &AuditService::ListReads);
}

void AuditService::GetReport(const Caller& caller, v1::GetReportRequest request,
                             Reply<v1::GetReportResponse> reply) {
  const bool is_long = request.check() || AsOfOf(request).is_given();
  const auto work = [this, caller, request = std::move(request), reply] {
    const LedgerView view(backend_.kv, UntilOver(reply));
    auto result =
        ReadReport(view.reader(), caller.actor.tenant, request, backend_.clock.Now());
    if (!result.ok()) return reply.Fail(StorageFailure(result.status()));
    if (const auto* failure = std::get_if<engine::ReportFailure>(&*result))
      return reply.Fail(ToFailure(*failure));
    v1::GetReportResponse response;
    response.mutable_report()->Swap(&std::get<v1::Report>(*result));
    reply.Finish(response);
  };
  WorkIn(PoolFor(backend_, is_long), caller.actor.tenant, caller.actor.id, reply, work);
}

void AuditService::GetMeasures(const Caller& caller, v1::GetMeasuresRequest request,
                               Reply<v1::GetMeasuresResponse> reply) {
  const bool is_long = request.check() || request.has_as_of_time() || request.as_of_commit() != 0;
  const auto work = [this, caller, request = std::move(request), reply] {
    const LedgerView view(backend_.kv, UntilOver(reply));
    const std::string& tenant = caller.actor.tenant;
    const auto live = backend_.playbooks.Live(view.reader(), tenant);
    if (!live.ok()) return reply.Fail(StorageFailure(live.status()));
    auto result = ReadMeasureReports(view.reader(), tenant, live->playbook.get(), request,
                                     backend_.clock.Now());
    if (!result.ok()) return reply.Fail(StorageFailure(result.status()));
    if (const auto* failure = std::get_if<engine::ReportFailure>(&*result))
      return reply.Fail(ToFailure(*failure));
    reply.Finish(std::get<v1::GetMeasuresResponse>(*result));
  };
  WorkIn(PoolFor(backend_, is_long), caller.actor.tenant, caller.actor.id, reply, work);
}

void AuditService::ListMembers(const Caller& caller, v1::ListMembersRequest request,
                               Reply<v1::ListMembersResponse> reply) {
  const std::optional<int> size = PageSize(request.page_size(), kMembersDefault, kMembersMax);
  if (!size)
    return reply.Fail(services::ToFailure(
        engine::InvalidField("page_size", "must not be negative")));
  const std::optional<std::string> position =
      ParsePageToken(MembersQuery(request), request.page_token());
  uint64_t first = 1;
  if (!position || (!position->empty() && !absl::SimpleAtoi(*position, &first)))
    return reply.Fail(BadPageToken());
  Work(backend_, caller, reply, [=, this, request = std::move(request)] {
    if (!request.measure().empty()) return ListOfMeasure(caller, request, first, *size, reply);
    ListOfCounter(caller, request, first, *size, reply);
  });
}

void AuditService::ListOfCounter(const Caller& caller, const v1::ListMembersRequest& request,
                                 uint64_t first, int size,
                                 Reply<v1::ListMembersResponse> reply) {
  const LedgerView view(backend_.kv);
  const std::string& tenant = caller.actor.tenant;
  const absl::Time now = backend_.clock.Now();
  MemberQuery query{};
  int32_t today = engine::DayOf(engine::ToTimestamp(now));
  if (AsOfOf(request).is_given()) {
    const auto horizon = FindHorizon(view.reader(), tenant, AsOfOf(request), now);
    if (!horizon.ok()) return reply.Fail(StorageFailure(horizon.status()));
    if (const auto* failure = std::get_if<engine::ReportFailure>(&*horizon))
      return reply.Fail(ToFailure(*failure));
    query.last_commit = std::get<Horizon>(*horizon).commit;
    today = std::get<Horizon>(*horizon).day;
  }
  const auto first_day = FirstDay(view.reader(), tenant, today);
  if (!first_day.ok()) return reply.Fail(StorageFailure(first_day.status()));
  const auto violations = ParseQuery(request, *first_day, today, query);
  if (!violations.empty()) return reply.Fail(InvalidRequest(violations));
  auto page = ReadMembers(view.reader(), tenant, query, first, size);
  if (!page.ok()) return reply.Fail(StorageFailure(page.status()));
  ShowMembers(caller, request, *std::move(page), reply);
}

void AuditService::ListOfMeasure(const Caller& caller, const v1::ListMembersRequest& request,
                                 uint64_t first, int size,
                                 Reply<v1::ListMembersResponse> reply) {
  if (const auto stray = StrayFields(request); !stray.empty())
    return reply.Fail(InvalidRequest(stray));
  const LedgerView view(backend_.kv);
  const std::string& tenant = caller.actor.tenant;
  const auto live = backend_.playbooks.Live(view.reader(), tenant);
  if (!live.ok()) return reply.Fail(StorageFailure(live.status()));
  auto page = ReadMeasureMembers(view.reader(), tenant, live->playbook.get(), request, first, size,
                                 backend_.clock.Now());
  if (!page.ok()) return reply.Fail(StorageFailure(page.status()));
  if (const auto* failure = std::get_if<engine::ReportFailure>(&*page))
    return reply.Fail(ToFailure(*failure));
  ShowMembers(caller, request, std::get<MemberPage>(*std::move(page)), reply);
}

void AuditService::ShowMembers(const Caller& caller, const v1::ListMembersRequest& request,
                               MemberPage page, const Reply<v1::ListMembersResponse>& reply) {
  v1::PersonalDataRead read =
      MakeRead("AuditService.ListMembers", v1::PERSONAL_DATA_KIND_MEMBERS);
  for (const v1::Member& member : page.members) read.add_ticket_ids(member.ticket_id());
  Show(backend_, caller, std::move(read), ToResponse(request, std::move(page)), reply);
}

void AuditService::VerifyLedger(const Caller& caller, v1::VerifyLedgerRequest,
                                Stream<v1::VerifyLedgerResponse> stream) {
  WorkLong(backend_, caller, stream, [this, tenant = caller.actor.tenant, stream] {
    const LedgerView view(backend_.kv);
    const auto tell = [&stream](const v1::VerifyLedgerResponse& progress) {
      if (stream.HasRoom()) stream.Send(progress);
      return !stream.is_over();
    };
    const v1::VerifyLedgerResponse finding = VerifyLedgerOf(
        view.reader(), tenant, tell,
        {.helpers = &backend_.workers, .playbooks = &backend_.playbooks});
    stream.Send(finding);
    stream.Close();
  });
}

}  // namespace redress::services

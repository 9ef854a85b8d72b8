// The calls of the audit service that list what people did: findings, and who read what.
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/ticket/reference.h"
#include "services/audit_service.h"
#include "services/findings_reader.h"
#include "services/personal_read.h"
#include "services/report_failure.h"

namespace redress::services {
namespace {

constexpr int kPageDefault = 100;
constexpr int kPageMax = kReadTicketsMax;

// What a page token of the request is bound to.
template <class Request>
std::string QueryOf(absl::string_view what, Request request) {
  request.clear_page_token();
  request.clear_page_size();
  return absl::StrCat(what, "/", request.SerializeAsString());
}

// Where a page begins and how many it holds; nothing: the call was answered with what is wrong.
struct Start {
  uint64_t first;
  int size;
};
template <class Request, class Response>
std::optional<Start> StartOf(const Request& request, const std::string& query, uint64_t otherwise,
                             const Reply<Response>& reply) {
  const std::optional<int> size = PageSize(request.page_size(), kPageDefault, kPageMax);
  if (!size) {
    reply.Fail(ToFailure(engine::InvalidField("page_size", "must not be negative")));
    return std::nullopt;
  }
  const std::optional<std::string> position = ParsePageToken(query, request.page_token());
  uint64_t first = otherwise;
  if (!position || (!position->empty() && !absl::SimpleAtoi(*position, &first))) {
    reply.Fail(BadPageToken());
    return std::nullopt;
  }
  return Start{first, *size};
}

}  // namespace

void AuditService::GetFindings(const Caller& caller, v1::GetFindingsRequest request,
                               Reply<v1::GetFindingsResponse> reply) {
  WorkLong(backend_, caller, reply, [this, caller, request = std::move(request), reply] {
    const LedgerView view(backend_.kv, UntilOver(reply));
    auto result =
        ReadFindings(view.reader(), caller.actor.tenant, request, backend_.clock.Now());
    if (!result.ok()) return reply.Fail(StorageFailure(result.status()));
    if (const auto* failure = std::get_if<engine::ReportFailure>(&*result))
      return reply.Fail(ToFailure(*failure));
    reply.Finish(std::get<v1::GetFindingsResponse>(*result));
  });
}

void AuditService::ListFindings(const Caller& caller, v1::ListFindingsRequest request,
                                Reply<v1::ListFindingsResponse> reply) {
  const std::string query = QueryOf("findings", request);
  const std::optional<Start> start = StartOf(request, query, 1, reply);
  if (!start) return;
  Work(backend_, caller, reply, [=, this, request = std::move(request)] {
    const LedgerView view(backend_.kv);
    auto result = ReadFindingPage(view.reader(), caller.actor.tenant, request, start->first,
                                  start->size, backend_.clock.Now());
    if (!result.ok()) return reply.Fail(StorageFailure(result.status()));
    if (const auto* failure = std::get_if<engine::ReportFailure>(&*result))
      return reply.Fail(ToFailure(*failure));
    auto& page = std::get<FindingPage>(*result);
    v1::PersonalDataRead read =
        MakeRead("AuditService.ListFindings", v1::PERSONAL_DATA_KIND_MEMBERS);
    v1::ListFindingsResponse response;
    for (v1::Finding& finding : page.findings) {
      const auto& ids = read.ticket_ids();
      if (ids.empty() || *ids.rbegin() != finding.ticket_id())
        read.add_ticket_ids(finding.ticket_id());
      response.add_findings()->Swap(&finding);
    }
    if (page.next_ticket_id != 0)
      response.set_next_page_token(MakePageToken(query, absl::StrCat(page.next_ticket_id)));
    Show(backend_, caller, std::move(read), std::move(response), reply);
  });
}

void AuditService::ListReads(const Caller& caller, v1::ListReadsRequest request,
                             Reply<v1::ListReadsResponse> reply) {
  const std::string query = QueryOf("reads", request);
  const std::optional<Start> start = StartOf(request, query, 0, reply);
  if (!start) return;
  ReadQuery asked{request.actor(), 0, start->first, start->size};
  if (!request.ticket().empty()) {
    const std::optional<uint64_t> id = engine::ParseTicketName(request.ticket());
    if (!id) return reply.Fail(ToFailure(engine::TicketNotFound(request.ticket())));
    asked.ticket_id = *id;
  }
  Work(backend_, caller, reply, [=, this]() mutable {
    const LedgerView view(backend_.kv);
    if (asked.before_commit == 0) {
      const auto head = view.reader().ReadHead(caller.actor.tenant);
      if (!head.ok()) return reply.Fail(StorageFailure(head.status()));
      asked.before_commit = head->commit() + 1;
    }
    auto page = services::ListReads(view.reader(), caller.actor.tenant, asked);
    if (!page.ok()) return reply.Fail(StorageFailure(page.status()));
    v1::ListReadsResponse response;
    for (v1::RecordedRead& read : page->reads) response.add_reads()->Swap(&read);
    if (page->next_before_commit != 0)
      response.set_next_page_token(MakePageToken(query, absl::StrCat(page->next_before_commit)));
    reply.Finish(response);
  });
}

}  // namespace redress::services

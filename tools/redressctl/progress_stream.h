// Calls that take minutes and tell meanwhile how far they are.
#pragma once

#include <grpcpp/support/sync_stream.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "tools/redressctl/context.h"
#include "tools/text/progress_bar.h"

namespace redress::ctl {

// How such a call ended.
template <class Response>
struct Finished {
  int exit_code;  // other than kExitOk: it failed, and why was told
  Response last;  // the answer that is `done`
};

// How far an answer says that the work is: so much of so many tickets, or percent.
template <class Response>
void ShowProgress(const Response& response, std::unique_ptr<text::ProgressBar>& bar,
                  Terminal& terminal) {
  constexpr bool is_percent = requires { response.percent(); };
  int64_t at = 0;
  int64_t total = 0;
  if constexpr (is_percent) {
    at = response.percent();
    total = 100;
  } else {
    at = static_cast<int64_t>(response.looked_at());
    total = static_cast<int64_t>(response.total());
  }
  if (bar == nullptr)
    bar = std::make_unique<text::ProgressBar>(terminal.err, terminal.is_err_tty,
                                              is_percent ? "" : "tickets", total, terminal.now());
  bar->Show(at, terminal.now());
}

// Reads the answers of such a call, by a method of a generated stub, to the end. `work` names it
// for people, `result` what it should have brought: "the backtest", "a finding".
template <class Stub, class Request, class Response>
Finished<Response> ReadToEnd(Context& context,
                             std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(
                                 grpc::ClientContext*, const Request&),
                             const Request& request, const char* work, const char* result) {
  Stub stub(context.session.channel());
  const auto call = context.session.NewContext(/*has_deadline=*/false);
  const auto reader = (stub.*method)(call.get(), request);
  Finished<Response> finished{kExitOk, {}};
  {
    std::unique_ptr<text::ProgressBar> bar;
    while (reader->Read(&finished.last)) ShowProgress(finished.last, bar, context.terminal);
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok())
    finished.exit_code = context.Fail(status);
  else if (!finished.last.done())
    finished.exit_code =
        context.Fail(absl::StrCat("the server ended ", work, " without ", result));
  return finished;
}

}  // namespace redress::ctl

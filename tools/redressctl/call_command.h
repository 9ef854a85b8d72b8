// A command that is one call of the API: options fill the request, a function shows the response.
//
// Requests with a request id get a fresh one unless --request-id gives it. Responses with pages get
// --all.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tools/redressctl/command.h"

namespace redress::ctl {

template <typename Stub, typename Request, typename Response>
class CallCommand : public Command {
 public:
  using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);
  using Show = std::function<void(const Response&, Context&)>;

  CallCommand(Method method, Show show, std::vector<Field> fields)
      : method_(method), show_(show), fields_(std::move(fields)) {}

  void Declare(Declarer& declarer) override {
    for (const Field& field : fields_) BindField(declarer, request_, field);
    if constexpr (kHasRequestId) {
      BindField(declarer, request_,
                {"--request-id", "request_id", "Makes the call repeatable; random when left out"});
    }
    if constexpr (kHasPages) {
      BindField(declarer, request_,
                {"--page-token", "page_token", "Go on where the page before ended"});
      BindField(declarer, request_, {"--page-size", "page_size", "How many at a time"});
      declarer.app.add_flag("--all", has_all_, "Fetch every page");
    }
  }

  int Run(Context& context) override {
    if constexpr (kHasRequestId) {
      if (request_.request_id().empty()) request_.set_request_id(Session::NewRequestId());
    }
    Response response;
    const grpc::Status status = Fetch(context, response);
    if (!status.ok()) return FailCall(context, status);
    if (context.options.is_json) {
      context.PrintJson(response);
    } else {
      show_(response, context);
      SayMore(context, response);
    }
    return kExitOk;
  }

 protected:
  static constexpr bool kHasRequestId = requires(Request request) { request.request_id(); };
  static constexpr bool kHasPages = requires(Request request) { request.page_token(); };

  Request& request() { return request_; }

 private:
  // One page, or all of them. A filter can leave a page empty that is not the last: those are gone
  // over, so that an empty response says that there is nothing.
  grpc::Status Fetch(Context& context, Response& response) {
    if constexpr (kHasPages) {
      for (;;) {
        Response page;
        const grpc::Status status = context.session.Call(method_, request_, &page);
        if (!status.ok()) return status;
        response.MergeFrom(page);
        response.set_next_page_token(page.next_page_token());
        request_.set_page_token(page.next_page_token());
        page.clear_next_page_token();
        const bool is_last = request_.page_token().empty();
        const bool has_rows = page.ByteSizeLong() > 0;
        if (is_last || (has_rows && !has_all_)) return status;
      }
    } else {
      return context.session.Call(method_, request_, &response);
    }
  }

  int FailCall(Context& context, const grpc::Status& status) {
    const int code = context.Fail(status);
    if constexpr (kHasRequestId) {
      const bool is_unknown = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                              status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
      if (is_unknown) context.Say("  request id: " + request_.request_id());
    }
    return code;
  }

  void SayMore(Context& context, const Response& response) {
    if constexpr (kHasPages) {
      if (response.next_page_token().empty()) return;
      context.Say("there is more: add --all, or --page-token " + response.next_page_token());
    }
  }

  const Method method_;
  const Show show_;
  const std::vector<Field> fields_;
  Request request_;
  bool has_all_ = false;
};

// Adds a command that is a call of `method`.
template <typename Stub, typename Request, typename Response>
CLI::App* AddCall(CommandTree& tree, CLI::App* parent, const std::string& name,
                  const std::string& help,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  void (*show)(const Response&, Context&), std::vector<Field> fields) {
  return tree.Add(
      parent, name, help,
      std::make_unique<CallCommand<Stub, Request, Response>>(method, show, std::move(fields)));
}

}  // namespace redress::ctl

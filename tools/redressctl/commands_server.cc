// Health of the server, and what helps the shell.
#include <memory>

#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include "absl/strings/str_cat.h"
#include "google/protobuf/empty.pb.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/unknown_field_set.h"
#include "tools/redressctl/command.h"
#include "tools/redressctl/completion.h"

namespace redress::ctl {
namespace {

using google::protobuf::Empty;

constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";
constexpr const char* kServing[] = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};

// The health protocol is so small that its messages are read as unknown fields: the request for the whole server is
// empty, the response has the state in field 1.
std::string StateOf(const Empty& response) {
  const auto& fields = Empty::GetReflection()->GetUnknownFields(response);
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    if (field.number() != 1 || field.type() != google::protobuf::UnknownField::TYPE_VARINT) continue;
    if (field.varint() < std::size(kServing)) return kServing[field.varint()];
  }
  return kServing[0];
}

class HealthCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app.add_flag("--wait", is_waiting_,
                          "Wait until it serves, as long as --timeout allows");
  }

  int Run(Context& context) override {
    const absl::Time give_up = context.terminal.now() + TimeoutOf(context.options);
    for (;;) {
      Empty response;
      const grpc::Status status = Check(context, response);
      const std::string state = status.ok() ? StateOf(response) : "UNREACHABLE";
      const bool is_serving = state == kServing[1];
      const bool is_last = !is_waiting_ || context.terminal.now() >= give_up;
      if (!is_serving && !is_last) {
        context.terminal.sleep(absl::Milliseconds(50));
        continue;
      }
      if (!status.ok()) return context.Fail(status);
      Show(context, state);
      return is_serving ? kExitOk : kExitUnavailable;
    }
  }

 private:
  // Repeats are left to Run, which must not wait longer than it said.
  static grpc::Status Check(Context& context, Empty& response) {
    const auto call = context.session.NewContext(true);
    const auto& channel = context.session.channel();
    const grpc::internal::RpcMethod method(kHealthCheck, grpc::internal::RpcMethod::NORMAL_RPC);
    return grpc::internal::BlockingUnaryCall(channel.get(), method, call.get(), Empty(),
                                             &response);
  }

  static void Show(Context& context, const std::string& state) {
    if (!context.options.is_json) {
      context.terminal.out << context.options.server << " " << state << "\n";
      return;
    }
    google::protobuf::Struct health;
    (*health.mutable_fields())["server"].set_string_value(context.options.server);
    (*health.mutable_fields())["status"].set_string_value(state);
    context.PrintJson(health);
  }

  bool is_waiting_ = false;
};

class CompletionCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    CLI::Option* shell = declarer.app.add_option("SHELL", shell_, "bash, zsh or fish");
    shell->required()->type_name("SHELL");
    declarer.choices[shell] = {"bash", "zsh", "fish"};
  }

  int Run(Context& context) override {
    const std::string script = CompletionScript(shell_);
    if (script.empty()) {
      return context.FailUsage(absl::StrCat("there is no completion for \"", shell_,
                                            "\"; the shells are bash, zsh and fish"));
    }
    context.terminal.out << script;
    return kExitOk;
  }

  bool NeedsServer() const override { return false; }

 private:
  std::string shell_;
};

}  // namespace

void AddServerCommands(CommandTree& tree) {
  tree.Add(&tree.root(), "health", "Whether the server serves", std::make_unique<HealthCommand>());
  tree.Add(&tree.root(), "completion", "Print a script that completes commands in a shell",
           std::make_unique<CompletionCommand>());
}

}  // namespace redress::ctl

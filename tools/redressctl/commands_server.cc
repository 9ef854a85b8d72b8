// Health of the server, and what helps the shell.
#include <memory>

#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tools/redressctl/command.h"
#include "tools/redressctl/completion.h"

namespace redress::ctl {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

class HealthCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app.add_flag("--wait", is_waiting_,
                          "Wait until it serves, as long as --timeout allows");
  }

  int Run(Context& context) override {
    const absl::Time give_up = context.terminal.now() + TimeoutOf(context.options);
    for (;;) {
      HealthCheckResponse response;
      const grpc::Status status = Check(context, response);
      const bool is_serving = status.ok() && response.status() == HealthCheckResponse::SERVING;
      const bool is_last = !is_waiting_ || context.terminal.now() >= give_up;
      if (!is_serving && !is_last) {
        context.terminal.sleep(absl::Milliseconds(50));
        context.session.Reconnect();
        continue;
      }
      if (!status.ok()) return context.Fail(status);
      Show(context, HealthCheckResponse::ServingStatus_Name(response.status()));
      return is_serving ? kExitOk : kExitUnavailable;
    }
  }

 private:
  // Repeats are left to Run, which must not wait longer than it said.
  static grpc::Status Check(Context& context, HealthCheckResponse& response) {
    const auto call = context.session.NewContext(true);
    return Health::Stub(context.session.channel())
        .Check(call.get(), HealthCheckRequest(), &response);
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

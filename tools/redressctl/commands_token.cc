// Credentials for callers.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "services/auth.h"
#include "tools/redressctl/command.h"

namespace redress::ctl {
namespace {

// Adds one line in one write, so that a server which reads meanwhile sees all of it or nothing. A
// new file is for its owner alone.
absl::Status AppendLine(const std::string& path, const std::string& line) {
  const int file = open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return absl::InternalError(absl::StrCat(path, ": ", std::strerror(errno)));
  char last = '\n';
  const off_t length = lseek(file, 0, SEEK_END);
  if (length > 0 && pread(file, &last, 1, length - 1) != 1) last = '\0';
  const std::string bytes = absl::StrCat(last == '\n' ? "" : "\n", line, "\n");
  const bool is_written =
      write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  const int why = errno;
  if (close(file) == 0 && is_written) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(path, ": ", std::strerror(why)));
}

// Needs no server: the token file is the server's to read.
class NewTokenCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    CLI::App& app = declarer.app;
    app.add_option("--actor", actor_.id, "Who it is for; of a customer, the customer's id")
        ->required()
        ->type_name("TEXT");
    app.add_option("--tenant", actor_.tenant, "Whose they are; default when left out")
        ->type_name("TEXT");
    CLI::Option* roles = app.add_option("--role", roles_, "What they are; several apart by commas");
    roles->required()->delimiter(',')->expected(1, -1)->allow_extra_args(false);
    roles->type_name("agent|owner|manager|customer|admin|inspector");
    for (const services::Role role : services::kAllRoles) {
      declarer.choices[roles].push_back(std::string(services::RoleName(role)));
    }
    app.add_option("--department", actor_.departments, "Their departments; several apart by commas")
        ->delimiter(',')
        ->expected(1, -1)
        ->allow_extra_args(false)
        ->type_name("TEXT");
    app.add_flag("--all-departments", actor_.has_all_departments, "Every department is theirs");
    app.add_option("--file", path_, "Add the credential to this token file")->type_name("FILE");
  }

  bool NeedsServer() const override { return false; }

  int Run(Context& context) override {
    for (const std::string& name : roles_) {
      const auto role = services::FindRole(name);
      if (!role.has_value()) {
        return context.FailUsage(absl::StrCat(
            "--role: \"", name, "\" is none of agent, owner, manager, customer, admin, inspector"));
      }
      actor_.roles.Add(*role);
    }
    const auto token = services::CreateToken(actor_);
    if (!token.ok()) return context.Fail(token.status().message());
    if (!path_.empty()) {
      const absl::Status added = AppendLine(path_, token->line);
      if (!added.ok()) return context.Fail(added.message());
    }
    Show(context, *token);
    return kExitOk;
  }

 private:
  void Show(Context& context, const services::NewToken& token) {
    if (context.options.is_json) {
      google::protobuf::Struct json;
      (*json.mutable_fields())["token"].set_string_value(token.secret);
      (*json.mutable_fields())["line"].set_string_value(token.line);
      return context.PrintJson(json);
    }
    context.terminal.out << token.secret << "\n";
    context.Say("this is shown once; keep it where only its owner can read it");
    if (path_.empty()) context.Say(absl::StrCat("line for the server's token file:\n", token.line));
  }

  services::Actor actor_ = {.tenant = "default", .id = ""};
  std::vector<std::string> roles_;
  std::string path_;
};

}  // namespace

void AddTokenCommands(CommandTree& tree) {
  CLI::App* token = tree.Group("token", "Credentials of callers");
  tree.Add(token, "new", "Make a token", std::make_unique<NewTokenCommand>());
}

}  // namespace redress::ctl

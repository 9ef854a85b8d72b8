// Backups: made by the server, restored beside it.
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/struct.pb.h"
#include "redress/v1/admin_service.grpc.pb.h"
#include "services/restore.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/progress_stream.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"

namespace redress::ctl {
namespace {

using Stub = v1::AdminService::Stub;

std::string TimeText(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone());
}

std::string BackupText(const v1::Backup& backup) {
  const absl::Time time = absl::FromUnixSeconds(backup.create_time().seconds());
  return absl::StrCat("backup ", backup.number(), "  ", TimeText(time), "  ",
                      text::FormatCount(backup.size_bytes()), " bytes in ", backup.file_count(),
                      " files, format ", backup.format_version(), " of release ",
                      text::Printable(backup.release()), "\n");
}

void ShowBackups(const v1::ListBackupsResponse& response, Context& context) {
  if (response.backups().empty()) return context.Say("there is no backup");
  for (const v1::Backup& backup : response.backups()) context.terminal.out << BackupText(backup);
}

class CreateCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    BindField(declarer, request_,
              {"--keep", "keep", "Delete the oldest until so many are left; 0 keeps all"});
  }

  int Run(Context& context) override {
    const auto [exit_code, last] =
        ReadToEnd(context, &Stub::CreateBackup, request_, "the call", "a backup");
    if (exit_code != kExitOk) return exit_code;
    if (context.options.is_json) {
      context.PrintJson(last);
    } else {
      context.terminal.out << BackupText(last.backup()) << "holds commit " << last.commit()
                           << " and all before it\n";
    }
    return kExitOk;
  }

 private:
  v1::CreateBackupRequest request_;
};

// Works on directories of this machine; no server takes part.
class RestoreCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    CLI::App& app = declarer.app;
    app.add_option("BACKUPS", plan_.backups, "The directory of backups")
        ->required()
        ->type_name("DIR");
    app.add_option("TARGET", plan_.target, "The new directory for redressd --data")
        ->required()
        ->type_name("DIR");
    app.add_option("--number", plan_.number, "The backup; the newest when left out");
    CLI::Option* tenant =
        app.add_option("--of-tenant", plan_.tenant, "Take this tenant back to --commit");
    CLI::Option* commit =
        app.add_option("--commit", commit_, "The last commit of that tenant to keep; 0 for none");
    tenant->needs(commit);
    commit->needs(tenant);
    app.add_option("--time", time_, "Take every tenant back to this instant, as "
                                    "2026-11-01T12:00:00Z")
        ->excludes(commit);
    is_commit_given_ = commit;
  }

  int Run(Context& context) override {
    if (is_commit_given_->count() > 0) plan_.commit = commit_;
    if (!time_.empty()) {
      absl::Time time;
      if (!absl::ParseTime(absl::RFC3339_full, time_, &time, nullptr))
        return context.FailUsage("--time must be an instant such as 2026-11-01T12:00:00Z");
      plan_.time = time;
    }
    const auto finding = services::Restore(
        plan_, [&context](const std::string& step) { context.Say(text::Printable(step)); });
    if (!finding.ok()) return context.Fail(text::Printable(finding.status().message()));
    Show(*finding, context);
    return kExitOk;
  }

  bool NeedsServer() const override { return false; }

 private:
  void Show(const services::RestoreFinding& finding, Context& context) const {
    if (context.options.is_json) return ShowJson(finding, context);
    for (const services::RestoredTenant& tenant : finding.tenants)
      context.terminal.out << text::Printable(tenant.tenant) << ": clean, commit " << tenant.commit
                           << " of " << TimeText(tenant.time) << ", "
                           << text::FormatCount(static_cast<int64_t>(tenant.events)) << " events, "
                           << text::FormatCount(static_cast<int64_t>(tenant.tickets))
                           << " tickets\n";
    context.terminal.out << "restored backup " << finding.number << "; start with redressd --data "
                         << plan_.target << "\n";
  }

  static void ShowJson(const services::RestoreFinding& finding, Context& context) {
    google::protobuf::Struct shown;
    (*shown.mutable_fields())["backup"].set_number_value(finding.number);
    auto& tenants = *(*shown.mutable_fields())["tenants"].mutable_list_value();
    for (const services::RestoredTenant& tenant : finding.tenants) {
      auto& fields = *tenants.add_values()->mutable_struct_value()->mutable_fields();
      fields["tenant"].set_string_value(tenant.tenant);
      fields["commit"].set_string_value(absl::StrCat(tenant.commit));
      fields["time"].set_string_value(TimeText(tenant.time));
      fields["events"].set_string_value(absl::StrCat(tenant.events));
      fields["tickets"].set_string_value(absl::StrCat(tenant.tickets));
    }
    context.PrintJson(shown);
  }

  services::RestorePlan plan_;
  uint64_t commit_ = 0;
  std::string time_;
  const CLI::Option* is_commit_given_ = nullptr;
};

}  // namespace

void AddBackupCommands(CommandTree& tree) {
  CLI::App* backup = tree.Group("backup", "Backups of the server, and restoring them");
  tree.Add(backup, "create", "Make a backup while the server goes on",
           std::make_unique<CreateCommand>());
  AddCall(tree, backup, "list", "The backups that the server has", &Stub::ListBackups, ShowBackups,
          {});
  tree.Add(backup, "restore", "Make a directory from a backup, and verify it",
           std::make_unique<RestoreCommand>());
}

}  // namespace redress::ctl

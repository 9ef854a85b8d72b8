// The ledger as a file that proves itself, and the signed anchors that prove the file.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/ed25519.h"
#include "base/status.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "redress/v1/intake_service.pb.h"
#include "redress/v1/trail_service.grpc.pb.h"
#include "services/anchor.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/pipeline.h"
#include "tools/redressctl/trail_file.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/progress_bar.h"

namespace redress::ctl {
namespace {

using Stub = v1::TrailService::Stub;

absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf()))
    return absl::NotFoundError(absl::StrCat(path, " cannot be read or is empty"));
  return text.str();
}

// Reads protobuf JSON; names that the message does not have are passed over.
template <typename Message>
absl::StatusOr<Message> ReadJson(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadText(path));
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  Message message;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &message, options);
  if (status.ok()) return message;
  return absl::InvalidArgumentError(
      absl::StrCat(path, " is not JSON of this kind: ", std::string(status.message())));
}

class ExportCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    CLI::App& app = declarer.app;
    app.add_option("FILE", path_, "Where to write it")->required()->type_name("FILE");
    CLI::Option* format =
        app.add_option("--format", format_, "jsonl, which is the default, or csv");
    format->type_name("jsonl|csv")->check(CLI::IsMember({"jsonl", "csv"}));
    declarer.choices[format] = {"jsonl", "csv"};
    BindField(declarer, request_,
              {"--after", "after_commit", "Begin behind this commit; with the first if left out"});
    BindField(declarer, request_,
              {"--last", "last_commit", "End with this commit; with the newest if left out"});
    app.add_flag("--resume", resumes_, "Go on with a file that an export left unfinished");
  }

  int Run(Context& context) override {
    const trail::Format format =
        format_ == "csv" ? trail::Format::kCsv : trail::Format::kJsonLines;
    TrailWriter writer(format);
    const bool goes_on = resumes_ && std::filesystem::exists(path_);
    const absl::Status opened =
        goes_on ? writer.Resume(path_, [](int64_t) {}) : writer.Create(path_);
    if (!opened.ok()) return context.Fail(opened.message());
    const grpc::Status status = Fetch(context, writer);
    if (!status.ok()) {
      const int code = context.Fail(status);
      if (writer.last_commit())
        context.Say(absl::StrCat("  up to commit ", *writer.last_commit(), " is in ", path_,
                                 "; add --resume to go on"));
      return code;
    }
    const absl::Status finished = writer.Finish();
    if (!finished.ok()) return context.Fail(finished.message());
    Show(context, writer);
    return kExitOk;
  }

 private:
  // Asks again after the last commit that came, as long as some do.
  grpc::Status Fetch(Context& context, TrailWriter& writer) {
    grpc::Status status;
    for (int attempt = 0; attempt < kStreamAttemptsMax;) {
      if (attempt > 0) context.session.PauseBefore(attempt, status);
      if (writer.last_commit()) request_.set_after_commit(*writer.last_commit());
      const auto before = writer.last_commit();
      status = FetchOnce(context, writer);
      if (status.ok() || !IsPassing(status.error_code())) return status;
      attempt = writer.last_commit() == before ? attempt + 1 : 1;
    }
    return status;
  }

  grpc::Status FetchOnce(Context& context, TrailWriter& writer) {
    const auto call = context.session.NewContext(false);
    const auto reader = Stub(context.session.channel()).ExportTrail(call.get(), request_);
    v1::ExportTrailResponse response;
    std::unique_ptr<text::ProgressBar> bar;
    absl::Status written;
    while (written.ok() && reader->Read(&response)) {
      if (!response.has_start()) {
        written = writer.Add(response.commit());
      } else {
        written = writer.Start(response.start());
        last_commit_ = response.start().last_commit();
        bar = std::make_unique<text::ProgressBar>(
            context.terminal.err, context.terminal.is_err_tty, "commits",
            static_cast<int64_t>(last_commit_), context.terminal.now());
      }
      if (bar != nullptr)
        bar->Show(static_cast<int64_t>(writer.last_commit().value_or(0)), context.terminal.now());
    }
    if (!written.ok()) call->TryCancel();
    const grpc::Status status = reader->Finish();
    if (!written.ok())
      return grpc::Status(grpc::StatusCode::INTERNAL, std::string(written.message()));
    if (status.ok() && writer.last_commit() != last_commit_)
      return grpc::Status(grpc::StatusCode::UNAVAILABLE, "the server ended the trail early");
    return status;
  }

  void Show(Context& context, const TrailWriter& writer) const {
    if (context.options.is_json) {
      google::protobuf::Struct json;
      (*json.mutable_fields())["file"].set_string_value(path_);
      (*json.mutable_fields())["commit"].set_string_value(absl::StrCat(*writer.last_commit()));
      (*json.mutable_fields())["hash"].set_string_value(
          absl::BytesToHexString(writer.last_hash()));
      (*json.mutable_fields())["events"].set_string_value(absl::StrCat(writer.events()));
      return context.PrintJson(json);
    }
    context.terminal.out << path_ << ": "
                         << text::FormatCount(static_cast<int64_t>(writer.events()))
                         << " events, up to commit " << *writer.last_commit() << " "
                         << absl::BytesToHexString(writer.last_hash()) << "\n";
    context.Say(absl::StrCat("next: redressctl audit verify ", path_));
  }

  std::string path_;
  std::string format_ = "jsonl";
  bool resumes_ = false;
  v1::ExportTrailRequest request_;
  uint64_t last_commit_ = 0;
};

class AnchorCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app.add_option("--out", path_, "Write it to this new file")->type_name("FILE");
  }

  int Run(Context& context) override {
    v1::GetAnchorResponse response;
    const grpc::Status status =
        context.session.Call(&Stub::GetAnchor, v1::GetAnchorRequest(), &response);
    if (!status.ok()) return context.Fail(status);
    if (path_.empty()) {
      context.PrintJson(response.anchor());
      return kExitOk;
    }
    if (std::filesystem::exists(path_))
      return context.Fail(absl::StrCat(path_, " exists; name another file"));
    std::ofstream file(path_, std::ios::binary);
    file << ToJson(response.anchor()) << "\n";
    file.close();
    if (!file) return context.Fail(absl::StrCat(path_, " cannot be written"));
    context.Say(absl::StrCat(path_, ": commit ", response.anchor().commit(), " of tenant ",
                             text::Printable(response.anchor().tenant()),
                             "; keep it where the server cannot reach it"));
    return kExitOk;
  }

 private:
  std::string path_;
};

// Needs no server.
class KeygenCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app
        .add_option("FILE", path_,
                    "Where to write the private key; the public one goes to FILE.pub")
        ->required()
        ->type_name("FILE");
  }

  bool NeedsServer() const override { return false; }

  int Run(Context& context) override {
    const base::SigningKey key = base::SigningKey::Generate();
    absl::Status status = WriteNew(path_, key.PrivatePem(), S_IRUSR | S_IWUSR);
    if (status.ok())
      status = WriteNew(path_ + ".pub", key.PublicPem(), S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
    if (!status.ok()) return context.Fail(status.message());
    context.Say(absl::StrCat("start redressd with --anchor-key ", path_, "; give ", path_,
                             ".pub to whoever checks anchors"));
    return kExitOk;
  }

 private:
  static absl::Status WriteNew(const std::string& path, const std::string& text, mode_t mode) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) return absl::InternalError(absl::StrCat(path, ": ", std::strerror(errno)));
    const bool is_written =
        write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (close(file) == 0 && is_written) return absl::OkStatus();
    return absl::InternalError(absl::StrCat(path, " cannot be written"));
  }

  std::string path_;
};

// Needs no server: that is the point.
class VerifyTrailCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    CLI::App& app = declarer.app;
    app.add_option("FILE", path_, "An exported trail, JSON Lines or CSV")
        ->required()
        ->type_name("FILE");
    CLI::Option* anchors =
        app.add_option("--anchor", anchors_,
                       "Anchors that the trail must hold; several apart by commas");
    anchors->delimiter(',')->expected(1, -1)->allow_extra_args(false)->type_name("FILE");
    CLI::Option* key = app.add_option("--public-key", key_, "The key that must have signed them");
    key->type_name("FILE");
    anchors->needs(key);
    key->needs(anchors);
    app.add_option("--receipt", receipts_,
                   "Receipts, or replies with one, that it must hold; several apart by commas")
        ->delimiter(',')
        ->expected(1, -1)
        ->allow_extra_args(false)
        ->type_name("FILE");
  }

  bool NeedsServer() const override { return false; }

  int Run(Context& context) override {
    const absl::StatusOr<trail::TrailState> state = Check(context);
    if (!state.ok()) {
      if (context.options.is_json) PrintFinding(context, state.status().message(), nullptr);
      else
        context.terminal.out << "DIFFERS: "
                             << text::Printable(std::string(state.status().message())) << "\n";
      return kExitFailure;
    }
    if (context.options.is_json) {
      PrintFinding(context, "", &*state);
      return kExitOk;
    }
    context.terminal.out << "clean: tenant " << text::Printable(state->tenant) << ", commits "
                         << state->after_commit + 1 << " to " << state->commit << ", "
                         << text::FormatCount(static_cast<int64_t>(state->events))
                         << " events\nlast commit: " << absl::BytesToHexString(state->hash) << "\n";
    if (anchors_.empty())
      context.Say("whole in itself; only an anchor shows that it was not made anew: "
                  "add --anchor and --public-key");
    return kExitOk;
  }

 private:
  absl::StatusOr<trail::TrailState> Check(Context& context) const {
    ASSIGN_OR_RETURN(const trail::Format format, FormatOfFile(path_));
    trail::TrailChecker checker(format);
    RETURN_IF_ERROR(ExpectAnchors(checker));
    RETURN_IF_ERROR(ExpectReceipts(checker));
    {
      text::ProgressBar bar(context.terminal.err, context.terminal.is_err_tty, "bytes",
                            static_cast<int64_t>(std::filesystem::file_size(path_)),
                            context.terminal.now());
      RETURN_IF_ERROR(CheckLines(path_, checker, [&](int64_t bytes) {
        bar.Show(bytes, context.terminal.now());
      }));
    }
    RETURN_IF_ERROR(checker.Finish());
    return checker.state();
  }

  absl::Status ExpectAnchors(trail::TrailChecker& checker) const {
    if (anchors_.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::string pem, ReadText(key_));
    const absl::StatusOr<std::string> key = base::PublicKeyFromPem(pem);
    if (!key.ok())
      return absl::InvalidArgumentError(absl::StrCat(key_, ": ", key.status().message()));
    for (const std::string& path : anchors_) {
      ASSIGN_OR_RETURN(v1::Anchor anchor, ReadJson<v1::Anchor>(path));
      if (const auto fault = services::FindAnchorFault(anchor, *key))
        return absl::DataLossError(absl::StrCat(path, ": ", *fault));
      checker.Expect(std::move(anchor));
    }
    return absl::OkStatus();
  }

  absl::Status ExpectReceipts(trail::TrailChecker& checker) const {
    for (const std::string& path : receipts_) {
      ASSIGN_OR_RETURN(v1::SubmitIssueResponse reply, ReadJson<v1::SubmitIssueResponse>(path));
      v1::Receipt receipt = reply.receipt();
      if (!reply.has_receipt()) {
        ASSIGN_OR_RETURN(receipt, ReadJson<v1::Receipt>(path));
      }
      if (receipt.position().commit() == 0)
        return absl::InvalidArgumentError(absl::StrCat(path, " holds no receipt"));
      checker.Expect(std::move(receipt));
    }
    return absl::OkStatus();
  }

  static void PrintFinding(Context& context, absl::string_view fault,
                           const trail::TrailState* state) {
    google::protobuf::Struct json;
    (*json.mutable_fields())["clean"].set_bool_value(state != nullptr);
    if (state == nullptr) {
      (*json.mutable_fields())["firstDifference"].set_string_value(std::string(fault));
    } else {
      (*json.mutable_fields())["tenant"].set_string_value(state->tenant);
      (*json.mutable_fields())["commit"].set_string_value(absl::StrCat(state->commit));
      (*json.mutable_fields())["hash"].set_string_value(absl::BytesToHexString(state->hash));
      (*json.mutable_fields())["events"].set_string_value(absl::StrCat(state->events));
    }
    context.PrintJson(json);
  }

  std::string path_;
  std::vector<std::string> anchors_;
  std::string key_;
  std::vector<std::string> receipts_;
};

}  // namespace

void AddAuditCommands(CommandTree& tree) {
  CLI::App* audit = tree.Group("audit", "The ledger as a file that can be checked anywhere");
  tree.Add(audit, "export", "Write the ledger's events to a file",
           std::make_unique<ExportCommand>());
  tree.Add(audit, "verify", "Check an exported file, without a server",
           std::make_unique<VerifyTrailCommand>());
  tree.Add(audit, "anchor", "A signed statement of how far the ledger goes",
           std::make_unique<AnchorCommand>());
  tree.Add(audit, "keygen", "Make the key pair that signs and checks anchors",
           std::make_unique<KeygenCommand>());
  AddFindingCommands(tree, audit);
}

}  // namespace redress::ctl

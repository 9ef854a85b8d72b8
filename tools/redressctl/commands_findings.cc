// What should be looked at, and who looked at personal data.
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "redress/v1/audit_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/findings_text.h"

namespace redress::ctl {
namespace {

using Stub = v1::AuditService::Stub;

const Field kFrom = {"--from", "from_day", "The first day, UTC, as 2026-11-01"};
const Field kTo = {"--to", "to_day", "The day after the last"};
const Field kNear = {"--near", "near_percent",
                     "What is near: the last so many percent of the promised time; 10", kOptional,
                     kPositive};

void ShowFindings(const v1::GetFindingsResponse& response, Context& context) {
  context.terminal.out << FindingsText(response, context.HasColor());
}

void ShowFinding(const v1::ListFindingsResponse& response, Context& context) {
  if (response.findings().empty()) return context.Say("nothing of this kind was found");
  context.terminal.out << FindingText(response, context.HasColor());
}

void ShowReads(const v1::ListReadsResponse& response, Context& context) {
  if (response.reads().empty()) return context.Say("no read is recorded");
  context.terminal.out << ReadsText(response, context.HasColor());
}

using FindingCall = CallCommand<Stub, v1::ListFindingsRequest, v1::ListFindingsResponse>;

class FindingCommand : public FindingCall {
 public:
  FindingCommand()
      : FindingCall(&Stub::ListFindings, ShowFinding,
                    {{"KIND", "kind", "The kind of finding", kRequired},
                     kFrom,
                     kTo,
                     kNear,
                     {"--department", "department", "Only of this department"}}) {}

  void Declare(Declarer& declarer) override {
    FindingCall::Declare(declarer);
    declarer.app
        .add_option("--answer", digest_, "Of same-answer: the digest, as audit findings shows it")
        ->type_name("DIGEST");
  }

  int Run(Context& context) override {
    for (const char letter : digest_)
      if (!absl::ascii_isxdigit(static_cast<unsigned char>(letter)))
        return context.FailUsage("--answer is a digest in hex, as audit findings shows it");
    request().set_answer_digest(absl::HexStringToBytes(digest_));
    return FindingCall::Run(context);
  }

 private:
  std::string digest_;
};

}  // namespace

void AddFindingCommands(CommandTree& tree, CLI::App* audit) {
  AddCall(tree, audit, "findings", "What should be looked at, by counts; never a verdict",
          &Stub::GetFindings, ShowFindings,
          {kFrom,
           kTo,
           kNear,
           {"--same", "same_answers_min", "So many tickets with one answer are a finding; 5",
            kOptional, kPositive}});
  tree.Add(audit, "finding", "The tickets behind one kind of finding",
           std::make_unique<FindingCommand>());
  AddCall(tree, audit, "reads", "Who was shown personal data without working on the tickets",
          &Stub::ListReads, ShowReads,
          {{"--actor", "actor", "Only by this actor"},
           {"--ticket", "ticket", "Only of this ticket"}});
}

}  // namespace redress::ctl

// Samples, inspections, their disputes and error rates; issues that test how they are handled.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "redress/v1/inspection_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/issue_fields.h"
#include "tools/redressctl/measure_figure.h"
#include "tools/redressctl/ticket_text.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/enum_text.h"
#include "tools/text/table.h"

namespace redress::ctl {
namespace {

using Stub = v1::InspectionService::Stub;
using text::Align;

constexpr int64_t kMillion = 1'000'000;
constexpr int kRateParts = 100;
const Field kTicket = {"TICKET", "ticket", "Id or reference", kRequired};
const Field kNumber = {"NUMBER", "number", "Of the inspection, within the ticket", kRequired};
const Field kSample = {"SAMPLE", "number", "Its number", kRequired};

std::string SizeText(const v1::SampleSize& size) {
  std::vector<std::string> parts;
  if (size.rate() > 0)
    parts.push_back(absl::StrFormat("%d.%02d%%", size.rate() / kRateParts,
                                    size.rate() % kRateParts));
  if (size.count() > 0) parts.push_back(absl::StrCat("at least ", size.count()));
  return parts.empty() ? "none" : absl::StrJoin(parts, ", ");
}

void ShowPlans(const v1::ListPlansResponse& response, Context& context) {
  text::Table plans({{"PLAN"}, {"FORM"}, {"BY"}, {"DRAWS"}, {"TITLE"}});
  for (const v1::SamplingPlan& plan : response.plans()) {
    std::string size = SizeText(plan.size());
    for (const v1::StratumSize& stratum : plan.strata())
      absl::StrAppend(&size, "; ", absl::StrJoin(stratum.values(), " "), " ",
                      SizeText(stratum.size()));
    plans.AddRow({plan.id(), plan.form(), absl::StrJoin(plan.by(), ", "), size, plan.title()});
  }
  context.terminal.out << plans.Render(context.HasColor()) << "\n";
  text::Table items({{"FORM"}, {"ITEM"}, {"KIND"}, {"AT MOST", Align::kRight}, {"TITLE"}});
  for (const v1::InspectionForm& form : response.forms())
    for (const v1::InspectionItem& item : form.items())
      items.AddRow({form.id(), item.id(), item.fatal() ? "fatal" : "not fatal",
                    absl::StrCat(item.opportunities()), item.title()});
  context.terminal.out << items.Render(context.HasColor());
}

std::string PlaceOf(const v1::Sample& sample) {
  const v1::Position& position = sample.receipt().position();
  return absl::StrCat("commit ", position.commit(), ", event ", position.index());
}

void ShowSample(const v1::Sample& sample, Context& context) {
  const v1::SampleDrawn& draw = sample.draw();
  context.terminal.out << text::RenderFields(
      {{"sample", absl::StrCat(draw.number())},
       {"plan", absl::StrCat(draw.plan().id(), ", form ", draw.form().id())},
       {"resolved", absl::StrCat("from ", draw.from_day(), " to before ", draw.to_day())},
       {"drawn", absl::StrCat(text::FormatTime(sample.draw_time()), " by ", sample.drawer())},
       {"recorded at", PlaceOf(sample)},
       {"of the ledger to", absl::StrCat("commit ", draw.commit(), " ",
                                         absl::BytesToHexString(draw.commit_hash()))},
       {"salt", absl::BytesToHexString(draw.salt())},
       {"seed", absl::BytesToHexString(draw.seed())},
       {"list", absl::BytesToHexString(draw.population_hash())}},
      context.HasColor());
  text::Table strata({{"STRATUM"}, {"TICKETS", Align::kRight}, {"DRAWN", Align::kRight}});
  for (const v1::SampleStratum& stratum : draw.strata())
    strata.AddRow({stratum.values().empty() ? "all" : absl::StrJoin(stratum.values(), " / "),
                   absl::StrCat(stratum.population()), absl::StrCat(stratum.drawn())});
  context.terminal.out << "\n" << strata.Render(context.HasColor());
}

template <class Response>
void ShowOneSample(const Response& response, Context& context) {
  ShowSample(response.sample(), context);
  context.Say(absl::StrCat("next: redressctl inspect cases ",
                           response.sample().draw().number()));
}

void ShowSamples(const v1::ListSamplesResponse& response, Context& context) {
  text::Table table({{"SAMPLE", Align::kRight}, {"PLAN"}, {"FROM"}, {"TO"},
                     {"TICKETS", Align::kRight}, {"DRAWN", Align::kRight}, {"WHEN"}, {"BY"}});
  for (const v1::Sample& sample : response.samples()) {
    const v1::SampleDrawn& draw = sample.draw();
    uint32_t population = 0;
    uint32_t drawn = 0;
    for (const v1::SampleStratum& stratum : draw.strata()) {
      population += stratum.population();
      drawn += stratum.drawn();
    }
    table.AddRow({absl::StrCat(draw.number()), draw.plan().id(), draw.from_day(), draw.to_day(),
                  absl::StrCat(population), absl::StrCat(drawn),
                  text::FormatTime(sample.draw_time()), sample.drawer()});
  }
  context.terminal.out << table.Render(context.HasColor());
}

void ShowCases(const v1::ListSampledTicketsResponse& response, Context& context) {
  text::Table table({{"TICKET"}, {"STRATUM"}, {"DEPARTMENT"}, {"INSPECTED BY"}, {"STATE"}});
  for (const v1::SampledCase& shown : response.cases())
    table.AddRow({shown.reference(), absl::StrJoin(shown.values(), " / "), shown.department(),
                  shown.inspection().inspector(),
                  shown.has_inspection() ? text::EnumText(shown.inspection().state()) : "open"});
  context.terminal.out << table.Render(context.HasColor());
}

// "12.5% (1 of 8; 2.2% to 47.1%)"; "-" for none.
std::string RateOf(uint32_t part, uint32_t whole, const v1::Interval& interval) {
  if (whole == 0) return "-";
  return absl::StrCat(PercentText(int64_t{part} * kMillion / whole), " (", part, " of ", whole,
                      "; ", PercentText(interval.low()), " to ", PercentText(interval.high()),
                      ")");
}

void ShowRates(const std::string& title,
               const google::protobuf::RepeatedPtrField<v1::ErrorRates>& rows, Context& context) {
  if (rows.empty()) return;
  text::Table table({{title}, {"DRAWN", Align::kRight}, {"INSPECTED", Align::kRight},
                     {"FATAL ERROR RATE"}, {"GENERAL ERROR RATE"}, {"DISPUTED", Align::kRight},
                     {"UPHELD", Align::kRight}, {"OVERTURNED", Align::kRight}});
  for (const v1::ErrorRates& row : rows)
    table.AddRow({row.values().empty() ? "all" : absl::StrJoin(row.values(), " / "),
                  absl::StrCat(row.drawn()), absl::StrCat(row.inspected()),
                  RateOf(row.fatal(), row.inspected(), row.fatal_interval()),
                  RateOf(row.defects(), row.opportunities(), row.defect_interval()),
                  absl::StrCat(row.disputed()), absl::StrCat(row.upheld()),
                  absl::StrCat(row.overturned())});
  context.terminal.out << "\n" << table.Render(context.HasColor());
}

void ShowReport(const v1::GetInspectionReportResponse& response, Context& context) {
  const v1::ErrorRates& total = response.total();
  context.terminal.out << response.samples() << " samples, " << total.drawn() << " of "
                       << total.population() << " tickets drawn, as of commit "
                       << response.commit() << "\n";
  google::protobuf::RepeatedPtrField<v1::ErrorRates> all;
  *all.Add() = total;
  ShowRates("TOTAL", all, context);
  if (total.has_weighed_fatal())
    context.terminal.out << "fatal error rate of all tickets, each stratum by its size: "
                         << PercentText(total.weighed_fatal()) << "\n";
  ShowRates("STRATUM", response.by_stratum(), context);
  ShowRates("DEPARTMENT", response.by_department(), context);
  ShowRates("INSPECTOR", response.by_inspector(), context);
  ShowRates("ITEM", response.by_item(), context);
}

// The ticket, and its inspections with what they found.
template <class Response>
void ShowInspected(const Response& response, Context& context) {
  ShowTicketAfter(response, context);
  for (const v1::Inspection& inspection : response.ticket().inspections())
    context.terminal.out << "inspection " << inspection.number() << " "
                         << InspectionText(inspection) << "\n";
}

// A call with findings, given as ITEM or ITEM=DEFECTS.
template <class Request, class Response>
class FindingsCommand : public CallCommand<Stub, Request, Response> {
 public:
  using Call = CallCommand<Stub, Request, Response>;
  FindingsCommand(typename Call::Method method, std::vector<Field> fields)
      : Call(method, ShowInspected<Response>, std::move(fields)) {}

  void Declare(Declarer& declarer) override {
    Call::Declare(declarer);
    declarer.app
        .add_option("--defect", defects_, "An item that is wrong, =N for N times; repeatable")
        ->type_name("ITEM[=N]")
        ->allow_extra_args(false);
    declarer.app.add_option("--skip", skipped_, "An item that does not apply; repeatable")
        ->type_name("ITEM")
        ->allow_extra_args(false);
  }

  int Run(Context& context) override {
    for (const std::string& given : defects_) {
      const size_t equals = given.find('=');
      uint32_t count = 1;
      if (equals != std::string::npos && !absl::SimpleAtoi(given.substr(equals + 1), &count))
        return context.FailUsage(
            absl::StrCat("--defect: \"", given, "\" is not of the form ITEM=N"));
      v1::ItemFinding& finding = *this->request().add_findings();
      finding.set_item(given.substr(0, equals));
      finding.set_defects(count);
    }
    for (const std::string& item : skipped_) {
      v1::ItemFinding& finding = *this->request().add_findings();
      finding.set_item(item);
      finding.set_not_applicable(true);
    }
    return Call::Run(context);
  }

 private:
  std::vector<std::string> defects_;
  std::vector<std::string> skipped_;
};

void AddInspections(CommandTree& tree, CLI::App* inspect) {
  tree.Add(inspect, "record", "Write down what an inspection found",
           std::make_unique<
               FindingsCommand<v1::RecordInspectionRequest, v1::RecordInspectionResponse>>(
               &Stub::RecordInspection,
               std::vector<Field>{kTicket,
                                  {"--sample", "sample", "The sample that it was drawn in"},
                                  {"--form", "form", "Outside of a sample: the form"},
                                  {"--note", "note", "In words"}}));
  AddCall(tree, inspect, "dispute", "Say that an inspection is wrong", &Stub::DisputeInspection,
          ShowInspected<v1::DisputeInspectionResponse>,
          {kTicket, kNumber, {"--reason", "reason", "Why", kRequired}});
  tree.Add(inspect, "decide",
           "Decide a dispute: --uphold, or else what was really there takes the place of the first",
           std::make_unique<
               FindingsCommand<v1::DecideInspectionRequest, v1::DecideInspectionResponse>>(
               &Stub::DecideInspection,
               std::vector<Field>{kTicket,
                                  kNumber,
                                  {"--uphold", "upheld", "The inspection is right"},
                                  {"--note", "note", "Why", kRequired}}));
  AddCall(tree, inspect, "report", "Fatal and general error rates", &Stub::GetInspectionReport,
          ShowReport,
          {{"--sample", "sample", "Only this sample"},
           {"--plan", "plan", "Only samples of this plan"},
           {"--from", "from_day", "Only periods from this day on, such as 2026-11-01"},
           {"--to", "to_day", "Only periods that end before this day"}});
}

void ShowMystery(const v1::SubmitMysteryIssueResponse& response, Context& context) {
  ShowTicketAfter(response, context);
  context.Say("whoever handles it sees an issue like any other");
}

void ShowMysteries(const v1::ListMysteryIssuesResponse& response, Context& context) {
  text::Table table({{"TICKET"}, {"STATE"}, {"DEPARTMENT"}, {"SUBMITTED BY"}, {"CREATED"}});
  for (const v1::MysteryCase& shown : response.cases())
    table.AddRow({shown.ticket().reference(), text::EnumText(shown.ticket().state()),
                  shown.ticket().department(), shown.submitter(),
                  text::FormatTime(shown.ticket().create_time())});
  context.terminal.out << table.Render(context.HasColor());
}

void AddMysteries(CommandTree& tree) {
  CLI::App* mystery = tree.Group("mystery", "Issues that test how they are handled");
  std::vector<Field> fields = IssueFields("issue.");
  fields.push_back({"--shown-actor", "shown_actor", "Who seems to have submitted it", kRequired});
  AddCall(tree, mystery, "submit", "Submit one; it is kept out of every figure",
          &Stub::SubmitMysteryIssue, ShowMystery, std::move(fields));
  AddCall(tree, mystery, "list", "Those that were submitted, newest first",
          &Stub::ListMysteryIssues, ShowMysteries, {});
}

}  // namespace

void AddInspectCommands(CommandTree& tree) {
  CLI::App* inspect = tree.Group("inspect", "Samples of handled tickets, and what inspectors find");
  AddCall(tree, inspect, "plan", "The forms and sampling plans of the playbook", &Stub::ListPlans,
          ShowPlans, {});
  AddCall(tree, inspect, "draw", "Draw tickets that were resolved in a period; no day twice",
          &Stub::DrawSample, ShowOneSample<v1::DrawSampleResponse>,
          {{"PLAN", "plan", "A sampling plan of the playbook", kRequired},
           {"--from", "from_day", "The first day, such as 2026-11-01", kRequired},
           {"--to", "to_day", "The day after the last", kRequired}});
  AddCall(tree, inspect, "list", "The samples, newest first", &Stub::ListSamples, ShowSamples,
          {{"--plan", "plan", "Only of this plan"}});
  AddCall(tree, inspect, "show", "A sample: its seed, its strata, and where it is recorded",
          &Stub::GetSample, ShowOneSample<v1::GetSampleResponse>, {kSample});
  AddCall(tree, inspect, "cases", "The tickets of a sample", &Stub::ListSampledTickets, ShowCases,
          {kSample, {"--open", "open", "Only those that were not inspected yet"}});
  AddRedrawCommands(tree, inspect);
  AddInspections(tree, inspect);
  AddMysteries(tree);
}

}  // namespace redress::ctl

// Drawing a sample again, from the list of tickets that it was drawn from.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/inspection/draw.h"
#include "google/protobuf/util/json_util.h"
#include "redress/v1/inspection_service.grpc.pb.h"
#include "tools/history/csv.h"
#include "tools/redressctl/call_command.h"

namespace redress::ctl {

namespace {

using Stub = v1::InspectionService::Stub;

constexpr int kPageSize = 10'000;
constexpr size_t kFixedColumns = 2;  // ticket and department

std::string Quoted(absl::string_view text) {
  if (text.find_first_of(",\"\r\n") == absl::string_view::npos) return std::string(text);
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

std::string CsvLine(const v1::PopulationMember& member) {
  std::string line = absl::StrCat(member.ticket_id(), ",", Quoted(member.department()));
  for (const std::string& value : member.values()) absl::StrAppend(&line, ",", Quoted(value));
  return absl::StrCat(line, "\n");
}

// Visits the whole list of a sample, page by page.
grpc::Status FetchPopulation(Context& context, uint32_t number,
                             const std::function<void(const v1::PopulationMember&)>& visit) {
  v1::ListPopulationRequest request;
  request.set_number(number);
  request.set_page_size(kPageSize);
  for (;;) {
    v1::ListPopulationResponse page;
    const grpc::Status status = context.session.Call(&Stub::ListPopulation, request, &page);
    if (!status.ok()) return status;
    for (const v1::PopulationMember& member : page.members()) visit(member);
    if (page.next_page_token().empty()) return status;
    request.set_page_token(page.next_page_token());
  }
}

grpc::Status FetchSample(Context& context, uint32_t number, v1::SampleDrawn& draw) {
  v1::GetSampleRequest request;
  request.set_number(number);
  v1::GetSampleResponse response;
  const grpc::Status status = context.session.Call(&Stub::GetSample, request, &response);
  draw = response.sample().draw();
  return status;
}

// The list as CSV, to be kept and drawn from where no server is.
class PopulationCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app.add_option("SAMPLE", number_, "Its number")->required()->type_name("NUMBER");
  }

  int Run(Context& context) override {
    v1::SampleDrawn draw;
    grpc::Status status = FetchSample(context, number_, draw);
    if (!status.ok()) return context.Fail(status);
    std::vector<std::string> header = {"ticket", "department"};
    for (const std::string& dimension : draw.plan().by())
      header.push_back(absl::StrCat("by_", dimension));
    if (!context.options.is_json) context.terminal.out << absl::StrJoin(header, ",") << "\n";
    status = FetchPopulation(context, number_, [&](const v1::PopulationMember& member) {
      if (context.options.is_json) context.PrintJson(member);
      else context.terminal.out << CsvLine(member);
    });
    return status.ok() ? kExitOk : context.Fail(status);
  }

 private:
  uint32_t number_ = 0;
};

// Draws here what the server says it drew; exit 1 when it is something else.
class RedrawCommand : public Command {
 public:
  void Declare(Declarer& declarer) override {
    declarer.app.add_option("SAMPLE", number_, "Its number; not with files")->type_name("NUMBER");
    declarer.app
        .add_option("--sample", sample_path_,
                    "What redressctl inspect show SAMPLE --json printed; needs no server")
        ->type_name("FILE");
    declarer.app
        .add_option("--population", population_path_,
                    "What redressctl inspect population SAMPLE printed")
        ->type_name("FILE");
  }

  bool NeedsServer() const override { return number_ != 0; }

  int Run(Context& context) override {
    const bool has_files = !sample_path_.empty() && !population_path_.empty();
    const bool has_a_file = !sample_path_.empty() || !population_path_.empty();
    if ((number_ != 0) == has_a_file || (number_ == 0 && !has_files))
      return context.FailUsage("give a SAMPLE, or else both --sample and --population");
    return number_ != 0 ? RunOnline(context) : RunOffline(context);
  }

 private:
  int RunOnline(Context& context) {
    v1::SampleDrawn draw;
    grpc::Status status = FetchSample(context, number_, draw);
    if (!status.ok()) return context.Fail(status);
    engine::SampleBuilder builder(draw);
    status = FetchPopulation(context, number_, [&](const v1::PopulationMember& member) {
      builder.Add(member.ticket_id(), {member.values().begin(), member.values().end()},
                  member.department());
    });
    if (!status.ok()) return context.Fail(status);
    return Tell(context, draw, builder.Draw());
  }

  int RunOffline(Context& context) {
    const auto json = history::ReadWholeFile(sample_path_);
    if (!json.ok()) return context.Fail(json.status().message());
    v1::GetSampleResponse shown;
    if (!google::protobuf::util::JsonStringToMessage(*json, &shown).ok())
      return context.Fail(absl::StrCat(sample_path_, " is not a sample as JSON"));
    const auto csv = history::ReadWholeFile(population_path_);
    if (!csv.ok()) return context.Fail(csv.status().message());
    engine::SampleBuilder builder(shown.sample().draw());
    if (const auto fault = Read(*csv, shown.sample().draw(), builder))
      return context.Fail(absl::StrCat(population_path_, *fault));
    return Tell(context, shown.sample().draw(), builder.Draw());
  }

  // What is wrong with the list; nothing when it was read.
  static std::optional<std::string> Read(absl::string_view csv, const v1::SampleDrawn& draw,
                                         engine::SampleBuilder& builder) {
    history::CsvReader reader(csv);
    const size_t columns = kFixedColumns + static_cast<size_t>(draw.plan().by_size());
    uint64_t last = 0;
    reader.Next();  // the header
    while (const auto row = reader.Next()) {
      const std::string place = absl::StrCat(", line ", row->line, ": ");
      uint64_t id = 0;
      if (!row->fault.empty()) return place + row->fault;
      if (row->fields.size() != columns)
        return absl::StrCat(place, "has ", row->fields.size(), " fields, not ", columns);
      if (!absl::SimpleAtoi(row->fields[0], &id) || id <= last)
        return place + "ticket ids must be numbers that rise";
      builder.Add(id, {row->fields.begin() + kFixedColumns, row->fields.end()}, row->fields[1]);
      last = id;
    }
    return std::nullopt;
  }

  static int Tell(Context& context, const v1::SampleDrawn& draw, const v1::SampleDrawn& again) {
    const auto difference = engine::FindDifference(draw, again);
    if (difference) {
      context.terminal.out << "DIFFERS: drawn again, sample " << draw.number() << ": "
                           << *difference << "\n";
      return kExitFailure;
    }
    uint64_t population = 0;
    for (const v1::SampleStratum& stratum : again.strata()) population += stratum.population();
    context.terminal.out << "the same: sample " << draw.number() << ", " << again.tickets_size()
                         << " of " << population << " tickets in " << again.strata_size()
                         << " strata\n";
    return kExitOk;
  }

  uint32_t number_ = 0;
  std::string sample_path_;
  std::string population_path_;
};

}  // namespace

void AddRedrawCommands(CommandTree& tree, CLI::App* inspect) {
  tree.Add(inspect, "population", "The tickets that a sample was drawn from, as CSV",
           std::make_unique<PopulationCommand>());
  tree.Add(inspect, "redraw", "Draw a sample again, and compare it with what was recorded",
           std::make_unique<RedrawCommand>());
}

}  // namespace redress::ctl

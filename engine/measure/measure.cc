#include "engine/measure/measure.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/check.h"
#include "base/sha256.h"
#include "engine/cel/planner.h"
#include "engine/measure/measure_fields.h"
#include "engine/measure/measure_functions.h"

namespace redress::engine {
namespace {

// What a span adds up unless its rule says otherwise: the time that passed.
constexpr char kSpanValue[] = "event.time - before.update_time";

std::string ShortEnumName(const google::protobuf::EnumValueDescriptor& value) {
  absl::string_view prefix = value.type()->FindValueByNumber(0)->name();
  CHECK(absl::ConsumeSuffix(&prefix, "UNSPECIFIED"));
  return std::string(absl::StripPrefix(value.name(), prefix));
}

void AddEnum(const google::protobuf::EnumDescriptor& type, bool is_plain,
             cel::Environment& environment) {
  for (int i = 0; i < type.value_count(); ++i) {
    const auto& value = *type.value(i);
    if (value.number() == 0) continue;
    const std::string name = ShortEnumName(value);
    environment.AddConstant(is_plain ? name : absl::StrCat(type.name(), ".", name),
                            cel::Type::Int(), cel::Value::Int(value.number()));
  }
}

// Facts about no ticket, which no measure counts.
bool IsOfNoTicket(int fact) {
  return fact == v1::Event::kPlaybookPublished || fact == v1::Event::kPersonalDataRead ||
         fact == v1::Event::kSampleDrawn || fact == v1::Event::kGoalEvidenced;
}

std::string Deterministic(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

std::vector<std::string> EventKinds() {
  std::vector<std::string> kinds;
  const auto& facts = *v1::Event::descriptor()->FindOneofByName("fact");
  for (int i = 0; i < facts.field_count(); ++i) kinds.push_back(facts.field(i)->name());
  return kinds;
}

std::string Measure::SplitName(int split) const {
  return absl::StrJoin(rule->by(split).dimensions(), ",");
}

std::optional<int> Measure::FindSplit(absl::string_view names) const {
  for (int i = 0; i < rule->by_size(); ++i)
    if (SplitName(i) == names) return i;
  return std::nullopt;
}

std::optional<int> MeasureSet::Find(absl::string_view id) const {
  for (size_t i = 0; i < measures_.size(); ++i)
    if (measures_[i].rule->id() == id) return static_cast<int>(i);
  return std::nullopt;
}

void MeasureSet::AddNames(cel::Environment& environment) const {
  cel::AddStringsExtension(environment);
  cel::AddMathExtension(environment);
  cel::AddTwoVariableComprehensions(environment);
  for (const auto* type :
       {v1::IssueKind_descriptor(), v1::Severity_descriptor(), v1::Level_descriptor()})
    AddEnum(*type, /*is_plain=*/true, environment);
  for (const auto* type :
       {v1::TicketState_descriptor(), v1::Outcome_descriptor(), v1::CloseCause_descriptor(),
        v1::ReopenCause_descriptor(), v1::PauseReason_descriptor(), v1::TransferReason_descriptor(),
        v1::PromiseState_descriptor(), v1::ClockKind_descriptor(), v1::Provenance_descriptor(),
        v1::DeadlineKind_descriptor(), v1::ScoreType_descriptor()})
    AddEnum(*type, /*is_plain=*/false, environment);
  AddMeasureFunctions(open_time_, environment);
  for (const auto& [field, reader] : MeasureFields()) environment.AddFieldReader(field, reader);
}

MeasureSet::MeasureSet(OpenTime open_time, bool is_empty) : open_time_(std::move(open_time)) {
  const cel::Type ticket = cel::Type::Message(v1::Ticket::descriptor());
  before_ = events_.AddVariable("before", ticket);
  after_ = events_.AddVariable("after", ticket);
  event_ = events_.AddVariable("event", cel::Type::Message(v1::Event::descriptor()));
  clock_ = events_.AddVariable("clock", cel::Type::Message(v1::Clock::descriptor()));
  ticket_ = states_.AddVariable("ticket", ticket);
  if (is_empty) return;
  AddNames(events_);
  AddNames(states_);
}

// Compiles the rules of one playbook and gathers what is wrong with them.
class MeasureCompiler {
 public:
  MeasureCompiler(const v1::Playbook& playbook, MeasureSet& set,
                  const std::function<std::string(absl::string_view)>& calendar_hash)
      : playbook_(playbook), set_(set) {
    for (const v1::Calendar& calendar : playbook.calendars())
      absl::StrAppend(&calendars_, calendar.id(), "\n", calendar_hash(calendar.id()), "\n");
  }

  std::vector<MeasureFault> Run() {
    CHECK_LE(playbook_.measures_size(), kMeasuresMax);
    AddDimensions();
    for (row_ = 0; row_ < playbook_.measures_size(); ++row_) AddMeasure(playbook_.measures(row_));
    NoteStateFields();
    NoteBeforeReads();
    NotePlaces();
    return std::move(faults_);
  }

 private:
  using Part = MeasureFault::Part;

  void Fail(Part part, int item, const std::string& text, std::string message) {
    cel::IssueList issues(text);
    issues.Add(0, std::move(message));
    faults_.push_back({is_dimension_, row_, part, item, std::move(issues).Take().front()});
  }

  // Nothing for an empty text, or after noting faults.
  std::optional<cel::Program> Compile(Part part, const std::string& text,
                                      const cel::Environment& environment) {
    if (text.empty()) return std::nullopt;
    cel::Outcome<cel::Program> program = cel::Compile(text, environment);
    for (const cel::Issue& issue : program.issues())
      faults_.push_back({is_dimension_, row_, part, 0, issue});
    if (!program.ok()) return std::nullopt;
    return std::move(program).value();
  }

  std::optional<cel::Program> Condition(Part part, const std::string& text,
                                        const cel::Environment& environment) {
    std::optional<cel::Program> program = Compile(part, text, environment);
    if (!program || program->type().Is(cel::TypeKind::kBool) || program->type().IsDyn())
      return program;
    Fail(part, 0, text,
         absl::StrCat("a condition is true or false, but this is ", program->type().ToString()));
    return std::nullopt;
  }

  void AddDimensions() {
    for (const std::string& name : BuiltInDimensions()) {
      const int place = static_cast<int>(set_.dimensions_.size());
      set_.dimensions_.push_back({name, place, std::nullopt, BuiltInDimensionReads(place)});
    }
    built_in_ = set_.dimensions_.size();
    is_dimension_ = true;
    for (row_ = 0; row_ < playbook_.dimensions_size(); ++row_) {
      const v1::DimensionRule& rule = playbook_.dimensions(row_);
      std::optional<cel::Program> program = Compile(Part::kIs, rule.is(), set_.states_);
      if (program && !program->type().Is(cel::TypeKind::kString) && !program->type().IsDyn())
        Fail(Part::kIs, 0, rule.is(),
             absl::StrCat("a dimension is a text, but this is ", program->type().ToString()));
      MeasureDimension& dimension = set_.dimensions_.emplace_back();
      dimension.name = rule.name();
      if (program) AddReads(*program, set_.ticket_, dimension.reads);
      dimension.program = std::move(program);
    }
    is_dimension_ = false;
  }

  void AddMeasure(const v1::MeasureRule& rule) {
    Measure& measure = set_.measures_.emplace_back();
    measure.rule = &rule;
    const bool is_state = IsState(rule);
    const cel::Environment& environment = is_state ? set_.states_ : set_.events_;
    ReadKinds(rule, measure);
    measure.of = Condition(Part::kOf, rule.of(), environment);
    measure.share = Condition(Part::kShare, rule.share(), environment);
    const bool is_span = rule.basis() == v1::MEASURE_BASIS_SPAN;
    measure.value = Compile(Part::kValue,
                            is_span && rule.value().empty() ? kSpanValue : rule.value(),
                            environment);
    if (measure.value && !measure.value->type().Is(cel::TypeKind::kDuration) &&
        !measure.value->type().Is(cel::TypeKind::kInt))
      Fail(Part::kValue, 0, rule.value(),
           absl::StrCat("a value is a duration or a whole number, but this is ",
                        measure.value->type().ToString()));
    measure.day = Compile(Part::kDay, rule.day(), environment);
    if (measure.day && !measure.day->type().Is(cel::TypeKind::kTimestamp))
      Fail(Part::kDay, 0, rule.day(),
           absl::StrCat("a day is that of an instant, but this is ",
                        measure.day->type().ToString()));
    if (!is_state && rule.basis() != v1::MEASURE_BASIS_DUE) CheckNoClock(rule, measure);
    ReadSplits(rule, measure);
    if (is_state) SetReads(measure);
    SetVersion(rule, measure);
  }

  // Only what is DUE is a clock's; elsewhere a condition on it would never hold.
  void CheckNoClock(const v1::MeasureRule& rule, const Measure& measure) {
    const auto& type = *v1::Clock::descriptor();
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    for (int i = 0; i < type.field_count(); ++i) fields.push_back(type.field(i));
    const auto check = [&](Part part, const std::string& text,
                           const std::optional<cel::Program>& program) {
      if (program && program->MayRead(set_.clock_, fields))
        Fail(part, 0, text, "there is a clock only in a measure of basis DUE");
    };
    check(Part::kOf, rule.of(), measure.of);
    check(Part::kShare, rule.share(), measure.share);
    check(Part::kValue, rule.value(), measure.value);
    check(Part::kDay, rule.day(), measure.day);
  }

  static bool IsState(const v1::MeasureRule& rule) {
    return rule.basis() == v1::MEASURE_BASIS_COHORT || rule.basis() == v1::MEASURE_BASIS_STOCK;
  }

  void SetReads(Measure& measure) {
    measure.reads.set(static_cast<size_t>(v1::Ticket::kMysteryFieldNumber));
    measure.reads.set(static_cast<size_t>(v1::Ticket::kCreateTimeFieldNumber));
    for (const auto* program : {&measure.of, &measure.share, &measure.value, &measure.day})
      if (*program) AddReads(**program, set_.ticket_, measure.reads);
    for (const std::vector<int>& split : measure.splits)
      for (const int place : split)
        measure.reads |= set_.dimensions_[static_cast<size_t>(place)].reads;
  }

  // `variable`: the one that is the ticket.
  void AddReads(const cel::Program& program, cel::Slot variable, TicketFields& reads) const {
    const auto& ticket = *v1::Ticket::descriptor();
    for (int i = 0; i < ticket.field_count(); ++i) {
      const google::protobuf::FieldDescriptor* const field = ticket.field(i);
      if (program.MayRead(variable, {field}))
        reads.set(static_cast<size_t>(field->number()));
    }
  }

  void NoteStateFields() {
    TicketFields reads;
    for (const Measure& measure : set_.measures_) reads |= measure.reads;
    const auto& ticket = *v1::Ticket::descriptor();
    for (int i = 0; i < ticket.field_count(); ++i)
      if (reads[static_cast<size_t>(ticket.field(i)->number())])
        set_.state_fields_.push_back(
            {ticket.field(i), set_.states_.FindFieldReader(ticket.field(i))});
  }

  void NoteBeforeReads() {
    TicketFields& reads = set_.before_reads_;
    for (const int field : {v1::Ticket::kStateFieldNumber, v1::Ticket::kUpdateTimeFieldNumber,
                            v1::Ticket::kClocksFieldNumber, v1::Ticket::kPromisesFieldNumber,
                            v1::Ticket::kCreateTimeFieldNumber})
      reads.set(static_cast<size_t>(field));
    for (const Measure& measure : set_.measures_) {
      reads |= measure.reads;
      for (const std::vector<int>& split : measure.splits)
        for (const int place : split) reads |= set_.dimensions_[static_cast<size_t>(place)].reads;
      if (IsState(*measure.rule)) continue;
      for (const auto* program : {&measure.of, &measure.share, &measure.value, &measure.day})
        if (*program) AddReads(**program, set_.before_, reads);
    }
  }

  void NotePlaces() {
    for (size_t i = 0; i < set_.measures_.size(); ++i) {
      const Measure& measure = set_.measures_[i];
      const int place = static_cast<int>(i);
      switch (measure.rule->basis()) {
        case v1::MEASURE_BASIS_EVENT:
          for (size_t fact = 0; fact < measure.on.size(); ++fact)
            if (measure.on[fact]) set_.places_.of_events[fact].push_back(place);
          continue;
        case v1::MEASURE_BASIS_SPAN:
          set_.places_.of_spans.push_back(place);
          continue;
        case v1::MEASURE_BASIS_DUE:
          set_.places_.of_clocks.push_back(place);
          continue;
        default:
          set_.places_.of_states.push_back(place);
      }
    }
  }

  void ReadKinds(const v1::MeasureRule& rule, Measure& measure) {
    for (int i = 0; i < rule.on_size(); ++i) {
      const auto* field = v1::Event::descriptor()->FindFieldByName(rule.on(i));
      if (field != nullptr && IsOfNoTicket(field->number())) {
        Fail(Part::kOn, i, rule.on(i),
             absl::StrCat("'", rule.on(i), "' is about no ticket, and measures count tickets"));
        continue;
      }
      if (field != nullptr && field->containing_oneof() != nullptr) {
        measure.on.set(static_cast<size_t>(field->number()));
        continue;
      }
      Fail(Part::kOn, i, rule.on(i),
           absl::StrCat("no kind of event is named '", rule.on(i), "'",
                        cel::DidYouMean(rule.on(i), EventKinds())));
    }
  }

  void ReadSplits(const v1::MeasureRule& rule, Measure& measure) {
    std::vector<std::string> names;
    for (const MeasureDimension& dimension : set_.dimensions_) names.push_back(dimension.name);
    CHECK_LE(rule.by_size(), kMeasureSplitsMax);
    for (int i = 0; i < rule.by_size(); ++i) {
      std::vector<int>& split = measure.splits.emplace_back();
      for (const std::string& name : rule.by(i).dimensions()) {
        const auto found = std::find(names.begin(), names.end(), name);
        if (found != names.end())
          split.push_back(static_cast<int>(found - names.begin()));
        else
          Fail(Part::kBy, i, name,
               absl::StrCat("no dimension is named '", name, "'", cel::DidYouMean(name, names)));
      }
    }
  }

  // What two playbooks must have in common for a measure to be the same in both. A title is not
  // part of it.
  void SetVersion(const v1::MeasureRule& rule, Measure& measure) {
    v1::MeasureRule definition = rule;
    definition.clear_title();
    std::string text = Deterministic(definition);
    std::set<int> used;
    for (const auto& split : measure.splits) used.insert(split.begin(), split.end());
    for (const int dimension : used) {
      if (set_.dimensions_[dimension].built_in >= 0) continue;
      const int row = dimension - static_cast<int>(built_in_);
      absl::StrAppend(&text, "\n", Deterministic(playbook_.dimensions(row)));
    }
    if (absl::StrContains(text, kOpenTimeFunction)) absl::StrAppend(&text, "\n", calendars_);
    measure.version = base::Sha256(text);
  }

  const v1::Playbook& playbook_;
  MeasureSet& set_;
  std::string calendars_;
  std::vector<MeasureFault> faults_;
  size_t built_in_ = 0;  // dimensions
  bool is_dimension_ = false;
  int row_ = 0;
};

MeasureSet::Compilation MeasureSet::Compile(
    const v1::Playbook& playbook, OpenTime open_time,
    std::function<std::string(absl::string_view)> calendar_hash) {
  Compilation compilation;
  const bool is_empty = playbook.measures().empty() && playbook.dimensions().empty();
  std::unique_ptr<MeasureSet> set(new MeasureSet(std::move(open_time), is_empty));
  compilation.faults = MeasureCompiler(playbook, *set, calendar_hash).Run();
  if (compilation.faults.empty()) compilation.set = std::move(set);
  return compilation;
}

}  // namespace redress::engine

#include "engine/rules/row_index.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <utility>

#include "engine/cel/protobuf_value.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kProbesInline = 16;

const Message& FactsOf(const FieldDescriptor& field, const DecisionFacts& facts) {
  if (field.containing_type() == v1::Issue::descriptor()) return facts.issue();
  if (field.containing_type() == v1::TicketFacts::descriptor()) return facts.ticket();
  return facts.customer();
}

// The message that the last field of a path is in.
const Message& OwnerOf(const std::vector<const FieldDescriptor*>& path,
                       const DecisionFacts& facts) {
  const Message* message = &FactsOf(*path[0], facts);
  for (size_t i = 0; i + 1 < path.size(); ++i)
    message = &message->GetReflection()->GetMessage(*message, path[i]);
  return *message;
}

// A text or a number. `scratch` is for texts that are not stored as such.
cel::Value ReadByReflection(const std::vector<const FieldDescriptor*>& path,
                            const DecisionFacts& facts, std::string& scratch) {
  const FieldDescriptor* field = path.back();
  const Message& message = OwnerOf(path, facts);
  const Reflection& reflection = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return cel::Value::String(reflection.GetStringReference(message, field, &scratch));
    case FieldDescriptor::CPPTYPE_ENUM:
      return cel::Value::Int(reflection.GetEnumValue(message, field));
    case FieldDescriptor::CPPTYPE_INT32:
      return cel::Value::Int(reflection.GetInt32(message, field));
    default:
      return cel::Value::Int(reflection.GetInt64(message, field));
  }
}

}  // namespace

// One look-up.
class RowIndex::Search {
 public:
  Search(const RowIndex& index, const DecisionFacts& facts, Wanted wanted)
      : index_(index), facts_(facts), wanted_(wanted) {}

  Candidates Run() && {
    for (const Probe& probe : index_.probes_) said_.push_back(Ask(probe));
    for (const Shape& shape : index_.shapes_) LookInto(shape);
    Take(index_.always_, /*proves=*/true);
    PutInOrder();
    return std::move(candidates_);
  }

 private:
  // Nothing for what a text has, which is asked for when it is needed.
  Said Ask(const Probe& probe) const {
    if (probe.is_several()) return {};
    if (probe.kind == Probe::Kind::kPresence)
      return {cel::HasField(OwnerOf(probe.path, facts_), *probe.path.back()) ? 1u : 0u, 0};
    std::string scratch;
    const cel::Value value = Read(probe, scratch);
    Said said;
    if (value.Is(cel::Kind::kInt)) {
      said.number = value.AsInt();
      const auto found = probe.numbers.find(said.number);
      if (found != probe.numbers.end()) said.value = found->second;
      return said;
    }
    const absl::string_view text = value.AsString();
    if (probe.prefix_bytes != kWhole && text.size() < probe.prefix_bytes) return said;
    const auto found = probe.texts.find(text.substr(0, probe.prefix_bytes));
    if (found != probe.texts.end()) said.value = found->second;
    return said;
  }

  cel::Value Read(const Probe& probe, std::string& scratch) const {
    if (probe.readers.empty()) return ReadByReflection(probe.path, facts_, scratch);
    cel::Value value = probe.readers[0](FactsOf(*probe.path[0], facts_));
    for (size_t i = 1; i < probe.readers.size(); ++i) value = probe.readers[i](value.AsMessage());
    return value;
  }

  void LookInto(const Shape& shape) {
    Place place = {0, 0};
    for (const uint32_t probe : shape.probes) {
      if (index_.probes_[probe].is_several()) return LookForEach(shape, probe, place);
      if (said_[probe].value == 0) return;
      place = Packed(place, said_[probe].value);
    }
    TakePlace(shape, place);
  }

  // One place for each value that the text has. When that cannot be told, all rows of the shape may
  // match.
  void LookForEach(const Shape& shape, uint32_t probe, Place place) {
    const absl::string_view text =
        index_.probes_[probe].path[0]->number() == v1::Issue::kTextFieldNumber
            ? facts_.issue().text()
            : facts_.issue().title();
    if (index_.probes_[probe].kind == Probe::Kind::kPhrases) {
      for (const int phrase : facts_.PhrasesIn(text)->phrases)
        TakeValue(shape, index_.probes_[probe], phrase, place);
      return;
    }
    const std::vector<bool>* matches = facts_.PatternsIn(text);
    if (matches == nullptr) return Take(RowsOf(shape.all), /*proves=*/false);
    for (size_t pattern = 0; pattern < matches->size(); ++pattern)
      if ((*matches)[pattern])
        TakeValue(shape, index_.probes_[probe], static_cast<int64_t>(pattern), place);
  }

  void TakeValue(const Shape& shape, const Probe& probe, int64_t number, Place place) {
    const auto found = probe.numbers.find(number);
    if (found != probe.numbers.end()) TakePlace(shape, Packed(place, found->second));
  }

  void TakePlace(const Shape& shape, Place place) {
    const auto found = shape.rows.find(place);
    if (found != shape.rows.end()) Take(RowsOf(found->second), /*proves=*/true);
  }

  absl::Span<const Filed> RowsOf(Span span) const {
    return absl::MakeConstSpan(index_.filed_).subspan(span.first, span.count);
  }

  // Rows that the facts may not rule out; of a place they rise. `proves`: being found there proves
  // what the place stands for.
  void Take(absl::Span<const Filed> rows, bool proves) {
    for (const Filed& filed : rows) {
      if (proves && filed.row > last_wanted_) return;
      const bool is_within = filed.probe == Filed::kNoProbe ||
                             (said_[filed.probe].number >= filed.min &&
                              said_[filed.probe].number <= filed.max);
      if (!is_within) continue;
      const bool is_proved = proves && filed.is_whole;
      candidates_.push_back({filed.row, is_proved});
      if (!is_proved || wanted_ == Wanted::kAll) continue;
      last_wanted_ = filed.row;
      return;
    }
  }

  // Of a row that is found twice, the proof counts.
  void PutInOrder() {
    std::sort(candidates_.begin(), candidates_.end(),
              [](const Candidate& one, const Candidate& other) {
                return std::make_pair(one.row, !one.is_proved) <
                       std::make_pair(other.row, !other.is_proved);
              });
    candidates_.erase(std::unique(candidates_.begin(), candidates_.end(),
                                  [](const Candidate& one, const Candidate& other) {
                                    return one.row == other.row;
                                  }),
                      candidates_.end());
  }

  const RowIndex& index_;
  const DecisionFacts& facts_;
  const Wanted wanted_;
  absl::InlinedVector<Said, kProbesInline> said_;
  uint32_t last_wanted_ = UINT32_MAX;  // rows behind it are not
  Candidates candidates_;
};

RowIndex::Candidates RowIndex::Find(const DecisionFacts& facts, Wanted wanted) const {
  return Search(*this, facts, wanted).Run();
}

}  // namespace redress::engine

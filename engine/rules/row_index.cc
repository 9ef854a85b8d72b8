#include "engine/rules/row_index.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <utility>

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

// The texts of facts that stay as they are while rows are judged; a ticket's change from row to row.
std::vector<cel::DemandedText> LastingDemands(const cel::Program* condition) {
  if (condition == nullptr) return {};
  std::vector<cel::DemandedText> demands = condition->DemandedTexts();
  std::erase_if(demands, [](const cel::DemandedText& demand) {
    const google::protobuf::Descriptor* type = demand.field->containing_type();
    return type != v1::Issue::descriptor() && type != v1::CustomerFacts::descriptor();
  });
  return demands;
}

}  // namespace

RowIndex::RowIndex(const std::vector<const cel::Program*>& conditions) {
  // How many rows demand each text, gathered where the rows themselves will be.
  RowIndex demanded;
  for (const cel::Program* condition : conditions)
    for (const cel::DemandedText& demand : LastingDemands(condition))
      demanded.RowsOf(demand).push_back(0);

  for (uint32_t row = 0; row < conditions.size(); ++row) {
    std::vector<uint32_t>* rows = &always_;
    size_t fewest = conditions.size() + 1;
    for (const cel::DemandedText& demand : LastingDemands(conditions[row])) {
      const size_t count = demanded.RowsOf(demand).size();
      if (count >= fewest) continue;
      fewest = count;
      rows = &RowsOf(demand);
    }
    rows->push_back(row);
  }
}

std::vector<uint32_t>& RowIndex::RowsOf(const cel::DemandedText& demand) {
  auto at = std::find_if(fields_.begin(), fields_.end(),
                         [&](const FieldRows& known) { return known.field == demand.field; });
  if (at == fields_.end()) at = fields_.insert(at, {demand.field, {}});
  return at->rows[demand.text];
}

std::vector<uint32_t> RowIndex::Candidates(const v1::Issue& issue,
                                           const v1::CustomerFacts& customer) const {
  std::vector<uint32_t> candidates = always_;
  for (const FieldRows& known : fields_) {
    const bool is_of_issue = known.field->containing_type() == v1::Issue::descriptor();
    const google::protobuf::Message& facts =
        is_of_issue ? static_cast<const google::protobuf::Message&>(issue) : customer;
    std::string scratch;
    const std::string& text =
        facts.GetReflection()->GetStringReference(facts, known.field, &scratch);
    const auto found = known.rows.find(text);
    if (found == known.rows.end()) continue;
    candidates.insert(candidates.end(), found->second.begin(), found->second.end());
  }
  std::sort(candidates.begin(), candidates.end());
  return candidates;
}

}  // namespace redress::engine

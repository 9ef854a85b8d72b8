#include "engine/rules/row_index.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <iterator>

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

// The texts of facts that stay as they are while rows are judged; a ticket's change from row to
// row.
std::vector<cel::DemandedText> LastingDemands(const cel::Program* condition) {
  if (condition == nullptr) return {};
  std::vector<cel::DemandedText> demands = condition->DemandedTexts();
  std::erase_if(demands, [](const cel::DemandedText& demand) {
    const google::protobuf::Descriptor* type = demand.field->containing_type();
    return type != v1::Issue::descriptor() && type != v1::CustomerFacts::descriptor();
  });
  return demands;
}

// What a field of the issue or of the customer says. `scratch` is not used for strings that are
// stored as such.
const std::string& TextOf(const google::protobuf::FieldDescriptor& field, const v1::Issue& issue,
                          const v1::CustomerFacts& customer, std::string& scratch) {
  const bool is_of_issue = field.containing_type() == v1::Issue::descriptor();
  const google::protobuf::Message& facts =
      is_of_issue ? static_cast<const google::protobuf::Message&>(issue) : customer;
  return facts.GetReflection()->GetStringReference(facts, &field, &scratch);
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
    std::vector<Demand>& demands = demands_.emplace_back();
    for (const cel::DemandedText& demand : LastingDemands(conditions[row])) {
      demands.push_back({demand.field, std::string(demand.text)});
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
  std::string scratch;
  const auto fulfils = [&](uint32_t row) {
    return std::all_of(demands_[row].begin(), demands_[row].end(), [&](const Demand& demand) {
      return TextOf(*demand.field, issue, customer, scratch) == demand.text;
    });
  };
  for (const FieldRows& known : fields_) {
    const auto found = known.rows.find(TextOf(*known.field, issue, customer, scratch));
    if (found == known.rows.end()) continue;
    std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(candidates),
                 fulfils);
  }
  std::sort(candidates.begin(), candidates.end());
  return candidates;
}

}  // namespace redress::engine

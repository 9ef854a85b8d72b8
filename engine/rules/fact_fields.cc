#include "engine/rules/fact_fields.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <vector>

#include "redress/v1/issue.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

using cel::KnownFieldOf;
using google::protobuf::FieldDescriptor;

}  // namespace

absl::Span<const cel::KnownField> FactFieldReaders() {
  static const auto& rows = *new std::vector<cel::KnownField>{
      KnownFieldOf<&v1::Issue::kind>("kind"),
      KnownFieldOf<&v1::Issue::channel>("channel"),
      KnownFieldOf<&v1::Issue::text>("text"),
      KnownFieldOf<&v1::Issue::title>("title"),
      KnownFieldOf<&v1::Issue::customer>("customer"),
      KnownFieldOf<&v1::Issue::touchpoint>("touchpoint"),
      KnownFieldOf<&v1::Issue::category>("category"),
      KnownFieldOf<&v1::Issue::severity>("severity"),
      KnownFieldOf<&v1::Issue::score>("score"),
      KnownFieldOf<&v1::Issue::alert>("alert"),
      KnownFieldOf<&v1::Issue::language>("language"),
      KnownFieldOf<&v1::Issue::key>("key"),
      KnownFieldOf<&v1::Issue::product>("product"),
      KnownFieldOf<&v1::Issue::follows>("follows"),
      KnownFieldOf<&v1::CustomerProfile::id>("id"),
      KnownFieldOf<&v1::CustomerProfile::segment>("segment"),
      KnownFieldOf<&v1::CustomerProfile::value_tier>("value_tier"),
      KnownFieldOf<&v1::Score::type>("type"),
      KnownFieldOf<&v1::Score::value>("value"),
      KnownFieldOf<&v1::Alert::source>("source"),
      KnownFieldOf<&v1::Alert::name>("name"),
      KnownFieldOf<&v1::TicketFacts::category>("category"),
      KnownFieldOf<&v1::TicketFacts::severity>("severity"),
      KnownFieldOf<&v1::TicketFacts::touchpoint>("touchpoint"),
      KnownFieldOf<&v1::TicketFacts::level>("level"),
      KnownFieldOf<&v1::TicketFacts::department>("department"),
      KnownFieldOf<&v1::TicketFacts::segment>("segment"),
      KnownFieldOf<&v1::TicketFacts::cycle>("cycle"),
      KnownFieldOf<&v1::TicketFacts::transfers>("transfers"),
      KnownFieldOf<&v1::TicketFacts::reopen_cause>("reopen_cause"),
      KnownFieldOf<&v1::CustomerFacts::id>("id"),
      KnownFieldOf<&v1::CustomerFacts::segment>("segment"),
      KnownFieldOf<&v1::CustomerFacts::value_tier>("value_tier"),
      KnownFieldOf<&v1::CustomerFacts::open_tickets>("open_tickets"),
  };
  return rows;
}

cel::FieldReader FindFactFieldReader(const FieldDescriptor* field) {
  const auto rows = FactFieldReaders();
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [field](const auto& row) { return row.field == field; });
  return found == rows.end() ? nullptr : found->reader;
}

}  // namespace redress::engine

#include "engine/rules/fact_fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "base/check.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

cel::Value ValueOf(const std::string& text) { return cel::Value::String(text); }
cel::Value ValueOf(const Message& message) { return cel::Value::Message(message); }
cel::Value ValueOf(int32_t number) { return cel::Value::Int(number); }

template <auto kGet>
struct Accessor;

// Of an accessor such as &v1::Issue::product.
template <class Owner, class Result, Result (Owner::*kGet)() const>
struct Accessor<kGet> {
  using Class = Owner;

  // REQUIRES: the message is an Owner.
  static cel::Value Read(const Message& message) {
    const auto& owner = static_cast<const Owner&>(message);
    if constexpr (std::is_enum_v<Result>)
      return cel::Value::Int((owner.*kGet)());
    else
      return ValueOf((owner.*kGet)());
  }
};

template <auto kGet>
FactFieldReader Row(const char* name) {
  const FieldDescriptor* field = Accessor<kGet>::Class::descriptor()->FindFieldByName(name);
  CHECK(field != nullptr && !field->is_repeated());
  return {field, &Accessor<kGet>::Read};
}

}  // namespace

absl::Span<const FactFieldReader> FactFieldReaders() {
  static const auto& rows = *new std::vector<FactFieldReader>{
      Row<&v1::Issue::kind>("kind"),
      Row<&v1::Issue::channel>("channel"),
      Row<&v1::Issue::text>("text"),
      Row<&v1::Issue::title>("title"),
      Row<&v1::Issue::customer>("customer"),
      Row<&v1::Issue::touchpoint>("touchpoint"),
      Row<&v1::Issue::category>("category"),
      Row<&v1::Issue::severity>("severity"),
      Row<&v1::Issue::score>("score"),
      Row<&v1::Issue::alert>("alert"),
      Row<&v1::Issue::language>("language"),
      Row<&v1::Issue::key>("key"),
      Row<&v1::Issue::product>("product"),
      Row<&v1::Issue::follows>("follows"),
      Row<&v1::CustomerProfile::id>("id"),
      Row<&v1::CustomerProfile::segment>("segment"),
      Row<&v1::CustomerProfile::value_tier>("value_tier"),
      Row<&v1::Score::type>("type"),
      Row<&v1::Score::value>("value"),
      Row<&v1::Alert::source>("source"),
      Row<&v1::Alert::name>("name"),
      Row<&v1::TicketFacts::category>("category"),
      Row<&v1::TicketFacts::severity>("severity"),
      Row<&v1::TicketFacts::touchpoint>("touchpoint"),
      Row<&v1::TicketFacts::level>("level"),
      Row<&v1::TicketFacts::department>("department"),
      Row<&v1::TicketFacts::segment>("segment"),
      Row<&v1::TicketFacts::cycle>("cycle"),
      Row<&v1::TicketFacts::transfers>("transfers"),
      Row<&v1::TicketFacts::reopen_cause>("reopen_cause"),
      Row<&v1::CustomerFacts::id>("id"),
      Row<&v1::CustomerFacts::segment>("segment"),
      Row<&v1::CustomerFacts::value_tier>("value_tier"),
      Row<&v1::CustomerFacts::open_tickets>("open_tickets"),
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

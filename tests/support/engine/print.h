// Short text for what tests compare, so that a failure is a diff that can be read.
//
// Instants are written as "09:15" on the first day of every test, 2 November 2026 UTC, and as "Nov
// 05 09:15" on others; seconds and fractions follow where there are any, as in "09:15:00.000001".
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/ticket/rejection.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::test {

// The instant of such a text. REQUIRES: it is one.
absl::Time At(absl::string_view text);
std::string Print(absl::Time time);
std::string Print(const google::protobuf::Timestamp& time);

// "09:05 anna TicketLeased handler=anna lease_token=1 lease_expire_time=09:20": the fields that are
// set, hashes as "#", issues left out.
std::string Print(const v1::Event& event);
// Such as "LEVEL[RELAY]#2 RUNNING due 13:00".
std::string Print(const v1::Clock& clock);
std::string Print(const v1::Chain& chain);

// "NOT_HOLDER: Ticket T1 is held by ...": the reason and the sentence, tickets up to 9 named by
// their id.
std::string Print(const engine::Rejection& rejection);

// "QUEUED ANALYSIS billing", and who holds it, why it rests, how it closed, and the cycle when it
// is not the first.
std::string Print(const v1::Ticket& ticket);

// "FIRST_ANSWER 13:00, RESOLUTION Nov 05 09:00".
std::string PrintDeadlines(const v1::Ticket& ticket);

// The text with the references of the tickets 1 to 9 as T1 to T9.
std::string NameTickets(std::string text);

// The name of an enum's value without the enum's own name, such as "NOT_FIXED".
std::string ShortEnum(const google::protobuf::EnumDescriptor& type, int value);
template <typename Enum>
std::string Short(Enum value) {
  return ShortEnum(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

}  // namespace redress::test

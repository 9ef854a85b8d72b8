// Keeps from those who handle tickets which of them were submitted to see how they are handled.
//
// Every answer goes through here on its way out (services/method_set.h), so that no handler can
// forget it. Marks are taken out of whatever holds one; and the hash of an event that opens a
// ticket is given to nobody who must not know, marked or not, since it would not fit the event
// without its mark.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/auth.h"
#include "services/call.h"

namespace redress::services {

// Whether one of the roles may know which issues are mysteries: inspectors, managers and
// administrators.
bool MayKnowMysteries(const RoleSet& roles);

// What is taken out of answers of one type. Immutable.
class Disguise {
 public:
  explicit Disguise(const google::protobuf::Descriptor& answer);

  // Whether answers of the type can tell at all.
  bool is_needed() const { return !fields_.empty(); }
  // Whether this one does.
  bool Tells(const google::protobuf::Message& answer) const;
  // The answer as those may see it who must not know.
  std::unique_ptr<google::protobuf::Message> Of(const google::protobuf::Message& answer) const;

 private:
  using Fields = std::vector<const google::protobuf::FieldDescriptor*>;

  // The fields of the type that lead to a mark; kept for the type and all below it.
  const Fields& FieldsOf(const google::protobuf::Descriptor& type);
  bool Walk(google::protobuf::Message* change, const google::protobuf::Message& message) const;

  std::map<const google::protobuf::Descriptor*, Fields> known_;
  Fields fields_;
};

// The way back for this caller: the same, or one that disguises every answer.
std::shared_ptr<CallSink> DisguisedFor(const Caller& caller,
                                       const std::shared_ptr<const Disguise>& disguise,
                                       std::shared_ptr<CallSink> sink);
std::shared_ptr<StreamSink> DisguisedFor(const Caller& caller,
                                         const std::shared_ptr<const Disguise>& disguise,
                                         std::shared_ptr<StreamSink> sink);

}  // namespace redress::services

#include "services/disguise.h"

#include <string>
#include <utility>

namespace redress::services {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kMark[] = "redress.v1.MysteryMark";
constexpr char kRecorded[] = "redress.v1.RecordedEvent";

// Takes the hash of an event that opens a ticket; whether there is one. `change`: null to look
// only.
bool TakeHash(Message* change, const Message& recorded) {
  const Descriptor& type = *recorded.GetDescriptor();
  const auto& reflection = *recorded.GetReflection();
  const Message& event = reflection.GetMessage(recorded, type.FindFieldByName("event"));
  const FieldDescriptor* opened = event.GetDescriptor()->FindFieldByName("ticket_opened");
  if (!event.GetReflection()->HasField(event, opened)) return false;
  if (change == nullptr) return true;
  Message& receipt = *reflection.MutableMessage(change, type.FindFieldByName("receipt"));
  receipt.GetReflection()->ClearField(&receipt,
                                      receipt.GetDescriptor()->FindFieldByName("event_hash"));
  return true;
}

// Passes everything on, answers in disguise.
template <class Sink>
class DisguisedSink : public Sink {
 public:
  DisguisedSink(std::shared_ptr<const Disguise> disguise, std::shared_ptr<Sink> sink)
      : disguise_(std::move(disguise)), sink_(std::move(sink)) {}

  void Fail(const Failure& failure) override { sink_->Fail(failure); }
  bool is_over() const override { return sink_->is_over(); }
  void Park(std::function<void()> on_over) override { sink_->Park(std::move(on_over)); }

 protected:
  Sink& sink() const { return *sink_; }
  const Disguise& disguise() const { return *disguise_; }

 private:
  const std::shared_ptr<const Disguise> disguise_;  // shared by the calls of one method
  const std::shared_ptr<Sink> sink_;                // shared with the transport
};

class DisguisedCall final : public DisguisedSink<CallSink> {
 public:
  using DisguisedSink::DisguisedSink;
  void Succeed(const Message& response) override {
    if (!disguise().Tells(response)) return sink().Succeed(response);
    sink().Succeed(*disguise().Of(response));
  }
};

class DisguisedStream final : public DisguisedSink<StreamSink> {
 public:
  using DisguisedSink::DisguisedSink;
  bool Send(const Message& response) override {
    if (!disguise().Tells(response)) return sink().Send(response);
    return sink().Send(*disguise().Of(response));
  }
  bool HasRoom() const override { return sink().HasRoom(); }
  void WhenRoom(std::function<void()> when_room) override { sink().WhenRoom(std::move(when_room)); }
  void Close() override { sink().Close(); }
};

}  // namespace

bool MayKnowMysteries(const RoleSet& roles) {
  return roles.Has(Role::kInspector) || roles.Has(Role::kManager) || roles.Has(Role::kAdmin);
}

Disguise::Disguise(const Descriptor& answer) { fields_ = FieldsOf(answer); }

const Disguise::Fields& Disguise::FieldsOf(const Descriptor& type) {
  const auto [it, is_new] = known_.emplace(&type, Fields());
  if (!is_new) return it->second;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    const Descriptor* below = field->message_type();
    if (below == nullptr) continue;
    if (below->full_name() == kMark || !FieldsOf(*below).empty()) it->second.push_back(field);
  }
  return it->second;
}

bool Disguise::Walk(Message* change, const Message& message) const {
  const auto& reflection = *message.GetReflection();
  bool tells = message.GetDescriptor()->full_name() == kRecorded && TakeHash(change, message);
  for (const FieldDescriptor* field : known_.at(message.GetDescriptor())) {
    if (tells && change == nullptr) return true;
    if (field->message_type()->full_name() == kMark) {
      tells |= reflection.HasField(message, field);
      if (change != nullptr) reflection.ClearField(change, field);
    } else if (field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i)
        tells |= Walk(change == nullptr ? nullptr
                                        : reflection.MutableRepeatedMessage(change, field, i),
                      reflection.GetRepeatedMessage(message, field, i));
    } else if (reflection.HasField(message, field)) {
      tells |= Walk(change == nullptr ? nullptr : reflection.MutableMessage(change, field),
                    reflection.GetMessage(message, field));
    }
  }
  return tells;
}

bool Disguise::Tells(const Message& answer) const { return Walk(nullptr, answer); }

std::unique_ptr<Message> Disguise::Of(const Message& answer) const {
  std::unique_ptr<Message> shown(answer.New());
  shown->CopyFrom(answer);
  Walk(shown.get(), *shown);
  return shown;
}

std::shared_ptr<CallSink> DisguisedFor(const Caller& caller,
                                       const std::shared_ptr<const Disguise>& disguise,
                                       std::shared_ptr<CallSink> sink) {
  if (!disguise->is_needed() || MayKnowMysteries(caller.actor.roles)) return sink;
  return std::make_shared<DisguisedCall>(disguise, std::move(sink));
}

std::shared_ptr<StreamSink> DisguisedFor(const Caller& caller,
                                         const std::shared_ptr<const Disguise>& disguise,
                                         std::shared_ptr<StreamSink> sink) {
  if (!disguise->is_needed() || MayKnowMysteries(caller.actor.roles)) return sink;
  return std::make_shared<DisguisedStream>(disguise, std::move(sink));
}

}  // namespace redress::services

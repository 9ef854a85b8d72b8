#include "tools/redressctl/field.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "redress/v1/types.pb.h"
#include "tools/text/duration_text.h"
#include "tools/text/enum_text.h"
#include "tools/text/suggest.h"

namespace redress::ctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The message and the field that a path leads to, made on the way.
struct Target {
  Message* message;
  const FieldDescriptor* field;
};

Target FollowPath(Message& request, const std::string& path) {
  Message* message = &request;
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    const FieldDescriptor* step = message->GetDescriptor()->FindFieldByName(names[i]);
    CHECK(step != nullptr);
    message = message->GetReflection()->MutableMessage(message, step);
  }
  const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(names.back());
  CHECK(field != nullptr);
  return {message, field};
}

// Only its type: nothing is made, so a message that no option fills stays absent.
const FieldDescriptor& FieldAt(const Message& request, const std::string& path) {
  const auto* type = request.GetDescriptor();
  const FieldDescriptor* field = nullptr;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    field = type->FindFieldByName(std::string(name));
    CHECK(field != nullptr);
    type = field->message_type();
  }
  return *field;
}

[[noreturn]] void Refuse(const std::string& flag, const std::string& why) {
  throw CLI::ValidationError(flag, why);
}

void SetEnum(Message& message, const FieldDescriptor& field, const std::string& flag,
             const std::string& value) {
  const auto* found = text::FindByShortName(*field.enum_type(), value);
  if (found == nullptr) {
    const std::vector<std::string> names = text::ShortNames(*field.enum_type());
    const std::string closest = text::ClosestWord(absl::AsciiStrToLower(value), names);
    Refuse(flag,
           absl::StrCat("\"", value, "\" is none of ", absl::StrJoin(names, ", "),
                        closest.empty() ? "" : absl::StrCat("; did you mean ", closest, "?")));
  }
  const auto* reflection = message.GetReflection();
  field.is_repeated() ? reflection->AddEnum(&message, &field, found)
                      : reflection->SetEnum(&message, &field, found);
}

void SetMessage(Message& message, const FieldDescriptor& field, const std::string& flag,
                const std::string& value) {
  const auto* reflection = message.GetReflection();
  const std::string& type = field.message_type()->full_name();
  if (type == google::protobuf::Duration::descriptor()->full_name()) {
    const auto duration = text::ParseDuration(value);
    if (!duration.has_value()) {
      Refuse(flag, absl::StrCat("\"", value, "\" is not a duration such as 90s, 15m or 2d"));
    }
    reflection->MutableMessage(&message, &field)->CopyFrom(text::ToProtoDuration(*duration));
  } else if (type == google::protobuf::Timestamp::descriptor()->full_name()) {
    absl::Time time;
    std::string why;
    if (!absl::ParseTime(absl::RFC3339_full, value, &time, &why)) {
      Refuse(flag, absl::StrCat("\"", value, "\" is not a time such as 2026-11-01T09:30:00Z"));
    }
    reflection->MutableMessage(&message, &field)->CopyFrom(text::ToTimestamp(time));
  } else {
    CHECK_EQ(type, v1::Attribute::descriptor()->full_name());
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(value, absl::MaxSplits('=', 1));
    if (value.find('=') == std::string::npos || parts.first.empty()) {
      Refuse(flag, absl::StrCat("\"", value, "\" is not of the form NAME=VALUE"));
    }
    v1::Attribute attribute;
    attribute.set_name(parts.first);
    attribute.set_value(parts.second);
    reflection->AddMessage(&message, &field)->CopyFrom(attribute);
  }
}

template <typename Number, typename Setter>
void SetNumber(const std::string& flag, const std::string& value, const Setter& setter) {
  Number number = 0;
  if (!absl::SimpleAtoi(value, &number)) {
    Refuse(flag, absl::StrCat("\"", value, "\" is not a whole number in range"));
  }
  setter(number);
}

std::string TypeNameOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrJoin(text::ShortNames(*field.enum_type()), "|");
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field.is_repeated()) return "NAME=VALUE";
      return field.message_type()->name() == "Duration" ? "DURATION" : "TIME";
    case FieldDescriptor::CPPTYPE_STRING:
      return "TEXT";
    default:
      return "NUMBER";
  }
}

}  // namespace

void SetField(Message& message, const FieldDescriptor& field, const std::string& flag,
              const std::string& value) {
  const auto* reflection = message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field.is_repeated() ? reflection->AddString(&message, &field, value)
                                 : reflection->SetString(&message, &field, value);
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(message, field, flag, value);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetMessage(message, field, flag, value);
    case FieldDescriptor::CPPTYPE_INT32:
      return SetNumber<int32_t>(flag, value,
                                [&](int32_t n) { reflection->SetInt32(&message, &field, n); });
    case FieldDescriptor::CPPTYPE_UINT32:
      return SetNumber<uint32_t>(flag, value,
                                 [&](uint32_t n) { reflection->SetUInt32(&message, &field, n); });
    case FieldDescriptor::CPPTYPE_UINT64:
      return SetNumber<uint64_t>(flag, value,
                                 [&](uint64_t n) { reflection->SetUInt64(&message, &field, n); });
    default:
      base::CheckFailed(__FILE__, __LINE__,
                        "an option for a field of type " + std::string(field.cpp_type_name()));
  }
}

CLI::Option* BindField(Declarer& declarer, Message& request, const Field& field) {
  const std::string path = field.path;
  const std::string flag = field.flag;
  const FieldDescriptor& type = FieldAt(request, path);
  if (type.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    return declarer.app.add_flag_function(
        flag,
        [&request, path](int64_t) {
          const Target target = FollowPath(request, path);
          target.message->GetReflection()->SetBool(target.message, target.field, true);
        },
        field.help);
  }
  const auto set = [&request, path, flag,
                    is_positive = field.is_positive](const std::string& value) {
    const Target target = FollowPath(request, path);
    SetField(*target.message, *target.field, flag, value);
    const bool is_zero = !target.field->is_repeated() &&
                         !target.message->GetReflection()->HasField(*target.message, target.field);
    if (is_positive && is_zero) Refuse(flag, "must be 1 or more");
  };
  const auto set_all = [set](const std::vector<std::string>& values) {
    for (const std::string& value : values) set(value);
  };
  CLI::Option* option =
      type.is_repeated()
          ? declarer.app.add_option_function<std::vector<std::string>>(flag, set_all, field.help)
          : declarer.app.add_option_function<std::string>(flag, set, field.help);
  if (type.is_repeated()) {
    // A flag takes one value each time, so that it swallows no positional; a positional takes all.
    option->expected(1, -1)->allow_extra_args(option->get_positional());
  }
  if (type.is_repeated() && type.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    option->delimiter(',');
  }
  option->type_name(TypeNameOf(type))->required(field.is_required);
  if (type.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    declarer.choices[option] = text::ShortNames(*type.enum_type());
  }
  return option;
}

}  // namespace redress::ctl

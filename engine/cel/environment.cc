#include "engine/cel/environment.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/check.h"

namespace redress::cel {

Environment::Environment(Empty)
    : factory_(google::protobuf::MessageFactory::generated_factory()) {
  macros_.Add(StandardMacros());
  AddStandardLibrary(*this);
}

const Environment& Environment::Standard() {
  static const Environment& standard = *new Environment(Empty());
  return standard;
}

Slot Environment::AddVariable(std::string name, Type type) {
  const auto slot = static_cast<Slot>(variables_.size());
  variables_.push_back({name, std::move(type), slot});
  CHECK(slots_.emplace(std::move(name), slot).second);
  return slot;
}

void Environment::AddConstant(std::string name, Type type, Value value) {
  constants_.insert_or_assign(std::move(name), NamedConstant{std::move(type), value});
}

void Environment::AddEnum(const google::protobuf::EnumDescriptor* descriptor,
                          absl::string_view prefix) {
  for (int i = 0; i < descriptor->value_count(); ++i) {
    AddConstant(absl::StrCat(prefix, descriptor->value(i)->name()), Type::Int(),
                Value::Int(descriptor->value(i)->number()));
  }
}

void Environment::AddMessageType(const google::protobuf::Descriptor* descriptor) {
  if (!messages_.emplace(descriptor->full_name(), descriptor).second) return;
  // Well-known messages that stand for a type of the language have that type's name already.
  const Type type = Type::Message(descriptor);
  if (FindConstant(descriptor->full_name()) == nullptr) {
    AddConstant(descriptor->full_name(), Type::TypeOf(type), Value::Type(descriptor->full_name()));
  }
  for (int i = 0; i < descriptor->nested_type_count(); ++i) {
    AddMessageType(descriptor->nested_type(i));
  }
  for (int i = 0; i < descriptor->enum_type_count(); ++i) {
    AddEnum(descriptor->enum_type(i), absl::StrCat(descriptor->enum_type(i)->full_name(), "."));
  }
}

void Environment::AddFunctions(absl::Span<const FunctionRow> rows) {
  for (const FunctionRow& row : rows) AddOverload(ReadSignature(row));
}

void Environment::AddTable(const OverloadTable& table) {
  for (const std::shared_ptr<const Overload>& overload : table) Share(overload);
}

void Environment::AddOverload(Overload overload) {
  Share(std::make_shared<const Overload>(std::move(overload)));
}

void Environment::Share(std::shared_ptr<const Overload> overload) {
  CHECK(overload->parameters.size() <= kParametersMax);
  std::vector<const Overload*>& same_name = functions_[overload->function];
  for (const Overload* other : same_name) CHECK(other->id != overload->id);
  same_name.push_back(overload.get());
  overloads_.push_back(std::move(overload));
}

void Environment::WrapPrepare(absl::string_view function, absl::string_view id,
                              absl::FunctionRef<Prepare(Prepare)> wrap) {
  for (std::shared_ptr<const Overload>& overload : overloads_) {
    if (overload->function != function || overload->id != id) continue;
    Overload wrapped = *overload;
    wrapped.prepare = wrap(std::move(wrapped.prepare));
    std::vector<const Overload*>& same_name = functions_[wrapped.function];
    const auto place = std::find(same_name.begin(), same_name.end(), overload.get());
    overload = std::make_shared<const Overload>(std::move(wrapped));
    *place = overload.get();
    return;
  }
  CHECK(false);  // no such overload
}

const Variable* Environment::FindVariable(absl::string_view name) const {
  const auto found = slots_.find(name);
  return found == slots_.end() ? nullptr : &variables_[found->second];
}

const NamedConstant* Environment::FindConstant(absl::string_view name) const {
  const auto found = constants_.find(name);
  return found == constants_.end() ? nullptr : &found->second;
}

const google::protobuf::Descriptor* Environment::FindMessage(absl::string_view name) const {
  const auto found = messages_.find(name);
  return found == messages_.end() ? nullptr : found->second;
}

FieldReader Environment::FindFieldReader(const google::protobuf::FieldDescriptor* field) const {
  const auto found = readers_.find(field);
  return found == readers_.end() ? nullptr : found->second;
}

const std::vector<const Overload*>* Environment::FindFunction(absl::string_view name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : &found->second;
}

std::vector<std::string> Environment::Candidates(absl::string_view name) const {
  if (absl::ConsumePrefix(&name, ".")) return {std::string(name)};
  std::vector<std::string> candidates;
  absl::string_view prefix = container_;
  while (!prefix.empty()) {
    candidates.push_back(absl::StrCat(prefix, ".", name));
    const size_t dot = prefix.rfind('.');
    prefix = dot == absl::string_view::npos ? "" : prefix.substr(0, dot);
  }
  candidates.push_back(std::string(name));
  return candidates;
}

std::vector<std::string> Environment::VariableNames() const {
  std::vector<std::string> names;
  for (const Variable& variable : variables_) names.push_back(variable.name);
  for (const auto& [name, constant] : constants_) names.push_back(name);
  return names;
}

std::vector<std::string> Environment::MessageNames() const {
  std::vector<std::string> names;
  for (const auto& [name, descriptor] : messages_) names.push_back(name);
  return names;
}

std::vector<std::string> Environment::FunctionNames() const {
  std::vector<std::string> names;
  for (const auto& [name, overloads] : functions_) {
    const bool is_callable = absl::ascii_isalpha(name[0]) && !absl::StrContains(name, '@');
    if (is_callable) names.push_back(name);
  }
  return names;
}

}  // namespace redress::cel

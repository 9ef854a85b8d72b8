// What an expression may refer to: variables, constants, functions, macros and message types.
//
// Filled once, then only read. An environment must outlive the programs planned from it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/cel/function.h"
#include "engine/cel/macro.h"
#include "engine/cel/type.h"
#include "engine/cel/value.h"

namespace google::protobuf {
class Descriptor;
class EnumDescriptor;
class FieldDescriptor;
class Message;
class MessageFactory;
}  // namespace google::protobuf

namespace redress::cel {

// Where a variable's value stands in an Activation.
using Slot = uint32_t;

struct Variable {
  std::string name;
  Type type;
  Slot slot;
};

// Reads a field of a message of one generated class, without the detour through reflection. The
// value points into the message. Absent: reflection has to be asked.
using FieldReader = Value (*)(const google::protobuf::Message&);

struct NamedConstant {
  Type type;
  Value value;
};

class Environment {
 public:
  // Knows the standard library and the standard macros.
  Environment() : Environment(Standard()) {}
  Environment& operator=(const Environment&) = delete;

  // Names are tried inside this namespace first: in "a.b", x is a.b.x, then a.x, then x.
  void set_container(std::string container) { container_ = std::move(container); }
  const std::string& container() const { return container_; }

  // A variable, whose name may be qualified ("a.b"). Its slot is the number of variables before it.
  // REQUIRES: the name is new.
  Slot AddVariable(std::string name, Type type);

  // A name for a fixed value. What the value points to must outlive the environment.
  void AddConstant(std::string name, Type type, Value value);

  // The values of an enum, as int constants: prefix + value name. Also, with an empty prefix, for
  // plain CRITICAL.
  void AddEnum(const google::protobuf::EnumDescriptor* descriptor, absl::string_view prefix);

  // A message type that expressions may name and build, and its nested types and enums under their
  // full names.
  void AddMessageType(const google::protobuf::Descriptor* descriptor);

  // A faster way to read a field. REQUIRES: it gives what reflection gives, for messages of the
  // generated class of the field's type; no other message is given to it.
  void AddFieldReader(const google::protobuf::FieldDescriptor* field, FieldReader reader) {
    readers_[field] = reader;
  }
  // nullptr: there is none.
  FieldReader FindFieldReader(const google::protobuf::FieldDescriptor* field) const;

  // Makes the messages that expressions build; the generated ones by default.
  void set_message_factory(google::protobuf::MessageFactory* factory) { factory_ = factory; }
  google::protobuf::MessageFactory* message_factory() const { return factory_; }

  // A table of functions. REQUIRES: the signatures are well formed and the ids are new.
  void AddFunctions(absl::Span<const FunctionRow> rows);

  // The same, read before.
  void AddTable(const OverloadTable& table);

  // One function whose signature is already types. REQUIRES: the id is new.
  void AddOverload(Overload overload);

  // Lets a host prepare calls of an overload in its own way: `wrap` is given the preparation that
  // there is, and returns the one to use. REQUIRES: the overload exists.
  void WrapPrepare(absl::string_view function, absl::string_view id,
                   absl::FunctionRef<Prepare(Prepare)> wrap);

  MacroTable& macros() { return macros_; }
  const MacroTable& macros() const { return macros_; }

  // Look-ups by exact name.
  const Variable* FindVariable(absl::string_view name) const;
  const NamedConstant* FindConstant(absl::string_view name) const;
  const google::protobuf::Descriptor* FindMessage(absl::string_view name) const;
  // Every overload with the name, methods too; nullptr for an unknown function.
  const std::vector<const Overload*>* FindFunction(absl::string_view name) const;

  // The names that `name` may stand for, the most qualified first. A leading '.' leaves only what
  // follows it.
  std::vector<std::string> Candidates(absl::string_view name) const;

  size_t variable_count() const { return variables_.size(); }
  const std::deque<Variable>& variables() const { return variables_; }

  // For suggestions: every variable and constant; every function that a person may call; every
  // message type.
  std::vector<std::string> VariableNames() const;
  std::vector<std::string> FunctionNames() const;
  std::vector<std::string> MessageNames() const;

 private:
  struct Empty {};

  void Share(std::shared_ptr<const Overload> overload);

  explicit Environment(Empty);
  // Shares the functions of the other.
  Environment(const Environment&) = default;
  // Made once for all, since reading its signatures takes longer than most compilations.
  static const Environment& Standard();

  std::string container_;
  std::deque<Variable> variables_;
  absl::btree_map<std::string, Slot> slots_;
  absl::btree_map<std::string, NamedConstant> constants_;
  absl::btree_map<std::string, const google::protobuf::Descriptor*> messages_;
  // Looked up only, never walked.
  absl::btree_map<const google::protobuf::FieldDescriptor*, FieldReader> readers_;
  std::vector<std::shared_ptr<const Overload>> overloads_;
  absl::btree_map<std::string, std::vector<const Overload*>> functions_;
  MacroTable macros_;
  google::protobuf::MessageFactory* factory_;
};

// Extensions. Each adds a table of functions and the macros that go with it; add one at most once.
void AddStringsExtension(Environment& environment);
void AddMathExtension(Environment& environment);
void AddBindingsExtension(Environment& environment);
void AddEncodersExtension(Environment& environment);
void AddOptionalsExtension(Environment& environment);
// Comprehensions over index and element, or key and value.
void AddTwoVariableComprehensions(Environment& environment);
// Lets the checker accept 1 < 2.5, which evaluates in any case.
void AddMixedNumberComparisons(Environment& environment);

// Part of every environment; each is a table in a file of its own.
void AddStandardLibrary(Environment& environment);
void AddArithmetic(Environment& environment);
void AddConversions(Environment& environment);
void AddTimeFunctions(Environment& environment);

}  // namespace redress::cel

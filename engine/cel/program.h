// A planned expression, ready to run as often as wanted.
//
// Immutable: any number of threads may run one program at a time, each with an Activation and an
// Arena of its own. The Environment it was planned from must outlive it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <typeinfo>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/cel/arena.h"
#include "engine/cel/environment.h"
#include "engine/cel/function.h"
#include "engine/cel/type.h"
#include "engine/cel/value.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
class Reflection;
}  // namespace google::protobuf

namespace redress::cel {

// Enough for a million turns of a small loop.
inline constexpr uint64_t kStepsMax = 10'000'000;

// The values of an environment's variables for one evaluation.
class Activation {
 public:
  explicit Activation(const Environment& environment) : values_(environment.variable_count()) {}

  // What the value points to must outlive the evaluation and its result. A variable that was not
  // set is an error when it is read.
  void Set(Slot slot, Value value) { values_[slot] = value; }
  const Value& Get(Slot slot) const { return values_[slot]; }

  // For functions of the host, see CallContext::host().
  void set_host(const void* host) { host_ = host; }
  const void* host() const { return host_; }

 private:
  // Room for the variables of most environments without an allocation.
  absl::InlinedVector<Value, 8> values_;
  const void* host_ = nullptr;
};

enum class Op : uint8_t {
  kConstant,
  kVariable,
  kLocal,
  kField,          // of a message of a known type
  kVariableField,  // the same, of a variable: one step for the commonest of all
  kSelect,         // by name: of a map, an optional, or a message whose type is not known
  kHas,
  kOptionalSelect,
  kIndex,
  kOptionalIndex,
  kAnd,
  kOr,
  kNot,
  kConditional,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,
  kNotStrictlyFalse,
  kCall,
  kList,
  kMap,
  kMessage,
  kFold,
  kCollect,     // a comprehension that makes a list
  kCollectMap,  // or a map
  kOptionalOr,  // these two do not evaluate their argument unless it is needed
  kOptionalOrValue,
  kFail,  // an error with the words of its value
};

inline constexpr uint32_t kNoTable = UINT32_MAX;

// One step. Children come before their parents.
struct PlanNode {
  Op op;
  uint32_t offset = 0;  // in the text, for errors
  uint32_t first = 0;   // of the children in Program::children
  uint32_t count = 0;
  uint32_t index = 0;  // a slot, or the place in the table of the op
  // Of a literal: its flags in Program::optional_entries_. Of a field: what is known of it in
  // Program::fields_. Of a comparison: how it is done in one step, in Program::comparisons_.
  uint32_t table = kNoTable;
  Value value;  // a constant, or the name of a field
};

// A field of a message of a known type. Comparing classes is cheaper than asking a message for its
// descriptor, which only a message of another class (from another pool) needs.
struct PlanField {
  const google::protobuf::FieldDescriptor* field;
  const google::protobuf::Reflection* reflection;
  const std::type_info* message_class;
  FieldReader reader;  // nullptr: none but reflection
};

// A field inside this many others at most is compared in one step.
inline constexpr size_t kComparedPathMax = 3;

// A comparison of a field with a constant text or whole number, the commonest of all conditions,
// ready to be done without walking to its parts. A message of another class takes the long way.
struct PlanComparison {
  Op op;
  Slot slot = 0;
  uint32_t depth = 0;  // of the path
  std::array<FieldReader, kComparedPathMax> path = {};
  const std::type_info* message_class = nullptr;  // of the variable
  Value constant;
};

// The overloads of a call. The first one whose kinds are those of the arguments is called.
struct PlanOverload {
  std::array<Kind, kParametersMax> kinds;     // kAbsent: any
  std::array<Kind, kParametersMax> elements;  // of a list that was not checked before; kAbsent: any
  Native native;
};
struct PlanCall {
  std::string function;
  std::vector<PlanOverload> overloads;
};

struct PlanMessage {
  const google::protobuf::Message* prototype;
  std::vector<const google::protobuf::FieldDescriptor*> fields;
};

// Children: range, initial, condition, step, result. Of kCollect: range, filter (or kNoChild),
// element. Of kCollectMap: range, filter, key (or kNoChild), value.
struct PlanFold {
  uint32_t variable;  // places among the locals
  uint32_t second_variable;
  uint32_t accumulator;
  bool has_pairs;
  uint32_t steps_per_turn;  // the size of what is repeated
};

inline constexpr uint32_t kNoChild = UINT32_MAX;

// What a field must be for an expression to be true.
struct Demand {
  enum class Kind : uint8_t {
    kAnyOf,   // one of these texts or whole numbers
    kPrefix,  // a text that begins with this one
    kRange,   // a whole number from `min` to `max`
    kHas,     // there, as has() means it
    kCall,    // a text for which `function` says true, given this text or list of values
  };
  // From a field of a variable inwards; at least one.
  std::vector<const google::protobuf::FieldDescriptor*> path;
  Kind kind;
  absl::Span<const Value> values;  // live as long as the program
  int64_t min = 0;
  int64_t max = 0;
  absl::string_view function = {};  // lives as long as the program
};

// One of several ways for an expression to be true.
struct Alternative {
  std::vector<Demand> demands;
  // While all demands hold, the expression is true: they are all that it asks for.
  bool is_whole = false;
};

// A result, and the steps that computing it took.
struct CountedValue {
  Value value;
  uint64_t steps = 0;
};

class Program {
 public:
  // The result, or an error value. It points into the activation's values, this program and
  // `arena`.
  Value Run(const Activation& activation, Arena& arena, uint64_t steps_max = kStepsMax) const;

  // The same, for runs that share a budget. One that runs out of steps took all it might.
  CountedValue RunCounted(const Activation& activation, Arena& arena, uint64_t steps_max) const;

  // The alternatives of the expression: the terms of its outermost ||, each with the demands among
  // the terms of its outermost &&. While every alternative has a demand that does not hold, the
  // expression is false, or an error if it ran out of steps on the way there. For indexes.
  std::vector<Alternative> Alternatives() const;

  // False: no evaluation looks at one of these fields of the variable, whatever it comes to.
  bool MayRead(Slot variable,
               absl::Span<const google::protobuf::FieldDescriptor* const> fields) const;

  // What the checker found the result to be.
  const Type& type() const { return type_; }

 private:
  friend class Planner;
  friend class Runner;

  // The result of a conjunction whose comparisons are each done in one step, up to the first that
  // is false; nothing: some term has to take the long way.
  std::optional<bool> RunConjunction(const Activation& activation) const;

  // Notes how a node is done in one step, if it compares a field with a constant.
  void NoteComparison(uint32_t id);
  bool FindPath(const PlanNode& node, PlanComparison& comparison) const;
  // Notes whether the expression has nothing but such nodes, once it is planned.
  void NoteConjunction();
  void AddDemands(uint32_t term, std::vector<Demand>& demands) const;
  void AddPresence(const PlanNode& node, std::vector<Demand>& demands) const;
  std::vector<const google::protobuf::FieldDescriptor*> PathOf(const PlanNode& node) const;

  std::vector<PlanNode> nodes_;
  std::vector<uint32_t> children_;
  std::vector<PlanCall> calls_;
  std::vector<PlanMessage> messages_;
  std::vector<PlanFold> folds_;
  std::vector<PlanField> fields_;
  std::vector<PlanComparison> comparisons_;
  bool is_conjunction_ = false;  // the whole expression is && of these, in their order
  std::vector<std::vector<bool>> optional_entries_;
  uint32_t root_ = 0;
  uint32_t locals_ = 0;
  Type type_;
  std::unique_ptr<Arena> constants_;
};

}  // namespace redress::cel

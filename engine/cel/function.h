// Functions of the language as rows of a table.
//
// A row is an overload: a signature, as text, and what computes it:
//
//     {"string_mentions", "string.mentions(list(string)) -> bool", Mentions}
//
// A type before the dot makes a method of it; single capital letters are type parameters. A host
// adds its own functions the same way, see Environment::AddFunctions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/cel/arena.h"
#include "engine/cel/type.h"
#include "engine/cel/value.h"

namespace redress::cel {

// An overload has at most this many parameters, its target included.
inline constexpr size_t kParametersMax = 8;

// What a function may use beside its arguments.
class CallContext {
 public:
  CallContext(Arena& arena, uint64_t& steps_left, uint32_t offset, const void* host)
      : arena_(arena), steps_left_(steps_left), offset_(offset), host_(host) {}

  // Memory for the result.
  Arena& arena() { return arena_; }

  // What the host put into the Activation, for its own functions; may be nullptr.
  const void* host() const { return host_; }

  // The result of a function that fails. The message is copied.
  Value Error(absl::string_view message);

  // Copies text into the arena; an error value when it does not fit.
  Value NewString(absl::string_view text);
  Value NewBytes(absl::string_view bytes);
  Value NewList(absl::Span<const Value> elements);

  // An error about missing memory.
  Value OutOfMemory();

  // Counts work that grows with the size of the arguments against the budget of steps. False when
  // that is used up: return OutOfSteps().
  bool Charge(uint64_t steps) {
    if (steps > steps_left_) {
      steps_left_ = 0;
      return false;
    }
    steps_left_ -= steps;
    return true;
  }
  Value OutOfSteps();

 private:
  Arena& arena_;
  uint64_t& steps_left_;
  uint32_t offset_;
  const void* host_;
};

// Computes a result from arguments that are never errors and whose kinds match the signature, as do
// the elements of a list with a simple type such as list(string). An argument declared dyn or by a
// type parameter may be of any kind; the values of maps and the inside of nested lists are not
// looked into. Must not block, must not change anything, and must charge for work that is more than
// proportional to the size of its arguments.
using Native = std::function<Value(CallContext&, absl::Span<const Value>)>;

// What preparing a call for its constant arguments gives.
struct Prepared {
  Native native;        // replaces the overload's own; empty: keep that
  std::string problem;  // not empty: the arguments can never work, and why
  size_t argument = 0;  // the one that the problem is about
};

// Called once, when a program is planned, with the arguments that are constants; the others are
// nullptr.
using Prepare = std::function<Prepared(absl::Span<const Value* const>)>;

enum class Folding : uint8_t {
  kAtRunTime,     // may read the host: computed in every evaluation
  kWhenConstant,  // depends on its arguments only: computed when planned, if they are constants
};

// A row of a table of functions.
struct FunctionRow {
  absl::string_view id;  // unique, for programs that inspect a checked tree
  absl::string_view signature;
  Native native;
  Folding folding = Folding::kWhenConstant;
  Prepare prepare = nullptr;
};

// A row with its signature read.
struct Overload {
  std::string id;
  std::string function;
  bool is_method = false;
  bool is_generic = false;       // has type parameters
  std::vector<Type> parameters;  // the target first
  Type result;
  Native native;
  Folding folding;
  Prepare prepare;
};

// REQUIRES: the signature is well formed; it is part of the program, so a mistake in it stops the
// process.
Overload ReadSignature(const FunctionRow& row);

// Functions with their signatures read, to be shared by environments, since reading a signature
// takes longer than adding what was read.
using OverloadTable = std::vector<std::shared_ptr<const Overload>>;
OverloadTable ReadSignatures(absl::Span<const FunctionRow> rows);

// The kind that an argument for a parameter of this type must have; kAbsent when any will do.
Kind ParameterKind(const Type& type);

}  // namespace redress::cel

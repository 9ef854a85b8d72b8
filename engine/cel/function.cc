#include "engine/cel/function.h"

#include <cstring>
#include <memory>
#include <new>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/check.h"

namespace redress::cel {
namespace {

constexpr Failure kOutOfMemory{"the evaluation needs more memory than it may use", 0};
constexpr Failure kOutOfSteps{"the evaluation needs more steps than it may take", 0};

struct NamedType {
  absl::string_view name;
  TypeKind kind;
  size_t parameters;
};

constexpr NamedType kNamedTypes[] = {
    {"dyn", TypeKind::kDyn, 0},
    {"null", TypeKind::kNull, 0},
    {"bool", TypeKind::kBool, 0},
    {"int", TypeKind::kInt, 0},
    {"uint", TypeKind::kUint, 0},
    {"double", TypeKind::kDouble, 0},
    {"string", TypeKind::kString, 0},
    {"bytes", TypeKind::kBytes, 0},
    {"timestamp", TypeKind::kTimestamp, 0},
    {"duration", TypeKind::kDuration, 0},
    {"type", TypeKind::kType, 1},
    {"list", TypeKind::kList, 1},
    {"map", TypeKind::kMap, 2},
    {"optional_type", TypeKind::kOpaque, 1},
};

const NamedType* FindNamedType(absl::string_view name) {
  for (const NamedType& candidate : kNamedTypes) {
    if (candidate.name == name) return &candidate;
  }
  return nullptr;
}

class SignatureReader {
 public:
  explicit SignatureReader(absl::string_view text) : text_(text) {}

  void Read(Overload& overload) {
    const std::string first = Word();
    if (FindNamedType(first) != nullptr && IsMethod()) {
      overload.is_method = true;
      overload.parameters.push_back(TypeNamed(first));
      Require(".");
      overload.function = Name();
    } else {
      overload.function = absl::StrCat(first, Name());
    }
    Require("(");
    while (!Accept(")")) {
      overload.parameters.push_back(ReadType());
      Accept(",");
    }
    Require("->");
    overload.result = ReadType();
    CHECK(text_.empty());
    overload.is_generic = is_generic_;
  }

 private:
  // Whether the type just named, with its parameters, is followed by a dot.
  bool IsMethod() const {
    size_t at = 0;
    for (size_t depth = 0; at < text_.size(); ++at) {
      if (text_[at] == ')' && --depth == 0) return text_.substr(at + 1, 1) == ".";
      if (text_[at] == '(') ++depth;
      if (depth == 0) return text_[at] == '.';
    }
    return false;
  }

  bool Accept(absl::string_view token) {
    text_ = absl::StripLeadingAsciiWhitespace(text_);
    return absl::ConsumePrefix(&text_, token);
  }

  void Require(absl::string_view token) { CHECK(Accept(token)); }

  std::string Word() {
    text_ = absl::StripLeadingAsciiWhitespace(text_);
    size_t length = 0;
    while (length < text_.size() && (absl::ascii_isalnum(text_[length]) || text_[length] == '_')) {
      ++length;
    }
    const std::string word(text_.substr(0, length));
    text_.remove_prefix(length);
    return word;
  }

  // Up to the parenthesis: operators have names such as _[_].
  std::string Name() {
    const size_t length = text_.find('(');
    CHECK(length != absl::string_view::npos);
    const std::string name(text_.substr(0, length));
    text_.remove_prefix(length);
    return name;
  }

  Type ReadType() { return TypeNamed(Word()); }

  Type TypeNamed(const std::string& name) {
    const NamedType* named = FindNamedType(name);
    if (named == nullptr) {
      CHECK(name.size() == 1 && absl::ascii_isupper(name[0]));
      is_generic_ = true;
      return Type::Generic(name);
    }
    if (named->parameters == 0) return Type(named->kind);
    if (!Accept("("))
      return named->kind == TypeKind::kList ? Type::List(Type::Dyn()) : Type(named->kind);
    std::vector<Type> parameters;
    do {
      parameters.push_back(ReadType());
    } while (Accept(","));
    Require(")");
    CHECK(parameters.size() == named->parameters);
    if (named->kind == TypeKind::kMap) return Type::Map(parameters[0], parameters[1]);
    if (named->kind == TypeKind::kList) return Type::List(parameters[0]);
    if (named->kind == TypeKind::kType) return Type::TypeOf(parameters[0]);
    return Type::Opaque(name, std::move(parameters));
  }

  absl::string_view text_;
  bool is_generic_ = false;
};

}  // namespace

Value CallContext::Error(absl::string_view message) {
  const Value text = NewString(message);
  if (text.IsError()) return text;
  void* memory = arena_.Allocate(sizeof(Failure));
  if (memory == nullptr) return OutOfMemory();
  return Value::Error(new (memory) Failure{text.AsString(), offset_});
}

Value CallContext::NewString(absl::string_view text) {
  if (text.empty()) return Value::String("");
  char* copy = arena_.AllocateArray<char>(text.size());
  if (copy == nullptr) return OutOfMemory();
  std::memcpy(copy, text.data(), text.size());
  return Value::String(absl::string_view(copy, text.size()));
}

Value CallContext::NewBytes(absl::string_view bytes) {
  const Value copy = NewString(bytes);
  return copy.IsError() ? copy : Value::Bytes(copy.AsString());
}

Value CallContext::NewList(absl::Span<const Value> elements) {
  Value* copy = arena_.AllocateArray<Value>(elements.size());
  if (copy == nullptr) return OutOfMemory();
  std::uninitialized_copy(elements.begin(), elements.end(), copy);
  return Value::List(absl::MakeConstSpan(copy, elements.size()));
}

Value CallContext::OutOfMemory() { return Value::Error(&kOutOfMemory); }

Value CallContext::OutOfSteps() { return Value::Error(&kOutOfSteps); }

Overload ReadSignature(const FunctionRow& row) {
  Overload overload;
  overload.id = std::string(row.id);
  SignatureReader(row.signature).Read(overload);
  CHECK(overload.parameters.size() <= kParametersMax);
  overload.native = row.native;
  overload.folding = row.folding;
  overload.prepare = row.prepare;
  return overload;
}

OverloadTable ReadSignatures(absl::Span<const FunctionRow> rows) {
  OverloadTable table;
  for (const FunctionRow& row : rows)
    table.push_back(std::make_shared<const Overload>(ReadSignature(row)));
  return table;
}

Kind ParameterKind(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kNull:
      return Kind::kNull;
    case TypeKind::kBool:
      return Kind::kBool;
    case TypeKind::kInt:
      return Kind::kInt;
    case TypeKind::kUint:
      return Kind::kUint;
    case TypeKind::kDouble:
      return Kind::kDouble;
    case TypeKind::kString:
      return Kind::kString;
    case TypeKind::kBytes:
      return Kind::kBytes;
    case TypeKind::kTimestamp:
      return Kind::kTimestamp;
    case TypeKind::kDuration:
      return Kind::kDuration;
    case TypeKind::kType:
      return Kind::kType;
    case TypeKind::kList:
      return Kind::kList;
    case TypeKind::kMap:
      return Kind::kMap;
    case TypeKind::kOpaque:
      return Kind::kOptional;
    default:
      return Kind::kAbsent;
  }
}

}  // namespace redress::cel

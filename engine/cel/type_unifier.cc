#include "engine/cel/type_unifier.h"

namespace redress::cel {
namespace {

// What null may stand for.
bool IsNullable(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kNull:
    case TypeKind::kWrapper:
    case TypeKind::kMessage:
    case TypeKind::kTimestamp:
    case TypeKind::kDuration:
    case TypeKind::kOpaque:
      return true;
    default:
      return false;
  }
}

const Type& Unwrapped(const Type& type) {
  return type.Is(TypeKind::kWrapper) ? type.parameter(0) : type;
}

}  // namespace

Type TypeUnifier::Fresh() {
  bindings_.emplace_back();
  return Type::Variable(static_cast<uint32_t>(bindings_.size() - 1));
}

Type TypeUnifier::Instantiate(const Type& type, std::map<std::string, Type>& names) {
  if (type.Is(TypeKind::kGeneric)) {
    const auto found = names.find(type.name());
    if (found != names.end()) return found->second;
    return names.emplace(type.name(), Fresh()).first->second;
  }
  if (type.parameters().empty()) return type;
  std::vector<Type> parameters;
  for (const Type& parameter : type.parameters()) {
    parameters.push_back(Instantiate(parameter, names));
  }
  return type.With(std::move(parameters));
}

const Type& TypeUnifier::Shallow(const Type& type) const {
  const Type* current = &type;
  while (current->Is(TypeKind::kVariable) && bindings_[current->index()].has_value()) {
    current = &*bindings_[current->index()];
  }
  return *current;
}

bool TypeUnifier::Assign(const Type& to, const Type& from) { return AssignAll({to}, {from}); }

bool TypeUnifier::AssignAll(const std::vector<Type>& to, const std::vector<Type>& from) {
  trail_.clear();
  const bool fits = FitsEach(to, from);
  for (; !fits && !trail_.empty(); trail_.pop_back()) {
    bindings_[trail_.back().index] = std::move(trail_.back().before);
  }
  return fits;
}

void TypeUnifier::Set(uint32_t index, Type type) {
  trail_.push_back({index, std::move(bindings_[index])});
  bindings_[index] = std::move(type);
}

bool TypeUnifier::FitsEach(const std::vector<Type>& to, const std::vector<Type>& from) {
  if (to.size() != from.size()) return false;
  for (size_t i = 0; i < to.size(); ++i) {
    if (!Fits(to[i], from[i])) return false;
  }
  return true;
}

bool TypeUnifier::Fits(const Type& needed, const Type& given) {
  if (IsExhausted()) return true;
  const Type from = Shallow(given);
  if (needed.Is(TypeKind::kVariable) && bindings_[needed.index()].has_value()) {
    const Type bound = Shallow(needed);
    if (bound.Is(TypeKind::kVariable)) return Bind(bound, from);
    if (!Fits(bound, from)) return false;
    // Of null and wrapper, or int and dyn, the parameter keeps the one that includes the other.
    if (IsAsGeneral(from, bound)) Set(needed.index(), from);
    return true;
  }
  const Type to = Shallow(needed);
  if (to.Is(TypeKind::kVariable)) return Bind(to, from);
  if (from.Is(TypeKind::kVariable)) return Bind(from, to);
  if (to.IsDyn() || from.IsDyn()) return true;
  if (to.Is(TypeKind::kNull)) return IsNullable(from);
  if (from.Is(TypeKind::kNull)) return IsNullable(to);
  if (to.Is(TypeKind::kWrapper) || from.Is(TypeKind::kWrapper)) {
    return Unwrapped(to) == Unwrapped(from);
  }
  if (to.kind() != from.kind()) return false;
  switch (to.kind()) {
    case TypeKind::kType:
      return true;
    case TypeKind::kList:
    case TypeKind::kMap:
      return FitsEach(to.parameters(), from.parameters());
    case TypeKind::kOpaque:
      return to.name() == from.name() && FitsEach(to.parameters(), from.parameters());
    case TypeKind::kMessage:
      return to.descriptor() == from.descriptor();
    default:
      return true;
  }
}

bool TypeUnifier::Bind(const Type& variable, const Type& type) {
  if (type.Is(TypeKind::kVariable) && type.index() == variable.index()) return true;
  if (Occurs(variable.index(), type)) return false;
  if (is_exhausted()) return true;  // unknown whether it occurs: a binding could go in circles
  Set(variable.index(), type);
  return true;
}

bool TypeUnifier::Occurs(uint32_t index, const Type& type) {
  const Type& resolved = Shallow(type);
  if (IsExhausted()) return false;
  if (resolved.Is(TypeKind::kVariable)) return resolved.index() == index;
  for (const Type& parameter : resolved.parameters()) {
    if (Occurs(index, parameter)) return true;
  }
  return false;
}

// Whether `left` includes every value of `right`. REQUIRES: they fit each other.
bool TypeUnifier::IsAsGeneral(const Type& given_left, const Type& given_right) {
  if (IsExhausted()) return true;
  const Type& left = Shallow(given_left);
  const Type& right = Shallow(given_right);
  if (left.IsDyn()) return true;
  if (left.Is(TypeKind::kVariable)) return true;
  if (left.Is(TypeKind::kWrapper)) {
    return right.Is(TypeKind::kNull) || Unwrapped(left) == Unwrapped(right);
  }
  if (right.Is(TypeKind::kNull)) return IsNullable(left);
  if (left.kind() != right.kind()) return false;
  for (size_t i = 0; i < left.parameters().size() && i < right.parameters().size(); ++i) {
    if (!IsAsGeneral(left.parameter(i), right.parameter(i))) return false;
  }
  return true;
}

Type TypeUnifier::Join(const Type& left, const Type& right) {
  if (!Assign(left, right)) return Type::Dyn();
  return IsAsGeneral(left, right) ? left : right;
}

Type TypeUnifier::Resolve(const Type& type) { return Replace(type, false); }

Type TypeUnifier::Finish(const Type& type) { return Replace(type, true); }

Type TypeUnifier::Replace(const Type& type, bool unbound_is_dyn) {
  const Type& resolved = Shallow(type);
  if (IsExhausted()) return Type::Dyn();
  if (resolved.Is(TypeKind::kVariable) && unbound_is_dyn) return Type::Dyn();
  if (resolved.parameters().empty()) return resolved;
  std::vector<Type> parameters;
  for (const Type& parameter : resolved.parameters()) {
    parameters.push_back(Replace(parameter, unbound_is_dyn));
  }
  return resolved.With(std::move(parameters));
}

}  // namespace redress::cel

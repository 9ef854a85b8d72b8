// Which types fit which, while a call or a literal is checked.
//
// A type parameter of a signature becomes a fresh variable in each call; fitting an argument to it
// binds the variable. dyn fits everything, in both directions: what cannot be known is checked when
// it runs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/cel/type.h"

namespace redress::cel {

class TypeUnifier {
 public:
  // Parts of types looked at in one check.
  static constexpr uint64_t kWorkMax = 10'000'000;

  Type Fresh();

  // The type with each type parameter replaced by a variable, the same one for the same name within
  // `names`.
  Type Instantiate(const Type& type, std::map<std::string, Type>& names);

  // Whether a value of type `from` may be used where `to` is needed. Binds variables when so; when
  // not, nothing changes.
  bool Assign(const Type& to, const Type& from);

  // All of several, or nothing. REQUIRES: the same number of each.
  bool AssignAll(const std::vector<Type>& to, const std::vector<Type>& from);

  // The type of a list that holds both: the more general one, or dyn when they do not fit.
  Type Join(const Type& left, const Type& right);

  // The type with bound variables replaced; unbound ones stay.
  Type Resolve(const Type& type);

  // The same, with unbound variables as dyn.
  Type Finish(const Type& type);

  // Whether the types were so involved that the work was cut off; then the answers above mean
  // nothing.
  bool is_exhausted() const { return work_left_ == 0; }

 private:
  const Type& Shallow(const Type& type) const;
  bool Fits(const Type& to, const Type& from);
  bool FitsEach(const std::vector<Type>& to, const std::vector<Type>& from);
  bool Bind(const Type& variable, const Type& type);
  bool Occurs(uint32_t index, const Type& type);
  bool IsAsGeneral(const Type& left, const Type& right);
  Type Replace(const Type& type, bool unbound_is_dyn);

  void Set(uint32_t index, Type type);

  // Variables bound to types with variables can stand for types of any size: each part looked at
  // counts.
  bool IsExhausted() {
    if (work_left_ > 0) --work_left_;
    return work_left_ == 0;
  }

  struct Change {
    uint32_t index;
    std::optional<Type> before;
  };

  std::vector<std::optional<Type>> bindings_;
  uint64_t work_left_ = kWorkMax;
  std::vector<Change> trail_;  // undone when an assignment fails halfway
};

}  // namespace redress::cel

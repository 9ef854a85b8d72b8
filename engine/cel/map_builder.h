// Makes map values: sorted, each key once.
#pragma once

#include <vector>

#include "engine/cel/function.h"
#include "engine/cel/value.h"

namespace redress::cel {

class MapBuilder {
 public:
  MapBuilder(CallContext& context, size_t expected) : context_(context) {
    entries_.reserve(expected);
  }

  void Add(Value key, Value value) { entries_.push_back({key, value}); }

  // The map, in the context's arena; an error for a value that cannot be a key and for a key that
  // comes twice.
  Value Build();

 private:
  CallContext& context_;
  std::vector<MapEntry> entries_;
};

}  // namespace redress::cel

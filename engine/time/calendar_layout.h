// Lays out the weeks of a calendar, each as the stretches of time that it is open.
#pragma once

#include <map>

#include "engine/time/calendar.h"

namespace redress::engine {

class CalendarLayout {
 public:
  // Fills the table of `calendar`, which must hold its zone and be empty otherwise.
  CalendarLayout(const WorkingHours& hours, Calendar& calendar)
      : hours_(hours), calendar_(calendar) {}

  void Fill();

 private:
  using Shape = Calendar::Shape;

  int64_t StartOf(absl::CivilDay day) const;
  bool IsPlain(absl::CivilDay monday) const;
  const std::vector<Hours>& HoursOf(absl::CivilDay day) const;
  // What is open from `start` up to `end`, both in microseconds, around that Monday's week.
  Shape Open(absl::CivilDay monday, int64_t start, int64_t end) const;
  Shape PlainShape() const;
  uint32_t NumberOf(Shape shape);

  const WorkingHours& hours_;
  Calendar& calendar_;
  std::map<Shape, uint32_t> numbers_;
};

}  // namespace redress::engine

// Lays out the weeks of a calendar, each as the stretches of time that it is open.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

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

  // Days are counted from 1970-01-01 on the wall, instants in microseconds.
  int64_t StartOf(int64_t day) const;
  // Whether the week of that Monday, which begins at `start`, is like any other.
  bool IsPlain(int64_t monday, int64_t start) const;
  const std::vector<Hours>& HoursOf(int64_t day) const;
  // What is open in the week of that Monday, from `start` up to `end`.
  Shape Open(int64_t monday, int64_t start, int64_t end) const;
  Shape PlainShape() const;
  uint32_t NumberOf(Shape shape);

  const WorkingHours& hours_;
  Calendar& calendar_;
  std::vector<int64_t> dated_;  // the days of hours_.dated
  std::map<Shape, uint32_t> numbers_;
};

}  // namespace redress::engine

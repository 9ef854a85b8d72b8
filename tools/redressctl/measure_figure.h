// One figure of a measure in words.
#pragma once

#include <cstdint>
#include <string>

#include "redress/v1/report.pb.h"

namespace redress::ctl {

// "vip / gold"; "(none)" for an empty value.
std::string ValuesText(const v1::MeasureRow& row);

// "95.2%" of millionths.
std::string PercentText(int64_t millionths);

// "95.2%"; "-" where nothing was counted.
std::string RateText(const v1::MeasureRow& row);

// A duration, or a number.
std::string ValueText(const v1::MeasureReport& measure, int64_t value);

// The total in a line: "95.2% (20 of 21; 95% sure within 77.3% and 99.2%)".
std::string TotalText(const v1::MeasureReport& measure);

// What a chart shows of a row: the rate in millionths, the mean of the values, or the count.
int64_t ChartedValue(const v1::MeasureReport& measure, const v1::MeasureRow& row);
std::string ChartedText(const v1::MeasureReport& measure, const v1::MeasureRow& row);

}  // namespace redress::ctl

// Figures of measures as people read, print and calculate with them.
#pragma once

#include <string>

#include "redress/v1/audit_service.pb.h"

namespace redress::ctl {

// A line for each measure with its total, then its tables and its series.
std::string MeasuresText(const v1::GetMeasuresResponse& response, bool has_color);

// One row for each figure: measure, version, split, values, part of the period, counts, sums and
// percentiles.
std::string MeasuresCsv(const v1::GetMeasuresResponse& response);

// One page that needs nothing else, for printing: a chart and a table for each split and series.
std::string MeasuresHtml(const v1::GetMeasuresResponse& response);

}  // namespace redress::ctl

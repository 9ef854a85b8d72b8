#include "engine/inspection/error_rates.h"

#include <algorithm>
#include <optional>

#include "engine/measure/measure_report.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;
using Results = google::protobuf::RepeatedPtrField<v1::ItemResult>;

constexpr int64_t kMillion = 1'000'000;

// The plan, then the values of the stratum.
std::vector<std::string> StratumName(const v1::SampleDrawn& draw,
                                     const v1::SampleStratum& stratum) {
  std::vector<std::string> values = {draw.plan().id()};
  values.insert(values.end(), stratum.values().begin(), stratum.values().end());
  return values;
}

void AddOne(v1::ErrorRates& rates, const v1::Inspection& inspection) {
  bool is_fatal = false;
  for (const v1::ItemResult& result : FinalResults(inspection)) {
    if (result.not_applicable()) continue;
    if (result.fatal()) {
      is_fatal |= result.defects() > 0;
      continue;
    }
    rates.set_defects(rates.defects() + result.defects());
    rates.set_opportunities(rates.opportunities() + result.opportunities());
  }
  rates.set_inspected(rates.inspected() + 1);
  if (is_fatal) rates.set_fatal(rates.fatal() + 1);
  if (inspection.state() == v1::INSPECTION_STATE_DISPUTED) rates.set_disputed(rates.disputed() + 1);
  if (inspection.state() == v1::INSPECTION_STATE_UPHELD) rates.set_upheld(rates.upheld() + 1);
  if (inspection.state() == v1::INSPECTION_STATE_OVERTURNED)
    rates.set_overturned(rates.overturned() + 1);
}

v1::ErrorRates WithIntervals(v1::ErrorRates rates) {
  if (rates.inspected() > 0)
    *rates.mutable_fatal_interval() = WilsonInterval(rates.fatal(), rates.inspected());
  if (rates.opportunities() > 0)
    *rates.mutable_defect_interval() = WilsonInterval(rates.defects(), rates.opportunities());
  return rates;
}

template <typename Table, typename Rows>
void Fill(const Table& table, Rows& rows) {
  for (const auto& [values, rates] : table) {
    v1::ErrorRates& row = *rows.Add();
    row = WithIntervals(rates);
    row.mutable_values()->Add(values.begin(), values.end());
  }
}

// In millionths; nothing where a stratum with tickets was not looked into.
template <typename Table>
std::optional<uint32_t> Weighed(const Table& strata) {
  __int128 sum = 0;
  int64_t population = 0;
  for (const auto& [values, rates] : strata) {
    if (rates.population() == 0) continue;
    if (rates.inspected() == 0) return std::nullopt;
    population += static_cast<int64_t>(rates.population());
    sum += static_cast<__int128>(rates.population()) * rates.fatal() * kMillion * kMillion /
           rates.inspected();
  }
  if (population == 0) return std::nullopt;
  return static_cast<uint32_t>((sum / population + kMillion / 2) / kMillion);
}

}  // namespace

const Results& FinalResults(const v1::Inspection& inspection) {
  return inspection.state() == v1::INSPECTION_STATE_OVERTURNED ? inspection.verdict().results()
                                                                : inspection.results();
}

void ErrorTally::AddSample(const v1::SampleDrawn& draw) {
  for (const v1::SampleStratum& stratum : draw.strata()) {
    v1::ErrorRates& rates = strata_[StratumName(draw, stratum)];
    rates.set_population(rates.population() + stratum.population());
    rates.set_drawn(rates.drawn() + stratum.drawn());
    total_.set_population(total_.population() + stratum.population());
  }
  for (const v1::SampledTicket& ticket : draw.tickets()) {
    v1::ErrorRates& rates = departments_[{ticket.department()}];
    rates.set_drawn(rates.drawn() + 1);
  }
  total_.set_drawn(total_.drawn() + static_cast<uint32_t>(draw.tickets_size()));
}

void ErrorTally::AddInspection(const v1::SampleDrawn& draw, const v1::SampledTicket& ticket,
                               const v1::Inspection& inspection) {
  AddOne(total_, inspection);
  AddOne(strata_[StratumName(draw, draw.strata(static_cast<int>(ticket.stratum())))], inspection);
  AddOne(departments_[{ticket.department()}], inspection);
  AddOne(inspectors_[{inspection.inspector()}], inspection);
  AddItems(inspection);
}

void ErrorTally::AddItems(const v1::Inspection& inspection) {
  for (const v1::ItemResult& result : FinalResults(inspection)) {
    v1::ErrorRates& rates = items_[{inspection.form(), result.item()}];
    if (result.not_applicable()) continue;
    rates.set_inspected(rates.inspected() + 1);
    if (result.fatal()) {
      rates.set_fatal(rates.fatal() + std::min(result.defects(), 1u));
      continue;
    }
    rates.set_defects(rates.defects() + result.defects());
    rates.set_opportunities(rates.opportunities() + result.opportunities());
  }
}

v1::GetInspectionReportResponse ErrorTally::Report() const {
  v1::GetInspectionReportResponse report;
  *report.mutable_total() = WithIntervals(total_);
  if (const std::optional<uint32_t> weighed = Weighed(strata_))
    report.mutable_total()->set_weighed_fatal(*weighed);
  Fill(strata_, *report.mutable_by_stratum());
  Fill(departments_, *report.mutable_by_department());
  Fill(inspectors_, *report.mutable_by_inspector());
  Fill(items_, *report.mutable_by_item());
  return report;
}

}  // namespace redress::engine

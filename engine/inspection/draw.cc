#include "engine/inspection/draw.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hmac_sha256.h"
#include "engine/measure/built_in_dimension.h"
#include "engine/measure/day.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr uint64_t kRateUnit = 10'000;  // hundredths of a percent
constexpr size_t kKeyBytes = 8;

}  // namespace

std::string SeedOf(const v1::SampleDrawn& draw) {
  return base::Sha256(absl::StrCat("redress sample\n", absl::BytesToHexString(draw.commit_hash()),
                                   "\n", absl::BytesToHexString(draw.salt()), "\n",
                                   draw.plan().id(), "\n", draw.from_day(), "\n", draw.to_day(),
                                   "\n"));
}

uint64_t DrawKey(absl::string_view seed, uint64_t ticket_id) {
  const std::string code = base::HmacSha256(seed, absl::StrCat(ticket_id));
  uint64_t key = 0;
  for (size_t i = 0; i < kKeyBytes; ++i) key = key << 8 | static_cast<uint8_t>(code[i]);
  return key;
}

uint32_t SizeOf(const v1::SampleSize& size, uint32_t population) {
  const uint64_t share = (uint64_t{population} * size.rate() + kRateUnit - 1) / kRateUnit;
  const uint64_t wanted = std::max(share, uint64_t{size.count()});
  return static_cast<uint32_t>(std::min(wanted, uint64_t{population}));
}

bool DrawPeriod::Has(const v1::Event& event, const v1::Ticket& after,
                     uint64_t event_commit) const {
  if (!event.has_ticket_resolved() || event_commit > commit || after.has_mystery()) return false;
  const int32_t day = DayOf(event.time());
  return from_day <= day && day < to_day;
}

DrawPeriod PeriodOf(const v1::SampleDrawn& draw) {
  return {ParseDay(draw.from_day()).value(), ParseDay(draw.to_day()).value(), draw.commit()};
}

std::vector<std::string> StratumOf(const v1::SamplingPlan& plan, const v1::Ticket& ticket) {
  std::vector<std::string> values;
  for (const std::string& dimension : plan.by()) {
    std::string& value = values.emplace_back(BuiltInDimensionOf(dimension, ticket));
    for (char& letter : value)
      if (absl::ascii_iscntrl(static_cast<unsigned char>(letter))) letter = ' ';
  }
  return values;
}

void SampleBuilder::Add(uint64_t ticket_id, const std::vector<std::string>& values,
                        const std::string& department) {
  strata_[values].push_back(
      {DrawKey(draw_.seed(), ticket_id), ticket_id, NumberOf(department)});
  hasher_.Update(absl::StrCat(ticket_id, values.empty() ? "" : "\t", absl::StrJoin(values, "\t"),
                              "\n"));
}

uint32_t SampleBuilder::NumberOf(const std::string& department) {
  const auto [it, is_new] =
      numbers_.emplace(department, static_cast<uint32_t>(departments_.size()));
  if (is_new) departments_.push_back(department);
  return it->second;
}

const v1::SampleSize& SampleBuilder::SizeFor(const std::vector<std::string>& values) const {
  for (const v1::StratumSize& stratum : draw_.plan().strata())
    if (std::equal(values.begin(), values.end(), stratum.values().begin(),
                   stratum.values().end()))
      return stratum.size();
  return draw_.plan().size();
}

std::optional<std::string> SampleBuilder::FindFault() const {
  if (strata_.empty()) return "finds no ticket that was resolved on these days";
  if (strata_.size() > kSampleStrataMax)
    return absl::StrCat("would part the tickets into ", strata_.size(), " strata; ",
                        kSampleStrataMax, " are allowed. Part them by less.");
  size_t drawn = 0;
  for (const auto& [values, candidates] : strata_)
    drawn += SizeOf(SizeFor(values), static_cast<uint32_t>(candidates.size()));
  if (drawn > kSampleTicketsMax)
    return absl::StrCat("would draw ", drawn, " tickets; ", kSampleTicketsMax,
                        " are allowed. Take a shorter period or a smaller rate.");
  return std::nullopt;
}

v1::SampleDrawn SampleBuilder::Draw() {
  v1::SampleDrawn drawn;
  for (auto& [values, candidates] : strata_) {
    const uint32_t size = SizeOf(SizeFor(values), static_cast<uint32_t>(candidates.size()));
    std::partial_sort(candidates.begin(), candidates.begin() + size, candidates.end(),
                      [](const Candidate& a, const Candidate& b) {
                        return a.key != b.key ? a.key < b.key : a.ticket_id < b.ticket_id;
                      });
    for (uint32_t i = 0; i < size; ++i) {
      v1::SampledTicket& ticket = *drawn.add_tickets();
      ticket.set_ticket_id(candidates[i].ticket_id);
      ticket.set_stratum(static_cast<uint32_t>(drawn.strata_size()));
      ticket.set_department(departments_[candidates[i].department]);
    }
    v1::SampleStratum& stratum = *drawn.add_strata();
    stratum.mutable_values()->Add(values.begin(), values.end());
    stratum.set_population(static_cast<uint32_t>(candidates.size()));
    stratum.set_drawn(size);
  }
  drawn.set_population_hash(hasher_.Finish());
  return drawn;
}

std::optional<std::string> FindDifference(const v1::SampleDrawn& recorded,
                                          const v1::SampleDrawn& again) {
  const auto differs = [](const auto& one, const auto& other) {
    return !std::equal(one.begin(), one.end(), other.begin(), other.end(),
                       [](const auto& a, const auto& b) {
                         return a.SerializeAsString() == b.SerializeAsString();
                       });
  };
  if (recorded.seed() != SeedOf(recorded)) return "the seed is another";
  if (recorded.population_hash() != again.population_hash())
    return "the list of tickets is another";
  if (differs(recorded.strata(), again.strata())) return "the strata are others";
  if (differs(recorded.tickets(), again.tickets())) return "the drawn tickets are others";
  return std::nullopt;
}

}  // namespace redress::engine

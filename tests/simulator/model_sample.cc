#include "tests/simulator/model_sample.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "base/hmac_sha256.h"
#include "base/sha256.h"

namespace redress::simulator {
namespace {

// Of one stratum: department by ticket.
using Members = std::map<uint64_t, std::string>;

struct Population {
  std::map<std::vector<std::string>, Members> strata;
  // A line for each ticket, in the order of the ids.
  std::string list;
};

std::string LevelText(v1::Level level) {
  switch (level) {
    case v1::LEVEL_RELAY: return "RELAY";
    case v1::LEVEL_ANALYSIS: return "ANALYSIS";
    default: return "INITIATIVE";
  }
}

std::string SeverityText(v1::Severity severity) {
  switch (severity) {
    case v1::SEVERITY_LOW: return "LOW";
    case v1::SEVERITY_MEDIUM: return "MEDIUM";
    case v1::SEVERITY_HIGH: return "HIGH";
    default: return "CRITICAL";
  }
}

std::vector<std::string> ValuesOf(const SamplePlan& plan, const ModelResolution& resolution) {
  std::vector<std::string> values;
  for (const std::string& name : plan.by) {
    if (name == "department") values.push_back(resolution.department);
    else if (name == "level") values.push_back(LevelText(resolution.level));
    else values.push_back(SeverityText(resolution.severity));
  }
  return values;
}

const SamplePlan* FindPlan(const ModelTenant& tenant, const std::string& id) {
  for (const SamplePlan& plan : tenant.playbook.quality.samples)
    if (plan.id == id) return &plan;
  return nullptr;
}

// Tickets that real customers brought, as they were when they were last resolved in the period.
Population PopulationOf(const ModelTenant& tenant, const SamplePlan& plan,
                        const v1::DrawSampleRequest& request) {
  Population population;
  for (const auto& [id, ticket] : tenant.tickets) {
    if (!ticket.mystery.empty()) continue;
    const ModelResolution* last = nullptr;
    for (const ModelResolution& resolution : ticket.resolutions) {
      const std::string day = DayText(resolution.time);
      if (day >= request.from_day() && day < request.to_day()) last = &resolution;
    }
    if (last == nullptr) continue;
    const std::vector<std::string> values = ValuesOf(plan, *last);
    population.strata[values][id] = last->department;
    std::vector<std::string> line = {absl::StrCat(id)};
    line.insert(line.end(), values.begin(), values.end());
    absl::StrAppend(&population.list, absl::StrJoin(line, "\t"), "\n");
  }
  return population;
}

// A share of the tickets, rounded up, or the count, but not more than there are.
size_t SizeOf(const SamplePlan& plan, size_t tickets) {
  const size_t share = (tickets * static_cast<size_t>(plan.percent) + 99) / 100;
  return std::min(std::max(share, static_cast<size_t>(plan.count)), tickets);
}

// The ids of one stratum in the order in which they are drawn.
std::vector<uint64_t> Ordered(const Members& members, const std::string& seed) {
  std::vector<std::pair<std::string, uint64_t>> keyed;
  for (const auto& [id, department] : members)
    keyed.emplace_back(base::HmacSha256(seed, absl::StrCat(id)).substr(0, 8), id);
  std::sort(keyed.begin(), keyed.end());
  std::vector<uint64_t> ids;
  for (const auto& [key, id] : keyed) ids.push_back(id);
  return ids;
}

std::string SeedOf(const v1::DrawSampleRequest& request, const v1::SampleDrawn& drawn) {
  const std::vector<std::string> lines = {
      "redress sample", absl::BytesToHexString(drawn.commit_hash()),
      absl::BytesToHexString(drawn.salt()), request.plan(), request.from_day(), request.to_day()};
  return base::Sha256(absl::StrJoin(lines, "\n") + "\n");
}

// Each stratum, then its tickets in the order in which they are drawn.
std::string PrintExpected(const SamplePlan& plan, const Population& population,
                          const std::string& seed) {
  std::string text;
  for (const auto& [values, members] : population.strata) {
    const size_t size = SizeOf(plan, members.size());
    absl::StrAppend(&text, "  ", absl::StrJoin(values, ","), ": ", size, " of ", members.size(),
                    "\n");
    std::vector<uint64_t> ids = Ordered(members, seed);
    ids.resize(size);
    for (const uint64_t id : ids) absl::StrAppend(&text, "    ", id, " ", members.at(id), "\n");
  }
  return text;
}

std::string PrintDrawn(const v1::SampleDrawn& drawn) {
  std::string text;
  for (int number = 0; number < drawn.strata_size(); ++number) {
    const v1::SampleStratum& stratum = drawn.strata(number);
    absl::StrAppend(&text, "  ", absl::StrJoin(stratum.values(), ","), ": ", stratum.drawn(),
                    " of ", stratum.population(), "\n");
    for (const v1::SampledTicket& ticket : drawn.tickets())
      if (ticket.stratum() == static_cast<uint32_t>(number))
        absl::StrAppend(&text, "    ", ticket.ticket_id(), " ", ticket.department(), "\n");
  }
  return text;
}

}  // namespace

std::string DayText(int64_t time) {
  return absl::FormatTime("%Y-%m-%d", absl::FromUnixMicros(time), absl::UTCTimeZone());
}

std::string RefuseDraw(const ModelTenant& tenant, const v1::DrawSampleRequest& request) {
  if (tenant.playbook_version == 0) return "PLAYBOOK_MISSING";
  const SamplePlan* plan = FindPlan(tenant, request.plan());
  if (plan == nullptr || request.to_day() <= request.from_day()) return "FIELD_INVALID";
  return PopulationOf(tenant, *plan, request).strata.empty() ? "FIELD_INVALID" : "";
}

std::string FindWrongDraw(const ModelTenant& tenant, const v1::DrawSampleRequest& request,
                          const v1::SampleDrawn& drawn) {
  const SamplePlan& plan = *FindPlan(tenant, request.plan());
  const Population population = PopulationOf(tenant, plan, request);
  const std::string seed = SeedOf(request, drawn);
  if (drawn.seed() != seed) return "the seed is another";
  if (drawn.population_hash() != base::Sha256(population.list))
    return absl::StrCat("it is not drawn from\n", population.list);
  const std::string expected = PrintExpected(plan, population, seed);
  const std::string got = PrintDrawn(drawn);
  return got == expected ? "" : absl::StrCat("got\n", got, "  expected\n", expected);
}

ModelSample KeptOf(const ModelTenant& tenant, const v1::SampleDrawn& drawn) {
  ModelSample sample;
  sample.plan = drawn.plan().id();
  sample.from_day = drawn.from_day();
  sample.to_day = drawn.to_day();
  sample.source = tenant.playbook.source;
  sample.tones = tenant.playbook.quality.tones;
  for (const v1::SampledTicket& ticket : drawn.tickets())
    sample.tickets[ticket.ticket_id()] = ticket.department();
  return sample;
}

std::string PrintResults(const google::protobuf::RepeatedPtrField<v1::ItemResult>& results) {
  std::string text;
  for (const v1::ItemResult& result : results)
    absl::StrAppend(&text, result.item(), result.fatal() ? "! " : " ",
                    result.not_applicable() ? "-" : absl::StrCat(result.defects()), "/",
                    result.opportunities(), ";");
  return text;
}

}  // namespace redress::simulator

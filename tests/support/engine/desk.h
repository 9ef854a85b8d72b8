// A desk that decides commands one after another, without storage: it finds the facts as a server
// would, keeps the tickets that come of it, and checks after every decision what must always hold.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/ticket/decision.h"
#include "redress/v1/command.pb.h"
#include "tests/support/engine/orders.h"

namespace redress::test {

class Desk {
 public:
  // Of the shop, at 09:00.
  Desk();

  // Moves the clock.
  Desk& At(absl::string_view time);
  Desk& At(absl::Time time);
  absl::Time now() const { return now_; }

  // Decides a command of an actor; anna, an agent of every department, where none is given. A line
  // for each event, or the rejection. Always holds: the same decision twice, the loop invariant,
  // events in the order of their times, and tickets that follow from their events.
  std::string Do(const engine::Actor& actor, const v1::Command& command);
  std::string Do(const v1::Command& command) { return Do(Agent("anna"), command); }

  // The same where the outcome is not what the test is about: it must be accepted.
  Desk& Must(const engine::Actor& actor, const v1::Command& command);
  Desk& Must(const v1::Command& command) { return Must(Agent("anna"), command); }

  // Fires the deadlines of a ticket that are due before now, as the driver would.
  std::string Tick(uint64_t id = 1);

  const v1::Ticket& ticket(uint64_t id = 1) const { return tickets_.at(id); }
  // To put a ticket into a state that would take long to reach.
  v1::Ticket& mutable_ticket(uint64_t id = 1) { return tickets_.at(id); }
  size_t tickets() const { return tickets_.size(); }
  // Every event of a ticket so far, oldest first.
  const std::vector<v1::Event>& events(uint64_t id = 1) const { return events_.at(id); }
  // What the last decision kept apart.
  const std::vector<engine::PersonalEntry>& words() const { return words_; }
  const engine::Rejection& rejection() const { return rejection_; }

  // The live playbook; null: none.
  void SetPlaybook(const engine::Playbook* playbook) { playbook_ = playbook; }
  // An older version, for clocks on its calendars.
  void AddOlderPlaybook(const engine::Playbook* playbook) { older_playbooks_.push_back(playbook); }
  void SetCandidate(const engine::Playbook* candidate) { candidate_ = candidate; }
  // What a draw would come to, and the sample that inspections are of.
  void SetDraw(v1::SampleDrawn draw) { draw_ = std::move(draw); }
  void SetSample(v1::SampleDrawn sample) { sample_ = std::move(sample); }

 private:
  engine::Facts FactsFor(const v1::Command& command) const;
  void Find(absl::string_view name, engine::Facts& facts) const;
  void FindOpenWithKey(const std::string& key, engine::Facts& facts) const;
  void Keep(const engine::Decision& decision, absl::Time now);

  absl::Time now_;
  const engine::Playbook* playbook_;
  const engine::Playbook* candidate_ = nullptr;
  v1::SampleDrawn draw_;
  std::optional<v1::SampleDrawn> sample_;
  std::vector<const engine::Playbook*> older_playbooks_;
  std::map<uint64_t, v1::Ticket> tickets_;
  std::map<uint64_t, v1::Issue> issues_;
  std::map<uint64_t, std::vector<v1::Event>> events_;
  std::vector<engine::PersonalEntry> words_;
  engine::Rejection rejection_{};
};

// A desk with a complaint for the service desk as ticket 1, taken in at 09:00: a first answer by
// 13:00, a resolution by Nov 04 09:00.
Desk DeskWithComplaint();
// The same, leased by anna under token 1 until 09:15.
Desk DeskWithLease();
// The same, taken on by anna.
Desk DeskWithAccepted();
// The same, resolved by anna at 10:00, to be confirmed by Nov 07 10:00.
Desk DeskWithResolved();

}  // namespace redress::test

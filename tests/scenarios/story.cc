#include "tests/scenarios/story.h"

#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

constexpr char kArrow[] = " -> ";
constexpr char kIndent[] = "    ";
constexpr char kByItself[] = "  ~ ";

// Words apart from spaces, or within quotes.
std::vector<std::string> SplitWords(absl::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool is_quoted = false;
  for (const char c : text) {
    if (c == '"')
      is_quoted = !is_quoted;
    else if (c == ' ' && !is_quoted)
      words.push_back(std::move(word)), word.clear();
    else
      word += c;
  }
  words.push_back(std::move(word));
  return words;
}

// Takes the time off the front of a step.
absl::Time TakeTime(absl::string_view& step) {
  size_t length = step.find(' ');
  if (!absl::ascii_isdigit(step[0])) {
    length = step.find(' ', step.find(' ', length + 1) + 1);
  }
  const absl::Time time = At(step.substr(0, length));
  step.remove_prefix(length + 1);
  return time;
}

Step ParseStep(absl::string_view text) {
  std::vector<std::string> words = SplitWords(text);
  Step step;
  step.who = words[0];
  if (words.size() > 1) step.verb = words[1];
  if (words.size() > 2) step.words.assign(words.begin() + 2, words.end());
  return step;
}

class Teller {
 public:
  std::string Tell(absl::string_view text) {
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      if (absl::StartsWith(line, "  ")) continue;
      if (line.empty() || line[0] == '#')
        Write(line);
      else
        TellStep(std::string(line.substr(0, line.find(kArrow))));
    }
    EXPECT_EQ(office_->Verify(), "clean");
    story_.pop_back();
    return std::move(story_);
  }

 private:
  void TellStep(absl::string_view step) {
    const absl::string_view whole = step;
    office_->At(TakeTime(step));
    if (is_driven_) office_->Tick();
    WriteTimerEvents();
    const Step parsed = ParseStep(step);
    if (parsed.who == "server") Restart();
    if (parsed.who == "driver") is_driven_ = parsed.verb != "stops";
    if (parsed.who == "server") is_driven_ = parsed.verb == "starts";
    const std::vector<std::string> lines = absl::StrSplit(Act(*office_, parsed), '\n');
    Write(absl::StrCat(whole, kArrow, lines[0].empty() ? "nothing" : lines[0]));
    for (size_t i = 1; i < lines.size(); ++i) Write(absl::StrCat(kIndent, lines[i]));
    WriteTimerEvents();
  }

  // Nothing is left but what is stored.
  void Restart() {
    const absl::Time now = office_->now();
    office_ = std::make_unique<Office>(Office::Playbooks::kNone, &store_);
    office_->At(now).BeginRequestsAt(++restarts_ * kRequestsPerLife);
  }

  // What the clock did since this was written last.
  void WriteTimerEvents() {
    const std::vector<v1::Event> ledger = office_->ReadLedger();
    for (; told_ < ledger.size(); ++told_) {
      const v1::Event& event = ledger[told_];
      const bool is_by_itself = event.actor() == "timer" ||
                                absl::StartsWith(event.actor(), "chain:") ||
                                absl::StartsWith(event.actor(), "rule:");
      if (is_by_itself && event.provenance() == v1::PROVENANCE_LIVE)
        Write(absl::StrCat(kByItself, "T", event.ticket_id(), " ", Print(event)));
    }
  }

  void Write(absl::string_view line) { absl::StrAppend(&story_, line, "\n"); }

  static constexpr uint64_t kRequestsPerLife = 1000;

  storage::MemoryKv store_;
  std::unique_ptr<Office> office_ = std::make_unique<Office>(store_);
  uint64_t restarts_ = 0;
  std::string story_;
  size_t told_ = 0;
  bool is_driven_ = true;
};

}  // namespace

std::string Step::named(absl::string_view name) const {
  const std::string prefix = absl::StrCat(name, "=");
  for (const std::string& given : words)
    if (absl::StartsWith(given, prefix)) return given.substr(prefix.size());
  return "";
}

std::string TellStory(absl::string_view text) { return Teller().Tell(text); }

}  // namespace redress::test

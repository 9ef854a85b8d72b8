#include "engine/rules/text.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace redress::engine {
namespace {

// Phrases for which a scan makes room at once; more than nearly all texts have.
constexpr size_t kPhrasesUsual = 64;

}  // namespace

Phrase::Phrase(absl::string_view words) : normal_(NormalizeText(words)) {
  edges_.starts_with_word = WordContinuesAfter(normal_, 0);
  edges_.ends_with_word = WordContinuesBefore(normal_, normal_.size());
}

bool Phrase::IsIn(absl::string_view normal_text) const {
  if (normal_.empty()) return false;
  for (size_t at = normal_text.find(normal_); at != absl::string_view::npos;
       at = normal_text.find(normal_, at + 1)) {
    if (edges_.Fit(normal_text, at, at + normal_.size())) return true;
  }
  return false;
}

// For each place, taken as the one that begins last: how far back the stretch must reach to hold
// the others. Places come by their ends, so the stretch that ends with this one is looked at once.
bool StandNear(const PhrasesFound& found, absl::Span<const int> phrases, int64_t words_max) {
  CHECK(phrases.size() <= kNearPhrasesMax);
  std::vector<int64_t> latest_start(phrases.size(), -1);
  for (const PhrasePlace& place : found.places) {
    const auto phrase = std::find(phrases.begin(), phrases.end(), place.phrase);
    if (phrase == phrases.end()) continue;
    int64_t& latest = latest_start[static_cast<size_t>(phrase - phrases.begin())];
    latest = std::max(latest, place.first_word);
    const int64_t start = *std::min_element(latest_start.begin(), latest_start.end());
    if (start >= 0 && place.end_word - start <= words_max) return true;
  }
  return false;
}

int PhraseSet::Add(absl::string_view words) {
  CHECK(!is_built_);
  Phrase phrase(words);
  const auto [known, is_new] =
      numbers_.try_emplace(phrase.normal(), static_cast<int>(phrases_.size()));
  if (is_new) {
    const auto bytes = static_cast<uint32_t>(phrase.normal().size());
    sought_.push_back({bytes, phrase.edges(), false});
    phrases_.push_back(std::move(phrase));
  }
  return known->second;
}

std::optional<int> PhraseSet::NumberOf(absl::string_view words) const {
  const auto found = numbers_.find(NormalizeText(words));
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

void PhraseSet::KeepPlaces(int phrase) {
  CHECK(!is_built_);
  sought_[phrase].keeps_places = true;
  keeps_places_ = true;
}

void PhraseSet::Build() {
  CHECK(!is_built_);
  std::vector<std::string> normal;
  normal.reserve(phrases_.size());
  for (const Phrase& phrase : phrases_) normal.push_back(phrase.normal());
  automaton_ = PhraseAutomaton(normal);
  is_built_ = true;
}

PhrasesFound PhraseSet::Scan(absl::string_view text) const {
  CHECK(is_built_);
  PhrasesFound found;
  found.has.resize(phrases_.size());
  if (phrases_.empty()) return found;
  found.phrases.reserve(std::min(phrases_.size(), kPhrasesUsual));
  const std::string normal = NormalizeText(text);
  // What ends there ends with the same character, so inside a word of ASCII nothing fits.
  const auto may_end = [&](size_t end) { return !IsInsideAsciiWord(normal, end); };
  automaton_.Scan(normal, may_end, [&](int number, size_t end) {
    // Without places, another occurrence tells nothing.
    if (keeps_places_ || !found.has[number]) Note(normal, number, end, found);
  });
  NumberWords(normal, found.places);
  return found;
}

void PhraseSet::Note(absl::string_view normal, int number, size_t end, PhrasesFound& found) const {
  const Sought& sought = sought_[number];
  const size_t begin = end - sought.bytes;
  if (!sought.edges.Fit(normal, begin, end)) return;
  if (!found.has[number]) found.phrases.push_back(number);
  found.has[number] = true;
  if (!sought.keeps_places || found.places.size() == kPlacesMax) return;
  found.places.push_back({number, static_cast<int64_t>(begin), static_cast<int64_t>(end)});
}

// Turns the bytes of the places into words.
void PhraseSet::NumberWords(absl::string_view normal_text, std::vector<PhrasePlace>& places) const {
  if (places.empty()) return;
  const std::vector<uint32_t> starts = WordStarts(normal_text);
  const auto words_before = [&](int64_t byte) -> int64_t {
    return std::lower_bound(starts.begin(), starts.end(), byte) - starts.begin();
  };
  for (PhrasePlace& place : places) {
    place.first_word = words_before(place.first_word);
    place.end_word = words_before(place.end_word);
  }
}

}  // namespace redress::engine

#include "tools/redressctl/completion.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace redress::ctl {
namespace {

constexpr char kBash[] =
    R"(# bash completion for redressctl; load with: source <(redressctl completion bash)
_redressctl() {
  local IFS=$'\n'
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=($(redressctl __complete -- "${words[@]}" 2>/dev/null | cut -f1))
  if [[ ${#COMPREPLY[@]} -eq 0 ]]; then
    COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
  fi
}
complete -o filenames -F _redressctl redressctl
)";

constexpr char kZsh[] = R"(#compdef redressctl
# zsh completion for redressctl; load with: source <(redressctl completion zsh)
_redressctl() {
  local -a lines candidates
  lines=("${(@f)$(redressctl __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  local line
  for line in $lines; do
    [[ -n $line ]] && candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  if (( ${#candidates} )); then
    _describe 'redressctl' candidates
  else
    _files
  fi
}
compdef _redressctl redressctl
)";

constexpr char kFish[] =
    R"(# fish completion for redressctl; load with: redressctl completion fish | source
function __redressctl_complete
  set -l words (commandline -opc) (commandline -ct)
  redressctl __complete -- $words[2..-1] 2>/dev/null
end
complete -c redressctl -a '(__redressctl_complete)'
)";

// An option of this command or of one above it; options of every command live at the root.
const CLI::Option* FindOption(CLI::App* app, const std::string& word) {
  for (; app != nullptr; app = app->get_parent()) {
    const CLI::Option* option = app->get_option_no_throw(word);
    if (option != nullptr) return option;
  }
  return nullptr;
}

bool TakesValue(const CLI::Option* option) {
  return option != nullptr && option->get_items_expected_max() > 0;
}

// Where the words before the last one lead: the command, and the option that waits for its value.
struct Place {
  CLI::App* app;
  const CLI::Option* waiting = nullptr;
};

CLI::App* FindBelow(CLI::App* app, const std::string& name) {
  for (CLI::App* below : app->get_subcommands([](CLI::App*) { return true; })) {
    if (below->get_name() == name) return below;
  }
  return nullptr;
}

Place FollowWords(CommandTree& tree, const std::vector<std::string>& words) {
  Place place{&tree.root()};
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (place.waiting != nullptr) {
      place.waiting = nullptr;
    } else if (absl::StartsWith(word, "-")) {
      const CLI::Option* option = FindOption(place.app, word);
      if (TakesValue(option) && !absl::StrContains(word, "=")) place.waiting = option;
    } else if (CLI::App* below = FindBelow(place.app, word)) {
      place.app = below;
    }
  }
  return place;
}

bool IsHidden(const CLI::App* app) { return app->get_group().empty(); }

void AddOptions(CLI::App* app, const std::string& prefix, std::vector<Candidate>& candidates) {
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        if (absl::StartsWith("--" + name, prefix)) {
          candidates.push_back({"--" + name, option->get_description()});
        }
      }
    }
  }
}

// Values of a list are completed after the last comma.
void AddChoices(const std::vector<std::string>& choices, const std::string& word,
                std::vector<Candidate>& candidates) {
  const size_t comma = word.rfind(',');
  const std::string head = comma == std::string::npos ? "" : word.substr(0, comma + 1);
  for (const std::string& choice : choices) {
    if (absl::StartsWith(head + choice, word)) candidates.push_back({head + choice, ""});
  }
}

}  // namespace

std::vector<Candidate> Complete(CommandTree& tree, const std::vector<std::string>& words) {
  std::vector<Candidate> candidates;
  const std::string word = words.empty() ? "" : words.back();
  const Place place = FollowWords(tree, words);
  if (place.waiting != nullptr) {
    const auto choices = tree.choices().find(place.waiting);
    if (choices != tree.choices().end()) AddChoices(choices->second, word, candidates);
    return candidates;
  }
  if (absl::StartsWith(word, "-")) {
    AddOptions(place.app, word, candidates);
    return candidates;
  }
  for (const CLI::App* below : place.app->get_subcommands([](CLI::App*) { return true; })) {
    if (IsHidden(below) || !absl::StartsWith(below->get_name(), word)) continue;
    candidates.push_back({below->get_name(), below->get_description()});
  }
  for (const CLI::Option* option : place.app->get_options()) {
    const auto choices = tree.choices().find(option);
    if (!option->get_positional() || choices == tree.choices().end()) continue;
    AddChoices(choices->second, word, candidates);
  }
  return candidates;
}

std::string CompletionScript(const std::string& shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  if (shell == "fish") return kFish;
  return "";
}

}  // namespace redress::ctl

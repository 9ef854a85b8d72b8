// fuzz_TARGET FOLDER: every file of the folder, then changes of them, always the same. A failure
// aborts; REDRESS_FUZZ_INPUT names a file that then holds the input.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "base/log.h"
#include "tests/fuzz/fuzz.h"

namespace {

constexpr int kChanges = 3000;
constexpr int kEditsMax = 8;
constexpr size_t kInputBytesMax = 4096;

void Run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

// A few bytes changed, left out, put in, or taken from another input.
std::string Change(std::string input, const std::vector<std::string>& corpus,
                   std::mt19937_64& random) {
  for (uint64_t edits = 1 + random() % kEditsMax; edits > 0; --edits) {
    const size_t at = input.empty() ? 0 : random() % input.size();
    const std::string& other = corpus[random() % corpus.size()];
    switch (random() % 4) {
      case 0:
        if (!input.empty()) input[at] = static_cast<char>(random());
        break;
      case 1: input.erase(at, 1 + random() % 4); break;
      case 2: input.insert(at, 1, static_cast<char>(random())); break;
      default:
        if (!other.empty()) input.insert(at, other.substr(random() % other.size(), random() % 32));
    }
  }
  input.resize(std::min(input.size(), kInputBytesMax));
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return EXIT_FAILURE;
  spdlog::set_level(spdlog::level::off);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1]))
    names.push_back(entry.path());
  std::sort(names.begin(), names.end());
  std::vector<std::string> corpus;
  for (const std::string& name : names) {
    std::ifstream file(name, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    Run(corpus.back());
  }
  if (corpus.empty()) {
    std::printf("%s holds no input\n", argv[1]);
    return EXIT_FAILURE;
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < kChanges; ++i) {
    const std::string input = Change(corpus[random() % corpus.size()], corpus, random);
    // Whoever looks into an abort finds it here.
    const char* path = std::getenv("REDRESS_FUZZ_INPUT");
    if (path != nullptr) std::ofstream(path, std::ios::binary) << input;
    Run(input);
  }
  std::printf("%zu inputs and %d changes of them\n", corpus.size(), kChanges);
  return EXIT_SUCCESS;
}

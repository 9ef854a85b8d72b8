#include "storage/key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/tables.h"

namespace redress::storage {
namespace {

constexpr char kVectors[] = "tests/golden/key_vectors.txt";

// One element as the vectors write it, such as `unsigned 7`.
struct Element {
  std::string kind;
  std::string value;
};

std::vector<Element> ParseElements(absl::string_view text) {
  std::vector<Element> elements;
  for (absl::string_view part : absl::StrSplit(text, ", ")) {
    const std::pair<std::string, std::string> element =
        absl::StrSplit(part, absl::MaxSplits(' ', 1));
    elements.push_back({element.first, element.second});
  }
  return elements;
}

void Append(KeyWriter& writer, const Element& element) {
  if (element.kind == "byte") {
    writer.AppendByte(static_cast<uint8_t>(std::stoul(element.value, nullptr, 16)));
  } else if (element.kind == "bytes") {
    writer.AppendBytes(absl::HexStringToBytes(element.value));
  } else if (element.kind == "unsigned") {
    writer.AppendUnsigned(std::stoull(element.value));
  } else if (element.kind == "unsigned-descending") {
    writer.AppendUnsignedDescending(std::stoull(element.value));
  } else if (element.kind == "signed") {
    writer.AppendSigned(std::stoll(element.value));
  } else if (element.kind == "signed-descending") {
    writer.AppendSignedDescending(std::stoll(element.value));
  } else {
    ADD_FAILURE() << "unknown element " << element.kind;
  }
}

template <typename Number>
std::string Text(const std::optional<Number>& number) {
  return number.has_value() ? absl::StrCat(*number) : "fault";
}

std::string ReadBack(KeyReader& reader, const std::string& kind) {
  if (kind == "byte") {
    const auto byte = reader.ReadByte();
    return byte.has_value() ? absl::BytesToHexString(std::string(1, static_cast<char>(*byte)))
                            : "fault";
  }
  if (kind == "bytes") {
    const auto bytes = reader.ReadBytes();
    return bytes.has_value() ? absl::BytesToHexString(*bytes) : "fault";
  }
  if (kind == "unsigned") return Text(reader.ReadUnsigned());
  if (kind == "unsigned-descending") return Text(reader.ReadUnsignedDescending());
  if (kind == "signed") return Text(reader.ReadSigned());
  return Text(reader.ReadSignedDescending());
}

struct Vector {
  std::string elements;
  std::string hex;
};

std::vector<Vector> Vectors() {
  std::vector<Vector> vectors;
  std::ifstream file(kVectors);
  EXPECT_TRUE(file.is_open()) << kVectors;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::pair<std::string, std::string> parts = absl::StrSplit(line, " -> ");
    vectors.push_back({parts.first, parts.second});
  }
  EXPECT_GT(vectors.size(), 40u);
  return vectors;
}

TEST(Key, EncodesAsTheVectorsSay) {
  for (const Vector& vector : Vectors()) {
    KeyWriter writer;
    for (const Element& element : ParseElements(vector.elements)) Append(writer, element);
    EXPECT_EQ(absl::BytesToHexString(writer.key()), vector.hex) << vector.elements;
  }
}

TEST(Key, DecodesTheVectors) {
  for (const Vector& vector : Vectors()) {
    const std::string key = absl::HexStringToBytes(vector.hex);
    KeyReader reader(key);
    for (const Element& element : ParseElements(vector.elements)) {
      EXPECT_EQ(ReadBack(reader, element.kind), element.value) << vector.elements;
    }
    EXPECT_TRUE(reader.IsAtEnd()) << vector.elements;
  }
}

TEST(Key, FindsEveryCutInTheVectors) {
  for (const Vector& vector : Vectors()) {
    const std::string key = absl::HexStringToBytes(vector.hex);
    for (size_t size = 0; size < key.size(); ++size) {
      KeyReader reader(absl::string_view(key).substr(0, size));
      for (const Element& element : ParseElements(vector.elements)) {
        ReadBack(reader, element.kind);
      }
      EXPECT_EQ(reader.fault(), KeyFault::kTruncated) << vector.elements << " cut to " << size;
    }
  }
}

template <typename Number, typename Encode>
void ExpectSameOrder(const std::vector<Number>& numbers, Encode encode) {
  for (const Number left : numbers) {
    for (const Number right : numbers) {
      EXPECT_EQ(left < right, encode(left) < encode(right)) << left << " and " << right;
    }
  }
}

std::vector<uint64_t> Edges() {
  std::vector<uint64_t> edges;
  for (int bits = 0; bits < 64; ++bits) {
    for (const int64_t step : {-1, 0, 1}) edges.push_back((uint64_t{1} << bits) + step);
  }
  edges.push_back(UINT64_MAX);
  return edges;
}

TEST(Key, UnsignedNumbersSortAsTheyAre) {
  ExpectSameOrder(Edges(), [](uint64_t n) { return KeyWriter().AppendUnsigned(n).Take(); });
}

TEST(Key, DescendingUnsignedNumbersSortTheOtherWay) {
  ExpectSameOrder(Edges(),
                  [](uint64_t n) { return KeyWriter().AppendUnsignedDescending(~n).Take(); });
}

TEST(Key, SignedNumbersSortAsTheyAre) {
  std::vector<int64_t> numbers;
  for (const uint64_t edge : Edges()) {
    numbers.push_back(static_cast<int64_t>(edge));
    numbers.push_back(static_cast<int64_t>(~edge));
  }
  ExpectSameOrder(numbers, [](int64_t n) { return KeyWriter().AppendSigned(n).Take(); });
  ExpectSameOrder(numbers, [](int64_t n) { return KeyWriter().AppendSignedDescending(~n).Take(); });
}

TEST(Key, BytesSortAsTheyAreWhateverFollows) {
  const std::string nothing;
  const std::vector<std::string> words = {nothing,
                                          std::string("\x00", 1),
                                          std::string("\x00\x00", 2),
                                          std::string("\x00\x01", 2),
                                          std::string("\x00\xff", 2),
                                          "\x01",
                                          "a",
                                          std::string("a\x00", 2),
                                          std::string("a\x00z", 3),
                                          "a\x01",
                                          "ab",
                                          "\xff"};
  for (const std::string& left : words) {
    for (const std::string& right : words) {
      const std::string low = KeyWriter().AppendBytes(left).AppendByte(0xff).Take();
      const std::string high = KeyWriter().AppendBytes(right).AppendByte(0x00).Take();
      EXPECT_EQ(left < right, low < high)
          << absl::BytesToHexString(left) << " and " << absl::BytesToHexString(right);
    }
  }
}

TEST(Key, ReaderRefusesAnotherKindAndStaysThere) {
  const std::string key = KeyWriter().AppendUnsigned(7).AppendSigned(-7).Take();
  KeyReader reader(key);
  EXPECT_EQ(reader.ReadSigned(), std::nullopt);
  EXPECT_EQ(reader.fault(), KeyFault::kWrongKind);
  EXPECT_EQ(reader.ReadUnsigned(), std::nullopt);
  EXPECT_FALSE(reader.IsAtEnd());
}

TEST(Key, ReaderRefusesWhatTheWriterNeverWrites) {
  const auto fault = [](absl::string_view hex, const std::string& kind) {
    const std::string key = absl::HexStringToBytes(hex);
    KeyReader reader(key);
    EXPECT_EQ(ReadBack(reader, kind), "fault");
    return reader.fault();
  };
  EXPECT_EQ(fault("1100", "unsigned"), KeyFault::kNotShortest);
  EXPECT_EQ(fault("120001", "unsigned"), KeyFault::kNotShortest);
  EXPECT_EQ(fault("27ff", "unsigned-descending"), KeyFault::kNotShortest);
  EXPECT_EQ(fault("37ff", "signed"), KeyFault::kNotShortest);
  EXPECT_EQ(fault("408000000000000000", "signed"), KeyFault::kNotShortest);
  EXPECT_EQ(fault("307ffffffffffffffe", "signed"), KeyFault::kNotShortest);
  EXPECT_EQ(fault("0261000061", "bytes"), KeyFault::kNotShortest);
  EXPECT_EQ(fault("19", "unsigned"), KeyFault::kWrongKind);
  EXPECT_EQ(fault("1f", "unsigned-descending"), KeyFault::kWrongKind);
}

TEST(Key, RandomBytesNeverDecodeToAnotherKey) {
  const uint32_t seed = std::random_device()();
  std::mt19937 random(seed);
  const std::vector<std::string> kinds = {
      "byte", "bytes", "unsigned", "unsigned-descending", "signed", "signed-descending"};
  for (int run = 0; run < 20'000; ++run) {
    std::string key;
    for (int i = random() % 12; i >= 0; --i) key.push_back(static_cast<char>(random()));
    key[0] = static_cast<char>(random() % 0x64);
    KeyReader reader(key);
    KeyWriter writer;
    const std::string& kind = kinds[random() % kinds.size()];
    const std::string value = ReadBack(reader, kind);
    if (reader.fault() != KeyFault::kNone) continue;
    Append(writer, {kind, value});
    EXPECT_EQ(key.substr(0, writer.key().size()), writer.key()) << "seed " << seed;
  }
}

TEST(PrefixEnd, IsTheFirstKeyAfterThoseWithThePrefix) {
  EXPECT_EQ(PrefixEnd("a"), "b");
  EXPECT_EQ(PrefixEnd("a\xff\xff"), "b");
  EXPECT_EQ(PrefixEnd(std::string("a\x00", 2)), "a\x01");
  EXPECT_EQ(PrefixEnd("a\x7f"), "a\x80");
  EXPECT_EQ(PrefixEnd("\xff\xff"), "");
  EXPECT_EQ(PrefixEnd(""), "");
}

TEST(TablePrefixSize, EndsBehindTheTableOrTheShard) {
  const auto prefix = [](const std::string& key) { return key.substr(0, TablePrefixSize(key)); };
  EXPECT_EQ(prefix(TicketKey("acme", 7)), TableKey("acme", Table::kTicket).key());
  const std::string odd_tenant("a\0\1", 3);
  EXPECT_EQ(prefix(TicketKey(odd_tenant, 7)), TableKey(odd_tenant, Table::kTicket).key());
  EXPECT_EQ(prefix(HeadKey("acme")), HeadKey("acme"));
  EXPECT_EQ(prefix(DeadlinePrefix(9) + "rest"), DeadlinePrefix(9));
  EXPECT_EQ(prefix("x"), "x");
  EXPECT_EQ(prefix(""), "");
}

}  // namespace
}  // namespace redress::storage

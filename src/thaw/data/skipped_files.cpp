#include "thaw/data/skipped_files.h"

#include <fmt/format.h>

#include <algorithm>

namespace thaw {

std::string ending_of(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  for (char& letter : ending)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return ending.size() < 2 ? "no ending" : ending;
}

void skip(std::vector<SkippedFiles>& skipped, const std::string& kind, const std::string& reason,
          const std::filesystem::path& file) {
  const SkippedFiles one{.kind = kind, .reason = reason, .count = 1, .example = file};
  add(skipped, std::span(&one, 1));
}

void add(std::vector<SkippedFiles>& skipped, std::span<const SkippedFiles> more) {
  for (const SkippedFiles& other : more) {
    const auto found = std::ranges::find_if(skipped, [&](const SkippedFiles& one) {
      return one.kind == other.kind && one.reason == other.reason;
    });
    if (found == skipped.end()) {
      skipped.push_back(other);
    } else {
      found->count += other.count;
      found->example = std::min(found->example, other.example);
    }
  }
}

std::string in_words(std::span<const SkippedFiles> skipped) {
  constexpr size_t most_kinds = 6;
  std::vector<SkippedFiles> sorted(skipped.begin(), skipped.end());
  std::ranges::stable_sort(sorted, std::ranges::greater(), &SkippedFiles::count);
  std::string text;
  int64_t others = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    const auto& [kind, reason, count, example] = sorted[i];
    if (i >= most_kinds) {
      others += count;
      continue;
    }
    text += fmt::format("{}{} {} ({}: {})", text.empty() ? "" : ", ", count, kind, reason,
                        example.filename().string());
  }
  if (others > 0) text += fmt::format(", {} of other kinds", others);
  return text;
}

}  // namespace thaw

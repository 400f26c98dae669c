#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace thaw {

/// Files of one kind that were left out for one reason.
struct SkippedFiles {
  std::string kind;    ///< their ending, ".txt", or what else they have in common: "hidden"
  std::string reason;  ///< "no image's ending"
  int64_t count = 0;
  std::filesystem::path example;  ///< the first of them by name
};

/// The ending of a file's name in lower case, ".jpg"; "no ending" where it has none.
std::string ending_of(const std::filesystem::path& file);

/// Counts a file, or a folder with all that is in it, as one.
void skip(std::vector<SkippedFiles>& skipped, const std::string& kind, const std::string& reason,
          const std::filesystem::path& file);

/// Adds up what two listings left out.
void add(std::vector<SkippedFiles>& skipped, std::span<const SkippedFiles> more);

/// "3 .txt (no image's ending: notes.txt), 1 hidden (…)": the most frequent first, at most six of
/// them. Empty when nothing was left out.
std::string in_words(std::span<const SkippedFiles> skipped);

}  // namespace thaw

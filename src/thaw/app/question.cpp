#include "thaw/app/question.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <utility>

#include "thaw/core/error.h"
#include "thaw/core/terminal_text.h"
#include "thaw/task/image_feed.h"

namespace thaw::app {

std::optional<std::string> ask_for_preprocessing(const UnknownPreprocessing& unknown) {
  if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0 || unknown.likely.empty())
    return std::nullopt;
  fmt::print(stderr, "The model does not tell how its images were prepared when it was trained.\n");
  for (size_t i = 0; i < unknown.likely.size(); ++i) {
    fmt::print(stderr, "  {}  {} ({}){}\n", i + 1, unknown.likely[i],
               in_words(preprocessing(unknown.likely[i])), i == 0 ? ", the likeliest" : "");
  }
  fmt::print(stderr, "Which of them, or numbers as in mean=0.5,std=0.25,scale=1/255? [1] ");
  std::fflush(stderr);
  std::string answer;
  if (!std::getline(std::cin, answer)) return std::nullopt;
  if (answer.empty()) answer = "1";
  const bool is_number = answer.size() == 1 && answer[0] >= '1' &&
                         std::cmp_less(answer[0] - '1', unknown.likely.size());
  if (is_number) answer = unknown.likely[static_cast<size_t>(answer[0] - '1')];
  fmt::print(stderr, "thaw: going on with --preprocessing {}\n", answer);
  const Preprocessing preprocessing = Preprocessing::from_text(answer);
  if (unknown.file.empty()) return answer;
  try {
    const std::filesystem::path kept = keep_preprocessing(unknown.file, preprocessing);
    fmt::print(stderr, "thaw: kept in {}, for every later run on this model\n",
               printable(kept.string()));
  } catch (const Error& error) {
    fmt::print(stderr, "thaw: not kept ({}): thaw convert MODEL OUT --preprocessing {} keeps it\n",
               error.what(), answer);
  }
  return answer;
}

}  // namespace thaw::app

#include "thaw/app/run_talk.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "thaw/core/terminal_text.h"

namespace thaw::app {

std::string classes_text(const std::vector<std::pair<std::string, int64_t>>& class_images) {
  constexpr size_t most = 20;
  std::string line;
  for (const auto& [name, images] :
       std::span(class_images).first(std::min(most, class_images.size())))
    line += fmt::format("{}{} {}", line.empty() ? "" : ", ", printable_name(name), images);
  if (class_images.size() > most) line += fmt::format(", and {} more", class_images.size() - most);
  return line;
}

std::string unfinished_text(const std::string& what, const std::filesystem::path& out, bool resumes,
                            bool goes_on, const std::string& kept_aside) {
  const std::string checkpoint = out.string() + ".checkpoint";
  if (resumes && !goes_on)
    return fmt::format("no unfinished {} ({}): starting from the beginning", what, checkpoint);
  if (kept_aside.empty()) return "";
  return fmt::format(
      "an unfinished {} was found and put aside as {}: to go on with that one, rename it to {} and "
      "give the same command with --resume",
      what, kept_aside, checkpoint);
}

}  // namespace thaw::app

#include "thaw/task/broken_images.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/data/image.h"
#include "thaw/data/image_contents.h"
#include "thaw/task/option.h"

namespace thaw {
namespace {

/// "its content is no image's" and the like: one for all files that have it in common.
std::string kind_of_failure(const std::filesystem::path& file, const ImageContents* contents,
                            const std::string& why) {
  if (!why.starts_with("expected an image")) return why;
  return image_file_bytes(file, contents) == 0 ? "empty" : "its content is no image's";
}

}  // namespace

void describe_allowed_broken(double& place, OptionList& options) {
  options.add(
      "allowed-broken", place,
      {.help = "the part of the images that may be unreadable and left out; past it the run "
               "ends before anything comes of it",
       .value = "PART",
       .range = Range{0, 1},
       .may_change = "it says when to give up, not what comes of the images"});
}

void find_broken(const ImageFolder& folder, std::set<std::string>& files,
                 std::vector<SkippedFiles>& skipped) {
  for (const auto& file : folder.files) {
    const std::string why = why_no_image(file, folder.contents.get());
    if (why.empty()) continue;
    files.insert(file.string());
    skip(skipped, ending_of(file), kind_of_failure(file, folder.contents.get(), why), file);
  }
}

void check_broken(const std::filesystem::path& folder, int64_t images, int64_t broken,
                  double allowed_part, const std::vector<SkippedFiles>& skipped) {
  if (static_cast<double>(broken) <= allowed_part * static_cast<double>(images)) return;
  throw Error(
      fmt::format("{}: expected at most {:g} % of {} images to be unreadable, received {}: {}; "
                  "mend or remove them, or allow more with --allowed-broken",
                  folder.string(), 100 * allowed_part, images, broken, in_words(skipped)));
}

void add_damaged(const BrokenLimit& limit, const std::set<std::string>& found_before,
                 std::vector<SkippedFiles>& skipped) {
  for (const std::string& file : limit.files()) {
    if (!found_before.contains(file))
      skip(skipped, "damaged", "their first bytes alone are an image's", file);
  }
}

}  // namespace thaw

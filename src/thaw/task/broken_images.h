#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "thaw/data/broken_limit.h"
#include "thaw/data/image_folder.h"

namespace thaw {

class OptionList;

/// The part of a folder's images that may turn out to be unreadable, unless it is said.
constexpr double default_allowed_broken = 0.1;

/// --allowed-broken.
void describe_allowed_broken(double& place, OptionList& options);

/// Adds to `files` the images of `folder` that are none by their first bytes, and counts them in
/// `skipped`. They stay listed, and are dropped once they are read.
void find_broken(const ImageFolder& folder, std::set<std::string>& files,
                 std::vector<SkippedFiles>& skipped);

/// Throws Error when `broken` of `images` are more than the part that is allowed. `skipped` is what
/// was left out of the folder, by kind and reason.
void check_broken(const std::filesystem::path& folder, int64_t images, int64_t broken,
                  double allowed_part, const std::vector<SkippedFiles>& skipped);

/// Counts in `skipped` the images that only reading has shown to be broken: those of `limit` that
/// find_broken() did not find.
void add_damaged(const BrokenLimit& limit, const std::set<std::string>& found_before,
                 std::vector<SkippedFiles>& skipped);

}  // namespace thaw

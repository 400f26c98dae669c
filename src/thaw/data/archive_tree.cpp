#include "thaw/data/archive_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/data/folder_walk.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

constexpr size_t most_depth = 64;
constexpr size_t longest_name = 4096;
constexpr size_t most_members = 4'000'000;
constexpr size_t most_name_bytes = size_t{512} << 20;

/// The names between slashes, without ".".
std::vector<std::string> parts_of(const std::string& name) {
  const auto refuse = [&](const char* why) {
    throw Error(
        fmt::format("the member \"{}\" {}: such archives are not read", name.substr(0, 200), why));
  };
  if (name.size() > longest_name) refuse("has a name that is too long");
  if (name.starts_with('/')) refuse("leads out of the archive");
  if (name.find('\0') != std::string::npos) refuse("has a name that is none");
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < name.size();) {
    const size_t end = std::min(name.find('/', begin), name.size());
    std::string part = name.substr(begin, end - begin);
    if (part == "..") refuse("leads out of the archive");
    if (!part.empty() && part != ".") parts.push_back(std::move(part));
    begin = end + 1;
  }
  if (parts.empty()) refuse("has a name that is none");
  if (parts.size() > most_depth) refuse("lies in too many folders");
  return parts;
}

}  // namespace

std::optional<fs::path> ArchiveTree::add(const std::string& name) {
  const std::vector<std::string> parts = parts_of(name);
  std::string path = archive_.string();
  std::string folder;
  for (const std::string& part : parts) {
    folder = path;
    path += "/" + part;
    const bool is_file = &part == &parts.back();
    Folder& entry = folders_[folder];
    if (!is_file && entry.folders.insert(part).second) bytes_ += path.size();
  }
  bytes_ += path.size();
  if (!files_.insert(path).second) {
    skip("member", "another one has the same name", path);
    return std::nullopt;
  }
  if (files_.size() > most_members || bytes_ > most_name_bytes) {
    throw Error(fmt::format("expected at most {} members and {} bytes of names, received more",
                            most_members, most_name_bytes));
  }
  folders_[folder].files.push_back(parts.back());
  return path;
}

void ArchiveTree::skip(const std::string& kind, const std::string& reason,
                       const std::string& name) {
  thaw::skip(skipped_, kind, reason, name);
}

FolderEntries ArchiveTree::entries(const fs::path& folder) const {
  const auto found = folders_.find(folder.string());
  if (found == folders_.end()) return {};
  FolderEntries entries;
  entries.folders.assign(found->second.folders.begin(), found->second.folders.end());
  entries.files = found->second.files;
  std::ranges::sort(entries.files);
  return entries;
}

fs::path ArchiveTree::root(const SourcePath& path) const {
  fs::path root = archive_;
  if (!path.inside.empty()) {
    root /= path.inside;
    if (!folders_.contains(root.string()) && !files_.contains(root.string()))
      throw Error(
          fmt::format("{}: there is nothing of that name in the archive", path.whole.string()));
    return root;
  }
  // Most archives hold one folder named after them, and all else in it.
  const auto is_wanted = [](const std::string& name) { return unwanted_kind(name) == nullptr; };
  const auto is_image = [&](const std::string& name) {
    return is_wanted(name) && has_image_ending(name, {});
  };
  while (true) {
    const FolderEntries here = entries(root);
    if (std::ranges::count_if(here.folders, is_wanted) != 1 ||
        std::ranges::any_of(here.files, is_image))
      return root;
    const fs::path only = root / *std::ranges::find_if(here.folders, is_wanted);
    const FolderEntries below = entries(only);
    if (std::ranges::none_of(below.folders, is_wanted) ||
        std::ranges::any_of(below.files, is_image))
      return root;
    root = only;
  }
}

ImageFolder ArchiveTree::list(const SourcePath& path, const ListingOptions& options) const {
  const fs::path from = root(path);
  const FolderReader read = [this](const fs::path& folder) { return entries(folder); };
  ImageFolder listing;
  if (options.labelled) {
    listing = list_image_folder(from, options, read);
  } else if (files_.contains(from.string())) {
    listing.files = {from};
  } else {
    FolderWalk walk(options, read);
    walk.add(from, 0);
    listing.files = walk.images();
    listing.skipped = std::move(walk.skipped());
    if (listing.files.empty())
      throw Error(fmt::format("{}: expected images, found none", path.whole.string()));
  }
  thaw::add(listing.skipped, skipped_);
  return listing;
}

std::optional<ImageParts> ArchiveTree::parts(const SourcePath& path) const {
  return find_image_parts(root(path), [this](const fs::path& folder) { return entries(folder); });
}

}  // namespace thaw

#include "thaw/data/source.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/data/folder_walk.h"

namespace thaw {

namespace fs = std::filesystem;

SourcePath::SourcePath(fs::path path) : whole(std::move(path)), file(whole) {
  std::error_code failure;
  fs::path on_the_way = whole;
  while (on_the_way.has_relative_path() && !fs::exists(on_the_way, failure))
    on_the_way = on_the_way.parent_path();
  if (on_the_way == whole || !fs::is_regular_file(on_the_way, failure)) return;
  const fs::path rest = whole.lexically_relative(on_the_way);
  for (const fs::path& name : rest)
    if (name == "..") return;
  file = on_the_way;
  inside = rest.generic_string();
  while (inside.ends_with('/')) inside.pop_back();
}

bool SourcePath::has_ending(std::string_view ending) const {
  std::error_code failure;
  return lower_case(file.filename().string()).ends_with(ending) &&
         fs::is_regular_file(file, failure);
}

const SourceKind* sources::find(const SourcePath& path) {
  const SourceKind* otherwise = nullptr;
  for (const SourceKind* kind : all()) {
    const SourceMatch match = kind->match(path);
    if (match == SourceMatch::yes) return kind;
    if (match == SourceMatch::otherwise) otherwise = kind;
  }
  return otherwise;
}

std::string sources::listed() {
  std::string text;
  for (const SourceKind* kind : all())
    text += fmt::format("{}{}", text.empty() ? "" : "; ", kind->looks_like);
  return text;
}

ImageFolder list_source(const fs::path& path, const ListingOptions& options) {
  const SourcePath source(path);
  if (const SourceKind* kind = sources::find(source)) return kind->list(source, options);
  std::error_code failure;
  if (!fs::exists(path, failure))
    throw Error(fmt::format("{}: there is no such folder", path.string()));
  throw Error(fmt::format("{}: expected a folder, received a file; images are taken from {}",
                          path.string(), sources::listed()));
}

fs::path source_meant(const fs::path& path, const ListingOptions& options) {
  const SourcePath source(path);
  const SourceKind* kind = sources::find(source);
  const bool is_folder = kind != nullptr && kind->match(source) == SourceMatch::otherwise;
  return is_folder && !options.only_keras_formats ? without_wrappers(path) : path;
}

std::optional<ImageParts> source_parts(const fs::path& path, const ListingOptions& options) {
  const SourcePath source(path);
  const SourceKind* kind = sources::find(source);
  if (kind == nullptr) return std::nullopt;
  return kind->parts(source, options);
}

ImageFolder list_unlabelled(std::span<const fs::path> paths) {
  ImageFolder all;
  std::vector<std::shared_ptr<const ImageContents>> contents;
  for (const fs::path& path : paths) {
    const SourcePath source(path);
    const SourceKind* kind = sources::find(source);
    if (kind == nullptr || kind->match(source) != SourceMatch::yes) {
      const ImageList images = list_images(std::span(&path, 1));
      all.files.insert(all.files.end(), images.files.begin(), images.files.end());
      add(all.skipped, images.skipped);
      continue;
    }
    ImageFolder listing = kind->list(source, {.one_class = true, .labelled = false});
    all.files.insert(all.files.end(), listing.files.begin(), listing.files.end());
    all.remarks.insert(all.remarks.end(), listing.remarks.begin(), listing.remarks.end());
    add(all.skipped, listing.skipped);
    contents.push_back(std::move(listing.contents));
  }
  all.contents = joined(std::move(contents));
  return all;
}

}  // namespace thaw

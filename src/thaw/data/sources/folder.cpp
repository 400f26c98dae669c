#include "thaw/data/source.h"

namespace thaw::sources {
namespace {

SourceMatch match_folder(const SourcePath& path) {
  std::error_code failure;
  return std::filesystem::is_directory(path.whole, failure) ? SourceMatch::otherwise
                                                            : SourceMatch::no;
}

std::optional<ImageParts> parts_of_folder(const SourcePath& path, const ListingOptions& options) {
  if (options.only_keras_formats) return std::nullopt;
  return find_image_parts(path.whole);
}

ImageFolder list_folder(const SourcePath& path, const ListingOptions& options) {
  return list_image_folder(path.whole, options);
}

}  // namespace

extern const SourceKind folder;
constinit const SourceKind folder{.name = "folder",
                                  .looks_like = "a folder that holds one folder of images a class",
                                  .match = &match_folder,
                                  .parts = &parts_of_folder,
                                  .list = &list_folder};

}  // namespace thaw::sources

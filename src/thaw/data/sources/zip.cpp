#include <algorithm>
#include <mutex>

#include "thaw/core/error.h"
#include "thaw/data/archive_tree.h"
#include "thaw/data/folder_walk.h"
#include "thaw/formats/keras/zip_file.h"

namespace thaw::sources {
namespace {

namespace fs = std::filesystem;

/// A zip file's members, unpacked one by one as they are asked for.
class ZipImages final : public ImageContents {
 public:
  explicit ZipImages(const fs::path& archive) : tree_(archive), reader_(archive) {
    const auto entries = reader_.entries();
    for (size_t i = 0; i < entries.size(); ++i) {
      auto [name, bytes, is_encrypted] = entries[i];
      // Windows' own packer once wrote its own separators.
      std::ranges::replace(name, '\\', '/');
      if (name.ends_with('/')) continue;
      if (is_encrypted) {
        tree_.skip("encrypted", "a password would be needed", name);
      } else if (const auto path = tree_.add(name)) {
        members_[path->string()] = {i, bytes};
      }
    }
  }

  const ArchiveTree& tree() const { return tree_; }

  bool holds(const fs::path& image) const override { return members_.contains(image.string()); }
  int64_t bytes(const fs::path& image) const override { return members_.at(image.string()).bytes; }
  std::string read(const fs::path& image, size_t at_most) const override {
    const std::lock_guard lock(mutex_);  // libzip's handles are for one thread at a time
    return reader_.beginning(members_.at(image.string()).place, at_most);
  }

 private:
  struct Member {
    size_t place = 0;
    int64_t bytes = 0;
  };
  ArchiveTree tree_;
  keras::ZipReader reader_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Member> members_;
};

std::shared_ptr<const ZipImages> open(const SourcePath& path) {
  return with_context(path.file.string(),
                      [&] { return std::make_shared<const ZipImages>(path.file); });
}

SourceMatch match_zip(const SourcePath& path) {
  return path.has_ending(".zip") ? SourceMatch::yes : SourceMatch::no;
}

std::optional<ImageParts> parts_of_zip(const SourcePath& path, const ListingOptions& /*options*/) {
  return open(path)->tree().parts(path);
}

ImageFolder list_zip(const SourcePath& path, const ListingOptions& options) {
  auto images = open(path);
  ImageFolder listing = images->tree().list(path, options);
  listing.contents = std::move(images);
  return listing;
}

}  // namespace

extern const SourceKind zip;
constinit const SourceKind zip{.name = "zip",
                               .looks_like = "a .zip of such a folder",
                               .match = &match_zip,
                               .parts = &parts_of_zip,
                               .list = &list_zip};

}  // namespace thaw::sources

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <span>

#include "thaw/core/error.h"
#include "thaw/core/readable_bytes.h"
#include "thaw/data/archive_tree.h"
#include "thaw/data/decode_budget.h"
#include "thaw/data/folder_walk.h"
#include "thaw/formats/archive_reader.h"

namespace thaw::sources {
namespace {

namespace fs = std::filesystem;

/// Reads a tar file of images, and what gzip, bzip2, xz or zstd made of one.
class TarReader {
 public:
  using Member = ArchiveReader::Member;

  explicit TarReader(const fs::path& file) : archive_(file, ArchiveReader::Kinds::tar) {}

  /// The next member; nothing after the last. Throws Error when the archive is damaged, or unpacks
  /// to so much more than it takes that it was made to.
  std::optional<Member> next() {
    auto member = archive_.next();
    if (!member) return member;
    constexpr int64_t harmless_bytes = int64_t{64} << 20;
    constexpr int64_t likely_factor = 200;
    const int64_t most = harmless_bytes + likely_factor * archive_.packed_bytes();
    if (member->bytes > most - unpacked_bytes_) {
      throw Error(fmt::format("expected images, received more than {} packed into {}",
                              readable_bytes(most), readable_bytes(archive_.packed_bytes())));
    }
    unpacked_bytes_ += member->bytes;
    return member;
  }

  /// The content of the member that next() gave last.
  std::string content(const Member& member) {
    return with_context(member.name, [&] {
      std::string bytes;
      constexpr size_t step = size_t{1} << 20;
      const auto size = static_cast<size_t>(member.bytes);
      while (bytes.size() < size) {
        const size_t begin = bytes.size();
        bytes.resize(std::min(size, begin + step));
        const size_t got = archive_.read(std::span(bytes).subspan(begin));
        if (got == 0) throw Error(archive_.damage());
        bytes.resize(begin + got);
      }
      return bytes;
    });
  }

 private:
  ArchiveReader archive_;
  int64_t unpacked_bytes_ = 0;
};

/// Calls `on_file` for every file in the archive that its tree takes, with its path.
ArchiveTree read_tree(const fs::path& file,
                      const std::function<void(TarReader&, const TarReader::Member&,
                                               const fs::path& path)>& on_file) {
  ArchiveTree tree(file);
  TarReader reader(file);
  while (const auto member = reader.next()) {
    if (member->is_folder) continue;
    if (!member->is_file) {
      tree.skip("link", "links in archives lead nowhere", member->name);
    } else if (const auto path = tree.add(member->name)) {
      on_file(reader, *member, *path);
    }
  }
  return tree;
}

/// The images below one place of the archive. As a packed tar file can be read from its beginning
/// alone, they stay in memory as they are stored.
class TarImages final : public ImageContents {
 public:
  explicit TarImages(const SourcePath& path) : tree_(path.file) {
    const std::string below = path.whole.string();
    tree_ = read_tree(
        path.file, [&](TarReader& reader, const TarReader::Member& member, const fs::path& image) {
          const std::string name = image.string();
          if (!name.starts_with(below) || !has_image_ending(name, {})) return;
          const int64_t most = DecodeBudget::of_process().bytes();
          if ((bytes_ += member.bytes) > most) {
            throw Error(fmt::format(
                "expected at most {} of images, a quarter of the memory, received more: unpack it "
                "(tar xf) and give the folder",
                readable_bytes(most)));
          }
          images_[name] = reader.content(member);
        });
  }

  const ArchiveTree& tree() const { return tree_; }

  bool holds(const fs::path& image) const override { return images_.contains(image.string()); }
  int64_t bytes(const fs::path& image) const override {
    return std::ssize(images_.at(image.string()));
  }
  std::string read(const fs::path& image, size_t at_most) const override {
    return images_.at(image.string()).substr(0, at_most);
  }

 private:
  ArchiveTree tree_;
  std::unordered_map<std::string, std::string> images_;
  int64_t bytes_ = 0;
};

SourceMatch match_tar(const SourcePath& path) {
  constexpr std::string_view endings[] = {".tar",  ".tar.gz", ".tgz", ".tar.bz2",
                                          ".tbz2", ".tar.xz", ".txz", ".tar.zst"};
  const bool is_tar = std::ranges::any_of(
      endings, [&](std::string_view ending) { return path.has_ending(ending); });
  return is_tar ? SourceMatch::yes : SourceMatch::no;
}

std::optional<ImageParts> parts_of_tar(const SourcePath& path, const ListingOptions& /*options*/) {
  const ArchiveTree tree =
      with_context(path.file.string(), [&] { return read_tree(path.file, [](auto&&...) {}); });
  return tree.parts(path);
}

ImageFolder list_tar(const SourcePath& path, const ListingOptions& options) {
  auto images =
      with_context(path.file.string(), [&] { return std::make_shared<const TarImages>(path); });
  ImageFolder listing = images->tree().list(path, options);
  listing.contents = std::move(images);
  return listing;
}

}  // namespace

extern const SourceKind tar;
constinit const SourceKind tar{
    .name = "tar",
    .looks_like = "a .tar, .tar.gz, .tar.bz2, .tar.xz or .tar.zst of such a folder",
    .match = &match_tar,
    .parts = &parts_of_tar,
    .list = &list_tar};

}  // namespace thaw::sources

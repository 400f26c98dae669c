#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace thaw {

/// Images that are no files of their own: members of an archive, rows of an array. Each has a path
/// below the file that holds it, "photos.zip/cats/1.jpg", under which it is listed and told, and
/// the bytes of an image file, so that decoding, hashing and judging it are those of any file. To
/// be used by several threads at once.
class ImageContents {
 public:
  ImageContents() = default;
  virtual ~ImageContents() = default;
  ImageContents(const ImageContents&) = delete;
  ImageContents& operator=(const ImageContents&) = delete;

  virtual bool holds(const std::filesystem::path& image) const = 0;
  /// How long its file is. Requires holds(image).
  virtual int64_t bytes(const std::filesystem::path& image) const = 0;
  /// The first `at_most` bytes of its file. Requires holds(image). Throws Error when they cannot be
  /// read.
  virtual std::string read(const std::filesystem::path& image, size_t at_most) const = 0;
};

/// What several sources hold, as one; nullptr where none of them holds anything.
std::shared_ptr<const ImageContents> joined(
    std::vector<std::shared_ptr<const ImageContents>> contents);

/// How long the image's file is, in `contents` or else on disk; nothing where that is not known.
std::optional<int64_t> image_file_bytes(const std::filesystem::path& image,
                                        const ImageContents* contents);

}  // namespace thaw

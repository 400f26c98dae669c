#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct archive;

namespace thaw {

/// Reads an archive from front to back: tar, and what gzip, bzip2, xz or zstd made of one, and zip
/// where that is asked for. Nothing is unpacked to disk. How much may come out of it is the
/// caller's to bound.
class ArchiveReader {
 public:
  enum class Kinds { tar, tar_or_zip };
  struct Member {
    std::string name;
    int64_t bytes = 0;  ///< unpacked, as the archive says
    bool is_file = false;
    bool is_folder = false;
  };

  /// Throws Error when it cannot be opened as such.
  ArchiveReader(const std::filesystem::path& file, Kinds kinds);
  /// Of bytes in memory, which must outlive it.
  ArchiveReader(std::string_view bytes, Kinds kinds);

  /// What the archive itself takes.
  int64_t packed_bytes() const { return packed_bytes_; }
  /// The next member; nothing after the last. Throws Error when the archive is damaged.
  std::optional<Member> next();
  /// Some of the content of the member that next() gave last; returns how many bytes, 0 at its end.
  /// Throws Error when it is damaged.
  size_t read(std::span<char> into);
  /// "is damaged or cut off: " and what the library says.
  std::string damage() const;

 private:
  struct Free {
    void operator()(archive* opened) const;
  };
  explicit ArchiveReader(Kinds kinds);
  void expect_opened(int code) const;
  std::string why() const;

  Kinds kinds_;
  std::unique_ptr<archive, Free> archive_;
  int64_t packed_bytes_ = 0;
};

}  // namespace thaw

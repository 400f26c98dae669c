#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thaw::keras {

/// The members of a zip file, read one by one; nothing is ever unpacked to disk.
class ZipReader {
 public:
  /// Opens a file, or takes the bytes of one. Throws Error when it is no zip file.
  explicit ZipReader(const std::filesystem::path& path);
  explicit ZipReader(std::string bytes);
  ~ZipReader();
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  /// The members, in the order of the file.
  std::vector<std::string> names() const;

  struct Entry {
    std::string name;
    int64_t bytes = 0;  ///< unpacked, as the archive says
    bool is_encrypted = false;
  };
  /// The same with what the archive says of them.
  std::vector<Entry> entries() const;

  /// The first `at_most` bytes of the member at that place of entries(); of one that ends before,
  /// all. Throws Error when it is damaged, or as strongly compressed as member() refuses.
  std::string beginning(size_t place, size_t at_most) const;

  /// What all members take in the file, as they are stored; more than the file has where they
  /// overlap.
  uint64_t stored_bytes() const;

  /// The contents of the member `name`; nullopt when there is none. Throws Error that begins with
  /// the name when it is damaged, larger than `limit_bytes` when unpacked, or so strongly
  /// compressed (beyond `harmless_bytes`, more than fifty-fold) that it must be made to fill the
  /// memory.
  std::optional<std::string> member(const std::string& name, uint64_t limit_bytes,
                                    uint64_t harmless_bytes = uint64_t{64} << 20) const;

 private:
  std::string bytes_;  ///< what the archive reads, unless it is a file
  struct Archive;
  std::unique_ptr<Archive> archive_;
};

/// Writes (name, contents) as the uncompressed members of a zip file, all dated 1980-01-01, so that
/// the same members give the same bytes. Throws Error when `path` cannot be written. Not atomic:
/// give it an AtomicFile's temporary path.
void write_zip(const std::filesystem::path& path,
               const std::vector<std::pair<std::string, std::string_view>>& members);

}  // namespace thaw::keras

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thaw::keras {

/// The members of a zip file, read one by one; nothing is ever unpacked to disk.
class ZipReader {
 public:
  /// Throws Error when `path` is no zip file.
  explicit ZipReader(const std::filesystem::path& path);
  /// One that lies in memory.
  explicit ZipReader(std::string bytes);
  ~ZipReader();
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  /// Absent: nullopt. Throws Error when it is damaged or larger than `limit_bytes`.
  std::optional<std::string> member(const std::string& name, uint64_t limit_bytes) const;

 private:
  std::string bytes_;
  void* archive_;
};

/// Writes a zip file of uncompressed members, without times: the same members, the same bytes.
void write_zip(const std::filesystem::path& path,
               const std::vector<std::pair<std::string, std::string_view>>& members);

}  // namespace thaw::keras

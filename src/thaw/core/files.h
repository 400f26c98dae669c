#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace thaw {

/// A file that appears whole or not at all: written aside in the same folder, then fsync and
/// rename. Destroyed without commit(), it leaves nothing behind and the old file as it was.
class AtomicFile {
 public:
  /// Throws Error when the folder cannot be written to.
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Where to write meanwhile; for libraries that open files by name.
  const std::filesystem::path& temporary_path() const { return temporary_; }
  void commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;
};

/// Puts on disk that `file` is where it is now, after a rename.
void sync_folder_of(const std::filesystem::path& file);

/// Writes `content` to `path` as an AtomicFile.
void write_file(const std::filesystem::path& path, std::string_view content);
/// The whole file; throws Error when it cannot be read or is larger than `limit_bytes`.
std::string read_file(const std::filesystem::path& path, size_t limit_bytes = size_t{1} << 32);

/// An environment variable's value; empty when it is not set.
std::string environment(const char* name);

/// THAW_HOME, else XDG_CACHE_HOME/thaw, else ~/.cache/thaw: downloaded weights and cached features.
std::filesystem::path cache_folder();

}  // namespace thaw

#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace thaw {

/// A file that appears whole or not at all: it is written under a temporary name in the same
/// folder, then put on disk (fsync) and renamed by commit(). Without commit() the destructor
/// removes it, and a file that was there before stays as it was.
class AtomicFile {
 public:
  /// Makes the temporary file, readable to others as far as the umask allows. Throws Error when
  /// `target` is a folder or its folder cannot be written to.
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Where to write until commit().
  const std::filesystem::path& temporary_path() const { return temporary_; }
  /// Puts the file in the place of `target`. Everything written must be closed or flushed before.
  /// Throws Error when it cannot be put on disk or renamed. To be called once.
  void commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;
};

/// Puts on disk the folder's entry for `file`, so that a rename lasts through a loss of power.
/// Throws Error when the system refuses.
void sync_folder_of(const std::filesystem::path& file);

/// Writes `content` to `path` as an AtomicFile; throws Error that begins with the path.
void write_file(const std::filesystem::path& path, std::string_view content);
/// The whole file. Throws Error that begins with the path when it cannot be read or is larger than
/// `limit_bytes`.
std::string read_file(const std::filesystem::path& path, size_t limit_bytes = size_t{1} << 32);

/// An environment variable's value; empty when it is not set.
std::string environment(const char* name);

/// Where downloaded weights and cached features are kept: THAW_HOME, else XDG_CACHE_HOME/thaw, else
/// HOME/.cache/thaw, else a folder "thaw" among the temporary files. It need not exist.
std::filesystem::path cache_folder();

}  // namespace thaw

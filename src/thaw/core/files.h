#pragma once

#include <cstdint>
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
  /// `target` is a folder, a device or a pipe, or its folder cannot be written to.
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

/// Removes the temporary files that killed programs left of an AtomicFile of this `target`. Only
/// for who knows that no other writes it now (OutputLock).
void remove_unfinished(const std::filesystem::path& target);

/// Without links and without "." and "..", though the file itself need not exist.
std::filesystem::path real_path(const std::filesystem::path& path);
/// Whether both name one file, whatever the spelling, links included; it need not exist.
bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b);
/// `path` if nothing is there, else the first of "NAME.1.ending", "NAME.2.ending", … that is free.
std::filesystem::path unused_path(const std::filesystem::path& path);
/// Throws Error when the disk that `path` is to be written to has fewer than `bytes` left. Where
/// the system does not say, there are enough.
void require_space(const std::filesystem::path& path, int64_t bytes);

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

/// The folder of the running program's file, links followed; empty where the system does not say.
std::filesystem::path program_folder();

/// Where downloaded weights and cached features are kept: THAW_HOME, else XDG_CACHE_HOME/thaw, else
/// HOME/.cache/thaw. It need not exist. Empty when none of them is set: a folder among the
/// temporary files would be anyone's, and another user could put there what this one then trusts.
std::filesystem::path cache_folder();

}  // namespace thaw

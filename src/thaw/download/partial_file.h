#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "thaw/core/file_descriptor.h"

namespace thaw {

/// The file TARGET.part and the note TARGET.part.info beside it, which says what it is a part of.
/// Locked against other processes and threads as long as this object lives. Every function throws
/// Error naming the file when the system refuses.
class PartialFile {
 public:
  /// Locks the file. While another process or thread holds it, calls wait(bytes received so far)
  /// every 100 ms and throws Error once that returns false. What is there is kept if it is a part
  /// of `url`; else the file begins empty.
  PartialFile(const std::filesystem::path& target, const std::string& url,
              const std::function<bool(int64_t received)>& wait);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  int64_t size() const { return size_; }
  /// Whether another process or thread held the file, which may have completed the target.
  bool has_waited() const { return has_waited_; }
  /// The ETag of the whole file, or empty when the part cannot be continued.
  const std::string& etag() const { return etag_; }

  /// Empties the file and notes the ETag of what will be written to it.
  void restart(const std::string& etag);
  void append(std::span<const char> bytes);
  /// Removes file and note.
  void discard();
  /// Puts the file on disk and renames it to `target`.
  void commit(const std::filesystem::path& target);

 private:
  bool lock();

  std::filesystem::path path_;
  std::filesystem::path note_;
  std::string url_;
  std::string etag_;
  int64_t size_ = 0;
  FileDescriptor file_;
  bool has_waited_ = false;
};

}  // namespace thaw

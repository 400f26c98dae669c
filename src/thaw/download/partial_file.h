#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "thaw/core/file_descriptor.h"

namespace thaw {

/// TARGET.part and the note beside it; locked against other processes while this lives.
class PartialFile {
 public:
  /// While another process or thread is at the file, waits as long as wait(bytes it has) says so.
  /// Then goes on with what is there if it is a part of `url`, else starts empty. Throws Error when
  /// it cannot be had.
  PartialFile(const std::filesystem::path& target, const std::string& url,
              const std::function<bool(int64_t received)>& wait);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  int64_t size() const { return size_; }
  /// Whether another was at the file before, so that the target may be there by now.
  bool has_waited() const { return has_waited_; }
  /// The ETag of what this is a part of; empty: nothing can be resumed.
  const std::string& etag() const { return etag_; }

  /// Empties the file and notes what will be written to it.
  void restart(const std::string& etag);
  void append(std::span<const char> bytes);
  /// Removes file and note.
  void discard();
  /// To disk, then in the place of `target`.
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

#pragma once

#include <filesystem>

#include "thaw/core/file_descriptor.h"

namespace thaw {

/// The right to write the file of one name, held by one run at a time: a lock on a hidden file
/// beside it (.NAME.lock), which the system releases however the process ends. Links and relative
/// spellings lead to the same lock. Where its file cannot be made, or the file system knows no
/// locks, everyone has the right.
class OutputLock {
 public:
  /// Throws Error when another run holds it.
  explicit OutputLock(const std::filesystem::path& output);
  ~OutputLock();
  OutputLock(const OutputLock&) = delete;
  OutputLock& operator=(const OutputLock&) = delete;

 private:
  std::filesystem::path path_;
  FileDescriptor file_;
};

}  // namespace thaw

#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace thaw {

/// TARGET.part and the note beside it; locked against other processes while this lives.
class PartialFile {
 public:
  /// Goes on with what is there if it is a part of `url`, else starts empty. Throws Error when
  /// another process is at it.
  PartialFile(const std::filesystem::path& target, const std::string& url);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  int64_t size() const { return size_; }
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
  std::filesystem::path path_;
  std::filesystem::path note_;
  std::string url_;
  std::string etag_;
  int64_t size_ = 0;
  int descriptor_ = -1;
};

}  // namespace thaw

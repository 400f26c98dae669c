#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace thaw {

struct DownloadOptions {
  std::string url;               ///< https, or http on this machine itself
  std::filesystem::path target;  ///< its folder is made
  std::string digest = {};       ///< MD5 or SHA-256 in lower-case hexadecimal; empty: not checked
  /// Called on the finished file before it takes its place; throws Error when it is no good.
  std::function<void(const std::filesystem::path&)> check = {};
  /// Told how many bytes are there, of how many (−1: unknown); returning false stops.
  std::function<bool(int64_t received, int64_t total)> progress = {};
  int64_t limit_bytes = int64_t{4} << 30;
  int attempts = 5;  ///< how often a connection may break before that is an error
  double connect_seconds = 10;
  double stall_seconds = 30;  ///< so long below 100 bytes a second is a broken connection
  double wait_seconds = 60;  ///< for another process at the same file, while its part grows no more
};

/// Fetches a file. It comes into TARGET.part, beside which TARGET.part.info notes what it is a part
/// of, so that a later call goes on where this one broke off, if the server still has the same file
/// (its ETag). Once whole it is checked, written to disk and renamed: TARGET is never seen
/// unfinished. A file that fails its check is removed. Where another process or thread is fetching
/// the same target, waits for it and takes what it brought. Throws Error naming the address and
/// reason.
void download(const DownloadOptions& options);

}  // namespace thaw

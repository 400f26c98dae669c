#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace thaw {

/// What to fetch, and how patiently.
struct DownloadOptions {
  std::string url;               ///< https, or http on this machine itself
  std::filesystem::path target;  ///< where the file goes; its folder is made if need be
  std::string digest = {};       ///< MD5 or SHA-256 in lower-case hexadecimal; empty: not checked
  /// Called with the path of the whole file before it is renamed to `target`; throws Error to
  /// reject it.
  std::function<void(const std::filesystem::path&)> check = {};
  /// Called now and then with the number of bytes received and of all (−1: unknown). Returning
  /// false stops the download with an Error.
  std::function<bool(int64_t received, int64_t total)> progress = {};
  int64_t limit_bytes = int64_t{4} << 30;
  int attempts = 5;  ///< the last one whose connection breaks is an error
  double connect_seconds = 10;
  double stall_seconds = 30;  ///< after so long below the next it counts as broken
  /// At that pace the smallest network's weights take an hour: nobody waits longer.
  double stall_bytes_per_second = 2000;
  double wait_seconds = 60;  ///< for another process that fetches the same file but gets no further
};

/// Fetches a file to `target`, which is never seen unfinished: it is received as TARGET.part,
/// checked, put on disk and renamed. A file that fails its check is removed. What was received
/// before a connection broke is kept, with its address and ETag in TARGET.part.info, and a later
/// call goes on from there if the server still has the same file. When another process or thread is
/// fetching the same target, waits for it and uses its file. Throws Error that begins with the
/// address; UsageError for an address that is neither https nor http on this machine.
void download(const DownloadOptions& options);

}  // namespace thaw

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace thaw::testing {

/// What one record of an event file says.
struct EventRecord {
  double wall_time = 0;
  int64_t step = 0;
  std::string version;  ///< of the file's first
  std::string tag;
  std::string plugin;
  float value = 0;
  std::string length_bytes;  ///< and `data`: what the two checksums are of
  uint32_t length_checksum = 0;
  std::string data;
  uint32_t data_checksum = 0;

  /// Without times: "epoch_loss 3 0.25".
  std::string to_string() const;
};

/// The records of the event file with these bytes. Throws Error where they are cut off.
std::vector<EventRecord> event_records(std::string_view bytes);

/// All files below `folder` by name and content, those of events without what depends on the time.
std::string contents_of(const std::filesystem::path& folder);

}  // namespace thaw::testing

#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "thaw/data/image.h"

namespace thaw::testing {

/// The bytes of tests/golden/data/pictures/<name>.
std::string image_bytes(const std::string& name);
std::filesystem::path image_path(const std::string& name);

inline std::span<const std::byte> bytes_of(const std::string& content) {
  return std::as_bytes(std::span(content));
}

/// Numbers as images hold them.
std::string big_endian(uint32_t value, int bytes);
std::string little_endian(uint32_t value, int bytes);
/// `content` with `part` written over it at `at`.
std::string patched(std::string content, size_t at, std::string_view part);

/// The checksum of PNG's chunks and of zip.
uint32_t crc32(std::string_view bytes);

/// What `body` threw as an Error; empty when it threw none.
std::string error_of(const std::function<void()>& body);

/// A folder that disappears with it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file below it, its folders made as needed; returns its path.
  std::filesystem::path write(const std::string& name, std::string_view content = "") const;

 private:
  std::filesystem::path path_;
};

}  // namespace thaw::testing

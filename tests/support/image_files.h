#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/data/image.h"

namespace thaw::testing {

/// The bytes of tests/golden/data/pictures/<name>.
std::string image_bytes(const std::string& name);
std::filesystem::path image_path(const std::string& name);

inline std::span<const std::byte> bytes_of(const std::string& content) {
  return std::as_bytes(std::span(content));
}

/// The bytes of a number, as image files hold it.
std::string big_endian(uint32_t value, int bytes);
std::string little_endian(uint32_t value, int bytes);
/// `content` with `part` written over it at `at`.
std::string patched(std::string content, size_t at, std::string_view part);

/// The checksum of PNG's chunks and of zip.
uint32_t crc32(std::string_view bytes);

/// A black PNG, of some hundredths of a bit a pixel.
std::string png_of_zeros(uint32_t width, uint32_t height);

}  // namespace thaw::testing

#pragma once

#include <filesystem>
#include <string>

namespace thaw {

/// The digest of a file in lower-case hexadecimal: "md5" or "sha256".
std::string file_digest(const std::filesystem::path& path, const std::string& algorithm);

/// Throws Error unless the file has this digest: MD5 (32 digits) or SHA-256 (64), as published.
void check_digest(const std::filesystem::path& path, const std::string& expected);

}  // namespace thaw

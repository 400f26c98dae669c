#pragma once

#include <filesystem>
#include <string>

namespace thaw {

/// The digest of a file in lower-case hexadecimal, by an algorithm that OpenSSL knows: "md5",
/// "sha256". Throws Error when it knows none of that name or the file cannot be read.
std::string file_digest(const std::filesystem::path& path, const std::string& algorithm);

/// Throws Error unless the file has the digest `expected`: 32 hexadecimal digits are an MD5, 64 a
/// SHA-256.
void check_digest(const std::filesystem::path& path, const std::string& expected);

}  // namespace thaw

#include "thaw/download/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include "thaw/core/error.h"

namespace thaw {

std::string file_digest(const std::filesystem::path& path, const std::string& algorithm) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  const EVP_MD* type = EVP_get_digestbyname(algorithm.c_str());
  if (!context || type == nullptr || EVP_DigestInit_ex(context.get(), type, nullptr) != 1)
    throw Error(fmt::format("the system's OpenSSL offers no {}", algorithm));
  std::ifstream stream(path, std::ios::binary);
  std::vector<char> block(1 << 16);
  while (stream) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    EVP_DigestUpdate(context.get(), block.data(), static_cast<size_t>(stream.gcount()));
  }
  if (!stream.eof()) throw Error(fmt::format("{}: cannot be read", path.string()));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

void check_digest(const std::filesystem::path& path, const std::string& expected) {
  if (expected.size() != 32 && expected.size() != 64) {
    throw Error(fmt::format("expected a digest of 32 or 64 digits (MD5, SHA-256), received \"{}\"",
                            expected));
  }
  const std::string algorithm = expected.size() == 32 ? "md5" : "sha256";
  if (const std::string received = file_digest(path, algorithm); received != expected) {
    throw Error(fmt::format("{}: expected {} {}, received {}: it is damaged or another file",
                            path.string(), algorithm, expected, received));
  }
}

}  // namespace thaw

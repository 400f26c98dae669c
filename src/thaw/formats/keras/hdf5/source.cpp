#include "thaw/formats/keras/hdf5/source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "thaw/core/error.h"

namespace thaw::keras::hdf5 {

void reject_damage(std::string_view what) {
  throw Error(fmt::format("the HDF5 file is damaged: {}: fetch or write it anew", what));
}

Source::Source(const std::filesystem::path& path)
    : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  struct stat status {};
  if (!file_.is_open() || ::fstat(file_.number(), &status) != 0)
    throw Error(fmt::format("cannot be read: {}", std::strerror(errno)));
  size_ = static_cast<uint64_t>(status.st_size);
}

void Source::read(uint64_t address, std::span<char> into) const {
  if (!holds(address, into.size())) {
    reject_damage(fmt::format("{} bytes at {} are not among its {}", into.size(), address, size_));
  }
  if (!file_.is_open()) {
    std::memcpy(into.data(), bytes_.data() + address, into.size());
    return;
  }
  while (!into.empty()) {
    const ssize_t count =
        ::pread(file_.number(), into.data(), into.size(), static_cast<off_t>(address));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error(fmt::format("cannot be read: {}", std::strerror(errno)));
    if (count == 0) reject_damage("it became shorter while it was read");
    into = into.subspan(static_cast<size_t>(count));
    address += static_cast<uint64_t>(count);
  }
}

std::string Source::block(uint64_t address, uint64_t size) const {
  if (!holds(address, size))
    reject_damage(fmt::format("{} bytes at {} are not among its {}", size, address, size_));
  std::string result(size, '\0');
  read(address, result);
  return result;
}

uint64_t Cursor::number(size_t bytes) {
  uint64_t result = 0;
  const std::string_view raw = take(bytes);
  for (size_t i = 0; i < raw.size(); ++i)
    result |= uint64_t{static_cast<unsigned char>(raw[i])} << (8 * i);
  return result;
}

std::string_view Cursor::take(uint64_t bytes) {
  if (bytes > bytes_.size()) reject_damage("a structure ends too early");
  const std::string_view result = bytes_.substr(0, bytes);
  bytes_.remove_prefix(bytes);
  return result;
}

void Cursor::expect(std::string_view signature) {
  if (take(signature.size()) != signature)
    reject_damage(fmt::format("expected a structure \"{}\"", signature));
}

}  // namespace thaw::keras::hdf5

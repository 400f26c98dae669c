#include "thaw/core/file_descriptor.h"

#include <unistd.h>

#include <cerrno>

namespace thaw {

void FileDescriptor::close() {
  if (number_ < 0) return;
  const int reason = errno;
  ::close(std::exchange(number_, -1));
  errno = reason;
}

}  // namespace thaw

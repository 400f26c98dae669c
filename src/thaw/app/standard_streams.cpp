#include "thaw/app/standard_streams.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "thaw/core/error.h"

namespace thaw::app {
namespace {

#ifdef __GLIBC__
/// Says that all was written, whatever became of it.
ssize_t write_or_forget(void*, const char* text, size_t bytes) {
  size_t done = 0;
  while (done < bytes) {
    const ssize_t count = ::write(STDERR_FILENO, text + done, bytes - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<size_t>(count);
  }
  return static_cast<ssize_t>(bytes);
}

/// fmt::print() throws when it cannot write, also where an error is being told. With a stream that
/// never fails, all that prints there is safe.
void let_standard_error_fail() {
  std::FILE* stream = ::fopencookie(
      nullptr, "w",
      {.read = nullptr, .write = &write_or_forget, .seek = nullptr, .close = nullptr});
  if (stream == nullptr) return;
  std::setvbuf(stream, nullptr, _IOLBF, BUFSIZ);
  stderr = stream;
}
#else
void let_standard_error_fail() {}
#endif

/// Takes the lowest free number, which is that of the stream. Standard output is opened for reading
/// only, so that writing there fails and is noticed.
void open_if_closed(int number, int flags) {
  if (::fcntl(number, F_GETFD) < 0 && errno == EBADF) static_cast<void>(::open("/dev/null", flags));
}

}  // namespace

void secure_standard_streams() {
  open_if_closed(STDIN_FILENO, O_RDONLY);
  open_if_closed(STDOUT_FILENO, O_RDONLY);
  open_if_closed(STDERR_FILENO, O_WRONLY);
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  let_standard_error_fail();
}

void finish_standard_output() {
  errno = 0;
  const bool is_written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (is_written) return;
  throw Error(fmt::format("standard output: cannot write{}{}", errno == 0 ? "" : ": ",
                          errno == 0 ? "" : std::strerror(errno)));
}

}  // namespace thaw::app

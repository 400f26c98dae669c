#include "thaw/core/output_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "thaw/core/error.h"
#include "thaw/core/files.h"

namespace thaw {
namespace {

/// Whether `path` still names the open file: who held the lock before may have removed it between
/// our open() and our flock().
bool is_named(const FileDescriptor& file, const std::filesystem::path& path) {
  struct stat held {};
  struct stat named {};
  return ::fstat(file.number(), &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

}  // namespace

OutputLock::OutputLock(const std::filesystem::path& output) {
  const std::filesystem::path target = real_path(output);
  path_ = target.parent_path() / ("." + target.filename().string() + ".lock");
  while (true) {
    file_ = FileDescriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file_.is_open()) return;
    if (::flock(file_.number(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return;
      file_.close();
      throw Error(
          fmt::format("{}: another run is writing this file: wait for it, or choose another name",
                      output.string()));
    }
    if (is_named(file_, path_)) return;
  }
}

OutputLock::~OutputLock() {
  if (file_.is_open()) ::unlink(path_.c_str());  // while it is locked: nobody else's is removed
}

}  // namespace thaw

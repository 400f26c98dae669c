#include "thaw/download/partial_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "thaw/core/error.h"
#include "thaw/core/files.h"

namespace thaw {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view what) {
  throw Error(fmt::format("{}: {}: {}", path.string(), what, std::strerror(errno)));
}

constexpr int64_t note_limit_bytes = 16 << 10;
constexpr auto pause = std::chrono::milliseconds(100);

int64_t size_on_disk(const std::filesystem::path& path) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  return failure ? 0 : static_cast<int64_t>(size);
}

}  // namespace

PartialFile::PartialFile(const std::filesystem::path& target, const std::string& url,
                         const std::function<bool(int64_t received)>& wait)
    : url_(url) {
  path_ = target;
  path_ += ".part";
  note_ = path_;
  note_ += ".info";
  std::error_code failure;
  std::filesystem::create_directories(target.parent_path(), failure);
  while (!lock()) {
    has_waited_ = true;
    if (!wait(size_on_disk(path_))) {
      throw Error(
          fmt::format("{}: another process is downloading this file: wait for it", path_.string()));
    }
    std::this_thread::sleep_for(pause);
  }
  try {
    const std::string note = read_file(note_, note_limit_bytes);
    const size_t line = note.find('\n');
    if (line != std::string::npos && note.substr(0, line) == url) etag_ = note.substr(line + 1);
  } catch (const Error&) {
    etag_.clear();  // without a note the part cannot be continued
  }
  struct stat status {};
  if (!etag_.empty() && ::fstat(file_.number(), &status) == 0) size_ = status.st_size;
  if (size_ == 0) restart("");
}

/// False while another process or thread holds the lock. Whoever held it before may have renamed or
/// removed the file between our open() and our flock(): then we hold a file that is no longer the
/// one of this name, and must try again.
bool PartialFile::lock() {
  file_ = FileDescriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file_.is_open()) fail(path_, "cannot be written");
  struct stat held {};
  struct stat named {};
  if (::flock(file_.number(), LOCK_EX | LOCK_NB) == 0 && ::fstat(file_.number(), &held) == 0 &&
      ::stat(path_.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
      held.st_dev == named.st_dev)
    return true;
  file_.close();
  return false;
}

PartialFile::~PartialFile() {
  std::error_code ignored;
  if (file_.is_open() && (size_ == 0 || etag_.empty())) {  // nothing that could be resumed
    std::filesystem::remove(path_, ignored);
    std::filesystem::remove(note_, ignored);
  }
}

void PartialFile::restart(const std::string& etag) {
  if (::ftruncate(file_.number(), 0) != 0) fail(path_, "cannot be emptied");
  size_ = 0;
  etag_ = etag;
  if (!etag_.empty()) write_file(note_, url_ + "\n" + etag_);
}

void PartialFile::append(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_.number(), bytes.data(), bytes.size(), size_);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path_, "cannot be written");
    size_ += written;
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
}

void PartialFile::discard() {
  restart("");
  std::error_code ignored;
  std::filesystem::remove(note_, ignored);
}

void PartialFile::commit(const std::filesystem::path& target) {
  if (::fsync(file_.number()) != 0) fail(path_, "cannot be written to disk");
  std::error_code failure;
  std::filesystem::remove(
      note_, failure);  // before the rename: after it, the note may be another process's
  std::filesystem::rename(path_, target, failure);
  if (failure)
    throw Error(fmt::format("{}: cannot be replaced: {}", target.string(), failure.message()));
  file_.close();
  sync_folder_of(target);
}

}  // namespace thaw

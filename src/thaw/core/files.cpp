#include "thaw/core/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <system_error>

#include "thaw/core/error.h"
#include "thaw/core/file_descriptor.h"
#include "thaw/core/readable_bytes.h"

namespace thaw {
namespace {

void sync_path(const std::filesystem::path& path, int flags) {
  const FileDescriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (!file.is_open())
    throw Error(fmt::format("{}: cannot open: {}", path.string(), std::strerror(errno)));
  if (::fsync(file.number()) != 0)
    throw Error(fmt::format("{}: cannot write to disk: {}", path.string(), std::strerror(errno)));
}

/// mkstemp() makes a file that only its owner may read; ours shall be as readable as the umask
/// says.
mode_t umask_of_process() {
  // The system tells the umask only when a new one is set. It is set to 077 for that moment, so a
  // file that another thread makes meanwhile is more private than asked, and never less.
  static const mode_t mask = [] {
    const mode_t before = ::umask(077);
    ::umask(before);
    return before;
  }();
  return mask;
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

/// Of the names of temporary files for `target`.
std::string unfinished_beginning(const std::filesystem::path& target) {
  return "." + target.filename().string() + ".unfinished-";
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
  std::error_code ignored;
  if (std::filesystem::is_directory(target_, ignored))
    throw Error(fmt::format("{}: expected a file's name, received a folder", target_.string()));
  const auto status = std::filesystem::status(target_, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    throw Error(
        fmt::format("{}: expected a file's name, received a device or pipe, which would be "
                    "replaced",
                    target_.string()));
  }
  std::string pattern = (folder_of(target_) / (unfinished_beginning(target_) + "XXXXXX")).string();
  const FileDescriptor file(::mkstemp(pattern.data()));
  if (!file.is_open()) {
    throw Error(fmt::format(
        "{}: cannot be written: {}: choose a folder that exists and that you may write to",
        target_.string(), std::strerror(errno)));
  }
  ::fchmod(file.number(), 0666 & ~umask_of_process());
  temporary_ = pattern;
}

AtomicFile::~AtomicFile() {
  std::error_code ignored;
  if (!temporary_.empty()) std::filesystem::remove(temporary_, ignored);
}

void AtomicFile::commit() {
  sync_path(temporary_, O_RDONLY);
  std::error_code failure;
  std::filesystem::rename(temporary_, target_, failure);
  if (failure)
    throw Error(fmt::format("{}: cannot be replaced: {}", target_.string(), failure.message()));
  temporary_.clear();
  sync_folder_of(target_);
}

void remove_unfinished(const std::filesystem::path& target) {
  const std::string beginning = unfinished_beginning(target);
  std::error_code failure;
  std::filesystem::directory_iterator entry(folder_of(target), failure);
  for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    std::error_code ignored;
    if (entry->path().filename().string().starts_with(beginning) && entry->is_regular_file(ignored))
      std::filesystem::remove(entry->path(), ignored);
  }
}

std::filesystem::path real_path(const std::filesystem::path& path) {
  constexpr int most_links = 40;  // as the system follows
  std::filesystem::path result = std::filesystem::absolute(path);
  std::error_code failure;
  // weakly_canonical() stops at a link to what does not exist yet.
  for (int i = 0; i < most_links && std::filesystem::is_symlink(result, failure); ++i)
    result = result.parent_path() / std::filesystem::read_symlink(result, failure);
  const auto canonical = std::filesystem::weakly_canonical(result, failure);
  return failure ? result.lexically_normal() : canonical;
}

bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code failure;
  return real_path(a) == real_path(b) || std::filesystem::equivalent(a, b, failure);
}

std::filesystem::path unused_path(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::path result = path;
  for (int number = 1; std::filesystem::exists(result, ignored); ++number) {
    result = path.parent_path() /
             fmt::format("{}.{}{}", path.stem().string(), number, path.extension().string());
  }
  return result;
}

void require_space(const std::filesystem::path& path, int64_t bytes) {
  std::error_code failure;
  const auto space = std::filesystem::space(folder_of(path), failure);
  if (failure || space.available >= static_cast<uintmax_t>(bytes)) return;
  throw Error(fmt::format(
      "{}: expected room for {} on its disk, received {}: make room, or choose "
      "another place",
      path.string(), readable_bytes(bytes), readable_bytes(static_cast<int64_t>(space.available))));
}

void sync_folder_of(const std::filesystem::path& file) {
  sync_path(folder_of(file), O_RDONLY | O_DIRECTORY);
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  AtomicFile file(path);
  std::ofstream stream(file.temporary_path(), std::ios::binary);
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
  stream.close();
  if (!stream)
    throw Error(fmt::format("{}: writing failed: {}", path.string(), std::strerror(errno)));
  file.commit();
}

std::string read_file(const std::filesystem::path& path, size_t limit_bytes) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  if (failure) throw Error(fmt::format("{}: cannot be read: {}", path.string(), failure.message()));
  if (size > limit_bytes) {
    throw Error(fmt::format("{}: expected at most {} bytes, received {}", path.string(),
                            limit_bytes, size));
  }
  std::string content(size, '\0');
  std::ifstream stream(path, std::ios::binary);
  stream.read(content.data(), static_cast<std::streamsize>(size));
  if (!stream)
    throw Error(fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno)));
  return content;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::filesystem::path program_folder() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path() : program.parent_path();
}

std::filesystem::path cache_folder() {
  if (auto home = environment("THAW_HOME"); !home.empty()) return home;
  if (auto cache = environment("XDG_CACHE_HOME"); !cache.empty())
    return std::filesystem::path(cache) / "thaw";
  if (auto home = environment("HOME"); !home.empty())
    return std::filesystem::path(home) / ".cache" / "thaw";
  return {};
}

}  // namespace thaw

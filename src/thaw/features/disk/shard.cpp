#include "thaw/features/disk/shard.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <random>

#include "thaw/core/error.h"

namespace thaw {
namespace {

constexpr uint64_t shard_magic = 0x7461656677616874;  // "thawfeat" where the low byte comes first
constexpr uint32_t shard_version = 1;
constexpr std::string_view shard_ending = ".features";
constexpr std::string_view temporary_ending = ".part";
constexpr std::string_view rows_beginning = ".rows-";
constexpr size_t set_digits = 32;
constexpr size_t number_digits = 16;

bool are_hexadecimal(std::string_view text, size_t count) {
  return text.size() == count &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string new_number() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random() & 0xFFFFFFFFU, random() & 0xFFFFFFFFU);
}

bool remove_beginning(std::string_view& text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return false;
  text.remove_prefix(beginning.size());
  return true;
}

bool remove_ending(std::string_view& text, std::string_view ending) {
  if (!text.ends_with(ending)) return false;
  text.remove_suffix(ending.size());
  return true;
}

/// Set key and temporariness by the name; nothing when the name is none of ours.
std::optional<FeatureFile> parse_name(std::string_view name) {
  FeatureFile file;
  file.is_temporary = remove_ending(name, temporary_ending);
  if (file.is_temporary && remove_beginning(name, rows_beginning)) {
    if (!are_hexadecimal(name, number_digits)) return std::nullopt;
    return file;
  }
  if (file.is_temporary && !remove_beginning(name, ".")) return std::nullopt;
  if (!remove_ending(name, shard_ending) || name.size() != set_digits + 1 + number_digits ||
      name[set_digits] != '-' || !are_hexadecimal(name.substr(0, set_digits), set_digits) ||
      !are_hexadecimal(name.substr(set_digits + 1), number_digits))
    return std::nullopt;
  file.set_key = name.substr(0, set_digits);
  return file;
}

uint64_t header_checksum(const ShardHeader& header) {
  return checksum(
      std::as_bytes(std::span(&header, 1)).first(offsetof(ShardHeader, header_checksum)));
}

}  // namespace

void Descriptor::close() {
  if (value_ >= 0) ::close(std::exchange(value_, -1));
}

uint64_t checksum(std::span<const std::byte> bytes) { return content_bits(bytes).first; }

ContentHash sample_hash(std::string_view sample_key) {
  return content_bits(std::as_bytes(std::span(sample_key)));
}

ShardHeader make_header(ContentHash set, uint64_t row_floats, std::span<const ShardEntry> index) {
  ShardHeader header{.magic = shard_magic,
                     .version = shard_version,
                     .set = set,
                     .row_floats = row_floats,
                     .rows = index.size(),
                     .index_checksum = checksum(std::as_bytes(index))};
  header.header_checksum = header_checksum(header);
  return header;
}

ContentHash parse_set_key(std::string_view set_key) {
  if (!are_hexadecimal(set_key, set_digits)) {
    throw Error(fmt::format("set of features: expected {} hexadecimal digits, received \"{}\"",
                            set_digits, set_key));
  }
  ContentHash set;
  const char* half = set_key.data() + set_digits / 2;
  std::from_chars(set_key.data(), half, set.first, 16);
  std::from_chars(half, set_key.data() + set_digits, set.second, 16);
  return set;
}

void check_row_floats(int64_t row_floats) {
  if (row_floats >= 1 && static_cast<uint64_t>(row_floats) <= row_floats_limit) return;
  throw Error(fmt::format("row of features: expected 1 … {} floats, received {}", row_floats_limit,
                          row_floats));
}

std::vector<FeatureFile> feature_files(const std::filesystem::path& folder) {
  std::vector<FeatureFile> files;
  std::error_code failure;
  std::filesystem::directory_iterator entry(folder, failure);
  for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    auto file = parse_name(entry->path().filename().string());
    struct stat status {};
    if (!file || ::lstat(entry->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    file->path = entry->path();
    file->bytes = status.st_size;
    file->last_used = std::chrono::system_clock::time_point(
        std::chrono::seconds(status.st_mtim.tv_sec) +
        std::chrono::microseconds(status.st_mtim.tv_nsec / 1000));
    files.push_back(std::move(*file));
  }
  return files;
}

std::filesystem::path new_shard_path(const std::filesystem::path& folder,
                                     std::string_view set_key) {
  return folder / fmt::format("{}-{}{}", set_key, new_number(), shard_ending);
}

std::filesystem::path temporary_path(const std::filesystem::path& shard) {
  return shard.parent_path() / fmt::format(".{}{}", shard.filename().string(), temporary_ending);
}

std::filesystem::path new_rows_path(const std::filesystem::path& folder) {
  return folder / fmt::format("{}{}{}", rows_beginning, new_number(), temporary_ending);
}

Descriptor create_locked(const std::filesystem::path& path) {
  std::error_code ignored;  // if it matters, opening fails and says why
  std::filesystem::create_directories(path.parent_path(), ignored);
  while (true) {
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file) {
      throw Error(fmt::format(
          "{}: cannot be written: {}: choose a folder for features that you may write to",
          path.string(), std::strerror(errno)));
    }
    ::flock(file.get(), LOCK_EX);  // where locks are unknown, the file's age protects it
    struct stat status = {};
    // Between the two calls clear() may have taken it for one that is left behind.
    if (::fstat(file.get(), &status) != 0 || status.st_nlink > 0) return file;
  }
}

bool remove_unless_locked(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file && errno == ENOENT) return true;  // what is there now is another, just made
  if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
  struct stat opened = {};
  struct stat named = {};
  // While one waited for the lock another may have taken the file, and its maker made it again.
  if (file && ::fstat(file.get(), &opened) == 0 &&
      (::lstat(path.c_str(), &named) != 0 || opened.st_ino != named.st_ino ||
       opened.st_dev != named.st_dev))
    return true;
  return remove_file(path);  // while it is locked, so that its maker sees it removed
}

void remove_left_behind(const std::filesystem::path& own) {
  const Descriptor again(::open(own.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!again || ::flock(again.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  for (const FeatureFile& file : feature_files(own.parent_path()))
    if (file.is_temporary && file.path != own) remove_unless_locked(file.path);
}

bool remove_file(const std::filesystem::path& path) {
  return ::unlink(path.c_str()) == 0 || errno == ENOENT;
}

bool read_at(const Descriptor& file, std::span<std::byte> bytes, uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t count =
        ::pread(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(count));
    offset += static_cast<uint64_t>(count);
  }
  return true;
}

ShardState open_shard(const std::filesystem::path& path, Descriptor& file, ShardHeader& header) {
  file = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
    return ShardState::gone;
  if (!read_at(file, std::as_writable_bytes(std::span(&header, 1)), 0) ||
      header.magic != shard_magic)
    return ShardState::damaged;
  if (header.version != shard_version) return ShardState::foreign;
  const bool is_sound =
      header.header_checksum == header_checksum(header) && header.rows >= 1 &&
      header.rows <= shard_row_limit && header.row_floats >= 1 &&
      header.row_floats <= row_floats_limit &&
      static_cast<uint64_t>(status.st_size) == shard_bytes(header.rows, header.row_floats);
  return is_sound ? ShardState::good : ShardState::damaged;
}

std::optional<std::vector<ShardEntry>> read_index(const Descriptor& file,
                                                  const ShardHeader& header) {
  std::vector<ShardEntry> index(header.rows);
  if (!read_at(file, std::as_writable_bytes(std::span(index)),
               index_offset(header.rows, header.row_floats)) ||
      checksum(std::as_bytes(std::span(index))) != header.index_checksum)
    return std::nullopt;
  return index;
}

}  // namespace thaw

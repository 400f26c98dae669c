#include "thaw/formats/keras/zip_file.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <memory>

#include "thaw/core/error.h"

namespace thaw::keras {
namespace {

/// The earliest date that the format can hold: as the clock on the wall says, which is what libzip
/// makes of it again, so that no time zone shows in the file.
time_t first_of_1980() {
  std::tm date{};
  date.tm_year = 80;
  date.tm_mday = 1;
  date.tm_isdst = -1;
  return std::mktime(&date);
}

// Deflating makes weights a tenth smaller and text ten times. A member that unpacks to far more
// than that was made to fill the reader's memory.
constexpr uint64_t likely_factor = 50;

struct CloseMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};
struct DiscardArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};

std::string message(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

using MemberPtr = std::unique_ptr<zip_file_t, CloseMember>;
using ArchivePtr = std::unique_ptr<zip_t, DiscardArchive>;

}  // namespace

struct ZipReader::Archive {
  explicit Archive(ArchivePtr opened) : handle(std::move(opened)) {}
  ArchivePtr handle;
};

ZipReader::ZipReader(const std::filesystem::path& path) {
  int code = 0;
  ArchivePtr archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (!archive) throw Error("expected a zip file: " + message(code));
  archive_ = std::make_unique<Archive>(std::move(archive));
}

ZipReader::ZipReader(std::string bytes) : bytes_(std::move(bytes)) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes_.data(), bytes_.size(), 0, &error);
  ArchivePtr archive(source == nullptr ? nullptr
                                       : zip_open_from_source(source, ZIP_RDONLY, &error));
  if (!archive && source != nullptr) zip_source_free(source);
  const std::string reason = archive ? "" : zip_error_strerror(&error);
  zip_error_fini(&error);
  if (!archive) throw Error("expected a zip file: " + reason);
  archive_ = std::make_unique<Archive>(std::move(archive));
}

ZipReader::~ZipReader() = default;

std::vector<std::string> ZipReader::names() const {
  zip_t* archive = archive_->handle.get();
  std::vector<std::string> names;
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* name = zip_get_name(archive, static_cast<zip_uint64_t>(i), 0);
    if (name != nullptr) names.emplace_back(name);
  }
  return names;
}

std::vector<ZipReader::Entry> ZipReader::entries() const {
  zip_t* archive = archive_->handle.get();
  std::vector<Entry> entries;
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    Entry& entry = entries.emplace_back();
    if (zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &stat) != 0) continue;
    if ((stat.valid & ZIP_STAT_NAME) != 0) entry.name = stat.name;
    if ((stat.valid & ZIP_STAT_SIZE) != 0)
      entry.bytes = static_cast<int64_t>(std::min<zip_uint64_t>(stat.size, INT64_MAX));
    entry.is_encrypted =
        (stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE;
  }
  return entries;
}

std::string ZipReader::beginning(size_t place, size_t at_most) const {
  constexpr uint64_t harmless_bytes = uint64_t{64} << 20;
  zip_t* archive = archive_->handle.get();
  zip_stat_t stat;
  if (zip_stat_index(archive, place, 0, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0)
    throw Error("cannot be read: " + std::string(zip_strerror(archive)));
  if ((stat.valid & ZIP_STAT_COMP_SIZE) != 0 &&
      stat.size > harmless_bytes + likely_factor * stat.comp_size) {
    throw Error(fmt::format("expected an image, received {} bytes packed into {}", stat.size,
                            stat.comp_size));
  }
  const MemberPtr member(zip_fopen_index(archive, place, 0));
  if (!member) throw Error("cannot be read: " + std::string(zip_strerror(archive)));
  // One byte more than it should have, so that its checksum is looked at where all of it is read.
  const size_t wanted = std::min<uint64_t>(at_most, stat.size);
  const size_t asked = wanted == stat.size ? wanted + 1 : wanted;
  std::string content;
  constexpr size_t step = size_t{1} << 20;
  while (content.size() < asked) {
    const size_t start = content.size();
    content.resize(std::min(asked, start + step));
    const zip_int64_t count =
        zip_fread(member.get(), content.data() + start, content.size() - start);
    if (count < 0) throw Error("is damaged: " + std::string(zip_file_strerror(member.get())));
    content.resize(start + static_cast<size_t>(count));
    if (count == 0) break;
  }
  if (content.size() < wanted) throw Error("is truncated");
  if (content.size() > wanted) throw Error("is larger than its zip entry says");
  return content;
}

uint64_t ZipReader::stored_bytes() const {
  zip_t* archive = archive_->handle.get();
  uint64_t sum = 0;
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    if (zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &stat) == 0 &&
        (stat.valid & ZIP_STAT_COMP_SIZE) != 0 && stat.comp_size < UINT64_MAX - sum)
      sum += stat.comp_size;
  }
  return sum;
}

std::optional<std::string> ZipReader::member(const std::string& name, uint64_t limit_bytes,
                                             uint64_t harmless_bytes) const {
  zip_t* archive = archive_->handle.get();
  zip_stat_t stat;
  if (zip_stat(archive, name.c_str(), 0, &stat) != 0) return std::nullopt;
  return with_context(name, [&]() -> std::optional<std::string> {
    if ((stat.valid & ZIP_STAT_COMP_SIZE) != 0)
      limit_bytes = std::min(limit_bytes, harmless_bytes + likely_factor * stat.comp_size);
    if ((stat.valid & ZIP_STAT_SIZE) == 0 || stat.size > limit_bytes) {
      throw Error(fmt::format("expected at most {} bytes, received {}", limit_bytes, stat.size));
    }
    const MemberPtr member(zip_fopen_index(archive, stat.index, 0));
    if (!member) throw Error("cannot be read: " + std::string(zip_strerror(archive)));
    // The string grows with the data that comes: a false size in the directory costs no memory.
    std::string content;
    constexpr size_t step = size_t{1} << 20;
    while (true) {
      const size_t start = content.size();
      content.resize(start + step);
      const zip_int64_t count = zip_fread(member.get(), content.data() + start, step);
      if (count < 0) throw Error("is damaged: " + std::string(zip_file_strerror(member.get())));
      content.resize(start + static_cast<size_t>(count));
      if (content.size() > limit_bytes) throw Error("is larger than its zip entry says");
      if (count == 0) break;
    }
    if (content.size() != stat.size) throw Error("is truncated");
    return content;
  });
}

void write_zip(const std::filesystem::path& path,
               const std::vector<std::pair<std::string, std::string_view>>& members) {
  int code = 0;
  ArchivePtr archive(zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
  if (!archive) throw Error("cannot be written: " + message(code));
  for (const auto& [name, content] : members) {
    zip_source_t* source = zip_source_buffer(archive.get(), content.data(), content.size(), 0);
    const zip_int64_t index =
        source == nullptr ? -1 : zip_file_add(archive.get(), name.c_str(), source, 0);
    if (index < 0) {
      zip_source_free(source);
      throw Error("cannot be written: " + std::string(zip_strerror(archive.get())));
    }
    const auto at = static_cast<zip_uint64_t>(index);
    zip_set_file_compression(archive.get(), at, ZIP_CM_STORE, 0);
    zip_file_set_mtime(archive.get(), at, first_of_1980(), 0);
  }
  if (zip_close(archive.get()) != 0)
    throw Error("cannot be written: " + std::string(zip_strerror(archive.get())));
  static_cast<void>(archive.release());  // zip_close() has freed it
}

}  // namespace thaw::keras

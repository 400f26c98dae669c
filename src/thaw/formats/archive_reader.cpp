#include "thaw/formats/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>

#include "thaw/core/error.h"

namespace thaw {

void ArchiveReader::Free::operator()(archive* opened) const { archive_read_free(opened); }

ArchiveReader::ArchiveReader(Kinds kinds) : kinds_(kinds), archive_(archive_read_new()) {
  archive_read_support_format_tar(archive_.get());
  if (kinds == Kinds::tar_or_zip) archive_read_support_format_zip(archive_.get());
  archive_read_support_filter_gzip(archive_.get());
  archive_read_support_filter_bzip2(archive_.get());
  archive_read_support_filter_xz(archive_.get());
  archive_read_support_filter_zstd(archive_.get());
}

ArchiveReader::ArchiveReader(const std::filesystem::path& file, Kinds kinds)
    : ArchiveReader(kinds) {
  constexpr size_t block_bytes = size_t{1} << 17;
  expect_opened(archive_read_open_filename(archive_.get(), file.c_str(), block_bytes));
  std::error_code failure;
  packed_bytes_ = static_cast<int64_t>(std::filesystem::file_size(file, failure));
}

ArchiveReader::ArchiveReader(std::string_view bytes, Kinds kinds) : ArchiveReader(kinds) {
  expect_opened(archive_read_open_memory(archive_.get(), bytes.data(), bytes.size()));
  packed_bytes_ = static_cast<int64_t>(bytes.size());
}

void ArchiveReader::expect_opened(int code) const {
  if (code == ARCHIVE_OK) return;
  throw Error((kinds_ == Kinds::tar ? "expected a tar file: " : "expected an archive: ") + why());
}

std::optional<ArchiveReader::Member> ArchiveReader::next() {
  archive_entry* entry = nullptr;
  const int code = archive_read_next_header(archive_.get(), &entry);
  if (code == ARCHIVE_EOF) return std::nullopt;
  if (code < ARCHIVE_WARN) {
    throw Error(std::string(kinds_ == Kinds::tar ? "is no tar file" : "is no archive") +
                ", damaged or cut off: " + why());
  }
  const char* name = archive_entry_pathname_utf8(entry);
  if (name == nullptr) name = archive_entry_pathname(entry);
  const bool is_link = archive_entry_hardlink(entry) != nullptr;
  return Member{.name = name == nullptr ? "" : name,
                .bytes = std::max<int64_t>(archive_entry_size(entry), 0),
                .is_file = archive_entry_filetype(entry) == AE_IFREG && !is_link,
                .is_folder = archive_entry_filetype(entry) == AE_IFDIR};
}

size_t ArchiveReader::read(std::span<char> into) {
  const auto got = archive_read_data(archive_.get(), into.data(), into.size());
  if (got < 0) throw Error(damage());
  return static_cast<size_t>(got);
}

std::string ArchiveReader::damage() const { return "is damaged or cut off: " + why(); }

std::string ArchiveReader::why() const {
  const char* text = archive_error_string(archive_.get());
  return text == nullptr ? "it ends too early" : text;
}

}  // namespace thaw

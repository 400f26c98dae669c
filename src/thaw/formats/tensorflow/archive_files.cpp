#include "thaw/formats/tensorflow/archive_files.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/core/readable_bytes.h"

namespace thaw::tensorflow {
namespace {

struct FreeArchive {
  void operator()(archive* opened) const { archive_read_free(opened); }
};

/// "./folder/file" → "folder/file"; nothing for a name that leads elsewhere.
std::optional<std::string> name_below(std::string_view name) {
  while (name.starts_with("./")) name.remove_prefix(2);
  if (name.empty() || name.starts_with('/') || name.find('\0') != std::string_view::npos)
    return std::nullopt;
  for (size_t begin = 0; begin < name.size();) {
    const size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") return std::nullopt;
    begin = end + 1;
  }
  return std::string(name);
}

/// Reads an archive from front to back.
class ArchiveReader {
 public:
  explicit ArchiveReader(const ModelInput& input) : archive_(archive_read_new()) {
    archive_read_support_format_tar(archive_.get());
    archive_read_support_format_zip(archive_.get());
    archive_read_support_filter_gzip(archive_.get());
    archive_read_support_filter_bzip2(archive_.get());
    archive_read_support_filter_xz(archive_.get());
    archive_read_support_filter_zstd(archive_.get());
    constexpr size_t block_bytes = size_t{1} << 17;
    int code = ARCHIVE_OK;
    if (input.path() != nullptr) {
      code = archive_read_open_filename(archive_.get(), input.path()->c_str(), block_bytes);
      std::error_code failure;
      packed_bytes_ = static_cast<int64_t>(std::filesystem::file_size(*input.path(), failure));
    } else {
      code = archive_read_open_memory(archive_.get(), input.bytes().data(), input.bytes().size());
      packed_bytes_ = static_cast<int64_t>(input.bytes().size());
    }
    if (code != ARCHIVE_OK) throw Error("expected an archive: " + why());
  }

  /// The name of the next file; nothing after the last.
  std::optional<std::string> next() {
    archive_entry* entry = nullptr;
    while (true) {
      const int code = archive_read_next_header(archive_.get(), &entry);
      if (code == ARCHIVE_EOF) return std::nullopt;
      if (code < ARCHIVE_WARN) throw Error("is no archive, damaged or cut off: " + why());
      constexpr int most_members = 100'000;
      if (++members_ > most_members)
        throw Error(fmt::format("expected at most {} members, received more", most_members));
      if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr)
        continue;
      const char* name = archive_entry_pathname_utf8(entry);
      if (name == nullptr) name = archive_entry_pathname(entry);
      if (auto below = name_below(name == nullptr ? "" : name)) return below;
    }
  }

  /// Of the file that next() gave last.
  std::string content() {
    std::string bytes;
    constexpr size_t step = size_t{1} << 18;
    while (true) {
      const size_t begin = bytes.size();
      bytes.resize(begin + step);
      const auto got = archive_read_data(archive_.get(), bytes.data() + begin, step);
      if (got < 0) throw Error("is damaged or cut off: " + why());
      bytes.resize(begin + static_cast<size_t>(got));
      if (got == 0) return bytes;
      spend(got);
    }
  }

 private:
  void spend(int64_t bytes) {
    constexpr int64_t harmless_bytes = int64_t{32} << 20;
    constexpr int64_t likely_factor = 40;
    const int64_t most = harmless_bytes + likely_factor * packed_bytes_;
    if ((unpacked_bytes_ += bytes) > most) {
      throw Error(fmt::format("expected a model, received more than {} packed into {}",
                              readable_bytes(most), readable_bytes(packed_bytes_)));
    }
  }

  std::string why() const {
    const char* text = archive_error_string(archive_.get());
    return text == nullptr ? "it ends too early" : text;
  }

  std::unique_ptr<archive, FreeArchive> archive_;
  int64_t packed_bytes_ = 0;
  int64_t unpacked_bytes_ = 0;
  int members_ = 0;
};

}  // namespace

std::map<std::string, std::string> read_archive(
    const ModelInput& input, const std::function<bool(const std::string& name)>& takes) {
  ArchiveReader reader(input);
  std::map<std::string, std::string> files;
  while (const auto name = reader.next())
    if (takes(*name)) files[*name] = reader.content();
  return files;
}

std::string find_in_archive(const ModelInput& input,
                            const std::function<bool(const std::string& name)>& wanted) {
  try {
    ArchiveReader reader(input);
    while (const auto name = reader.next())
      if (wanted(*name)) return *name;
  } catch (const Error&) {
    // Then it is none.
  }
  return {};
}

}  // namespace thaw::tensorflow

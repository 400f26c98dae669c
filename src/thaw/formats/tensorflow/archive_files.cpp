#include "thaw/formats/tensorflow/archive_files.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "thaw/core/error.h"
#include "thaw/core/readable_bytes.h"
#include "thaw/formats/archive_reader.h"

namespace thaw::tensorflow {
namespace {

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

ArchiveReader opened(const ModelInput& input) {
  constexpr auto kinds = ArchiveReader::Kinds::tar_or_zip;
  return input.path() != nullptr ? ArchiveReader(*input.path(), kinds)
                                 : ArchiveReader(std::string_view(input.bytes()), kinds);
}

/// The files of an archive, one after the other; together not far more than it takes.
class ModelArchive {
 public:
  explicit ModelArchive(const ModelInput& input) : archive_(opened(input)) {}

  /// The name of the next file; nothing after the last.
  std::optional<std::string> next() {
    while (const auto member = archive_.next()) {
      constexpr int most_members = 100'000;
      if (++members_ > most_members)
        throw Error(fmt::format("expected at most {} members, received more", most_members));
      if (!member->is_file) continue;
      if (auto below = name_below(member->name)) return below;
    }
    return std::nullopt;
  }

  /// Of the file that next() gave last.
  std::string content() {
    std::string bytes;
    constexpr size_t step = size_t{1} << 18;
    while (true) {
      const size_t begin = bytes.size();
      bytes.resize(begin + step);
      const size_t got = archive_.read({bytes.data() + begin, step});
      bytes.resize(begin + got);
      if (got == 0) return bytes;
      spend(static_cast<int64_t>(got));
    }
  }

 private:
  void spend(int64_t bytes) {
    constexpr int64_t harmless_bytes = int64_t{32} << 20;
    constexpr int64_t likely_factor = 40;
    const int64_t most = harmless_bytes + likely_factor * archive_.packed_bytes();
    if ((unpacked_bytes_ += bytes) > most) {
      throw Error(fmt::format("expected a model, received more than {} packed into {}",
                              readable_bytes(most), readable_bytes(archive_.packed_bytes())));
    }
  }

  ArchiveReader archive_;
  int64_t unpacked_bytes_ = 0;
  int members_ = 0;
};

}  // namespace

std::map<std::string, std::string> read_archive(
    const ModelInput& input, const std::function<bool(const std::string& name)>& takes) {
  ModelArchive reader(input);
  std::map<std::string, std::string> files;
  while (const auto name = reader.next())
    if (takes(*name)) files[*name] = reader.content();
  return files;
}

std::string find_in_archive(const ModelInput& input,
                            const std::function<bool(const std::string& name)>& wanted) {
  try {
    ModelArchive reader(input);
    while (const auto name = reader.next())
      if (wanted(*name)) return *name;
  } catch (const Error&) {
    // Then it is none.
  }
  return {};
}

}  // namespace thaw::tensorflow

#include "thaw/formats/onnx/external_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "thaw/core/error.h"

namespace thaw::onnx {
namespace {

namespace fs = std::filesystem;

/// How many times over the files may be read: tensors may share their bytes.
constexpr uint64_t most_readings = 4;

/// Throws Error unless `location` stays in `folder`, whose links are followed already.
fs::path path_within(const fs::path& folder, const std::string& location) {
  const fs::path relative(location);
  const bool climbs = std::ranges::find(relative, fs::path("..")) != relative.end();
  if (location.empty() || location.find('\0') != std::string::npos || relative.is_absolute() ||
      relative.has_root_path() || climbs) {
    throw Error(fmt::format(
        "expected external data in the model's own folder, received the path \"{}\"", location));
  }
  std::error_code error;
  fs::path real = fs::canonical(folder / relative, error);
  if (error) {
    throw Error(
        fmt::format("keeps its weights in the file \"{}\", which is not there: put it "
                    "beside the model",
                    location));
  }
  const auto [end, place] = std::ranges::mismatch(folder, real);
  if (end != folder.end()) {
    throw Error(
        fmt::format("expected external data in the model's own folder, received \"{}\", a "
                    "link that leads out of it",
                    location));
  }
  if (!fs::is_regular_file(real, error))
    throw Error(fmt::format("expected external data in a file, received \"{}\"", location));
  return real;
}

}  // namespace

ExternalFiles::ExternalFiles(const fs::path* model) {
  if (model != nullptr) folder_ = fs::canonical(fs::absolute(*model).parent_path());
}

const ExternalFiles::File& ExternalFiles::find(const std::string& location) {
  if (const auto known = files_.find(location); known != files_.end()) return known->second;
  if (folder_.empty())
    throw Error(fmt::format("keeps its weights in another file, \"{}\"", location));
  File file{.path = path_within(folder_, location)};
  std::error_code error;
  file.bytes = fs::file_size(file.path, error);
  if (error) throw Error(fmt::format("{}: {}", file.path.string(), error.message()));
  held_ += file.bytes;
  return files_.emplace(location, std::move(file)).first->second;
}

std::string ExternalFiles::read(const std::string& location, uint64_t offset, uint64_t length) {
  const File& file = find(location);
  if (offset > file.bytes || length > file.bytes - offset) {
    throw Error(fmt::format("expected {} bytes from {} on in \"{}\", which has {}", length, offset,
                            location, file.bytes));
  }
  read_ += length;
  if (read_ > held_ * most_readings)
    throw Error(fmt::format("expected tensors with bytes of their own in \"{}\"", location));
  std::string bytes(length, '\0');
  std::ifstream stream(file.path, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  stream.read(bytes.data(), static_cast<std::streamsize>(length));
  if (!stream) throw Error(fmt::format("{}: cannot be read", file.path.string()));
  return bytes;
}

}  // namespace thaw::onnx

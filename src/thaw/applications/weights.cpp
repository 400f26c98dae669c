#include "thaw/applications/weights.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <fstream>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/download/digest.h"
#include "thaw/download/download.h"

namespace thaw::applications {
namespace {

std::optional<std::filesystem::path> keras_folder() {
  if (const auto home = environment("KERAS_HOME"); !home.empty())
    return std::filesystem::path(home) / "models";
  if (const auto home = environment("HOME"); !home.empty())
    return std::filesystem::path(home) / ".keras" / "models";
  return std::nullopt;
}

void check(const WeightsFile& file, const std::filesystem::path& path) {
  if (file.hash.empty()) {
    check_hdf5_is_whole(path);
  } else {
    check_digest(path, file.hash);
  }
}

bool is_whole(const WeightsFile& file, const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  try {
    check(file, path);
    return true;
  } catch (const Error&) {
    return false;  // another program's unfinished download, say: fetch our own
  }
}

std::string address_of(const WeightsFile& file) {
  std::string folder = environment("THAW_WEIGHTS_URL");
  if (folder.empty()) folder = file.address;
  if (!folder.ends_with('/')) folder += '/';
  return folder + (file.remote_name.empty() ? file.name : file.remote_name);
}

}  // namespace

std::filesystem::path weights_folder() {
  const auto folder = cache_folder();
  return folder.empty() ? folder : folder / "weights";
}

namespace {

std::optional<std::filesystem::path> own_folder() {
  auto folder = weights_folder();
  return folder.empty() ? std::nullopt : std::optional(std::move(folder));
}

/// What came with the program: share/thaw/weights beside its own folder.
std::optional<std::filesystem::path> installed_folder() {
  const auto folder = program_folder();
  if (folder.empty()) return std::nullopt;
  return folder.parent_path() / "share" / "thaw" / "weights";
}

}  // namespace

std::optional<std::filesystem::path> find_weights(const WeightsFile& file) {
  for (const auto& folder : {own_folder(), keras_folder(), installed_folder()}) {
    if (folder && is_whole(file, *folder / file.name)) return *folder / file.name;
  }
  for (const WeightsFile& other : file.otherwise)
    if (auto found = find_weights(other)) return found;
  return std::nullopt;
}

std::optional<std::filesystem::path> weights_path(const WeightsFile& file) {
  std::error_code ignored;
  for (const auto& folder : {own_folder(), keras_folder(), installed_folder()}) {
    if (folder && std::filesystem::is_regular_file(*folder / file.name, ignored))
      return *folder / file.name;
  }
  for (const WeightsFile& other : file.otherwise)
    if (auto found = weights_path(other)) return found;
  return std::nullopt;
}

std::filesystem::path fetch_weights(
    const WeightsFile& file, const std::function<bool(int64_t received, int64_t total)>& progress) {
  if (const auto found = find_weights(file)) return *found;
  if (file.address.empty()) {
    throw Error(fmt::format(
        "expected its weights in {}, and {} is not there, or not whole: {}. Put it there, name a "
        "file as the weights, take \"none\", or another network",
        weights_folder().empty() ? "the folder that THAW_HOME or HOME would name"
                                 : weights_folder().string(),
        file.name, file.how_to_get));
  }
  if (weights_folder().empty()) {
    throw Error(
        fmt::format("{}: expected a folder for downloaded weights, received none: set HOME or "
                    "THAW_HOME, or name "
                    "a file as the weights",
                    file.name));
  }
  auto target = weights_folder() / file.name;
  const std::string address = address_of(file);
  try {
    download({.url = address,
              .target = target,
              .digest = file.hash,
              .check = [&](const std::filesystem::path& path) { check(file, path); },
              .progress = progress});
  } catch (const Error& error) {
    throw Error(fmt::format(
        "{}: without a network, put {} into {}, name another file as the weights, or use \"none\"",
        error.what(), file.name, weights_folder().string()));
  }
  return target;
}

void check_hdf5_is_whole(const std::filesystem::path& path) {
  // The superblock (HDF5 file format specification, section II.A) holds the end-of-file address:
  // at byte 40 in versions 0 and 44 in version 1, at byte 28 in versions 2 and 3.
  std::array<unsigned char, 52> block{};
  std::ifstream stream(path, std::ios::binary);
  stream.read(reinterpret_cast<char*>(block.data()), block.size());
  constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";
  if (!stream || std::memcmp(block.data(), signature.data(), signature.size()) != 0)
    throw Error(fmt::format("{}: expected an HDF5 file, received something else", path.string()));
  const int version = block[8];
  const size_t sizes_at = version < 2 ? 13 : 9;
  if (version > 3 || block[sizes_at] != 8) return;  // no form that Keras's files have
  const size_t end_at = version == 0 ? 40 : version == 1 ? 44 : 28;
  uint64_t expected = 0;
  for (size_t i = 0; i < 8; ++i) expected |= uint64_t{block[end_at + i]} << (8 * i);
  const uint64_t received = std::filesystem::file_size(path);
  if (received < expected) {
    throw Error(
        fmt::format("{}: expected {} bytes, as the file says itself, received {}: fetch it "
                    "again",
                    path.string(), expected, received));
  }
}

}  // namespace thaw::applications

#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// What people hand in where a Keras model is wanted, by name and with what to do about it.
namespace thaw::foreign_files {

/// Of a folder: "received a folder: an unpacked .keras file: …". `path` is a folder.
std::string describe_folder(const std::filesystem::path& path);

/// Of a file that begins with `start` (64 bytes are enough), which is neither HDF5 nor zip nor
/// JSON: "received a Git LFS pointer, …"; what is not known is "a file of another kind".
std::string describe_start(std::string_view start);

/// Of a zip file with these members and no config.json.
std::string describe_zip(const std::vector<std::string>& members);

}  // namespace thaw::foreign_files

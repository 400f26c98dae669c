#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace thaw::onnx {

/// The files beside a model in which it keeps tensors too large for its own.
class ExternalFiles {
 public:
  /// Of a model in this file; of one in memory (nullptr) there are none.
  explicit ExternalFiles(const std::filesystem::path* model);

  /// `length` bytes from `offset` on of the file `location`, a path relative to the model's folder.
  /// Throws Error when the path is absolute or leads out of that folder, by ".." or by a link, when
  /// the file has no such bytes, and when far more is read than the files hold: memory stays in
  /// proportion to them.
  std::string read(const std::string& location, uint64_t offset, uint64_t length);

 private:
  struct File {
    std::filesystem::path path;
    uint64_t bytes = 0;
  };
  const File& find(const std::string& location);

  std::filesystem::path folder_;  ///< empty: of a model in memory
  std::map<std::string, File> files_;
  uint64_t held_ = 0;  ///< bytes of all files_
  uint64_t read_ = 0;
};

}  // namespace thaw::onnx

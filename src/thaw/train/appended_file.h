#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace thaw {

/// A file that grows by whole pieces while a fit runs. A run that goes on takes it up where its
/// state was: what was written after that goes.
class AppendedFile {
 public:
  explicit AppendedFile(std::filesystem::path path = {}) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }
  /// A fit begins. What is there is kept, or goes with the first piece.
  void begin(bool keeps);
  /// Its length after the last piece since begin(); nothing before. What a state keeps.
  std::optional<int64_t> bytes() const { return bytes_; }
  /// The length from a state that the fit goes on from.
  void restore(int64_t bytes) { bytes_ = bytes; }

  /// Makes the file ready for the next piece; whether that is its first.
  bool is_at_begin();
  /// Writes a piece, and the folders that the file lies in. Throws Error that begins with the path.
  void append(std::string_view piece);

 private:
  std::filesystem::path path_;
  std::optional<int64_t> bytes_;
  bool keeps_ = false;
};

}  // namespace thaw

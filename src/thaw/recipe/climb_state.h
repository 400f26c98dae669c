#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/tensor.h"

namespace thaw {

/// What a climb has found out so far, by what that was for: "rung 1, fold 2". A step that is there
/// is not done again.
class ClimbState {
 public:
  struct Entry {
    Config numbers = Config::Map{};
    std::vector<Tensor> tensors = {};
  };

  const Entry* find(const std::string& name) const;
  void add(const std::string& name, Entry entry) { entries_[name] = std::move(entry); }
  /// Drops the tensors of all entries whose name begins so: they are of no further use.
  void forget_tensors(const std::string& prefix);
  bool empty() const { return entries_.empty(); }

  /// What the climb depends on, by name (CheckpointOptions::settings), and the lists of it.
  Config settings = Config::Map{};
  Config lists = Config::Map{};

  /// Writes a .safetensors file, whole or not at all, with checksums of all that it holds.
  void save(const std::filesystem::path& path) const;
  /// Throws Error when the file is no such state, or not just what was written.
  static ClimbState load(const std::filesystem::path& path);

 private:
  std::map<std::string, Entry> entries_;
};

}  // namespace thaw

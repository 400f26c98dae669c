#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "thaw/formats/format.h"

namespace thaw::tensorflow {

/// The files of a SavedModel by their names below its folder: "saved_model.pb",
/// "variables/variables.index". Of a folder they are read where they lie, of an archive they are
/// kept in memory; nothing is unpacked to disk.
class FileSet {
 public:
  /// Of the folder, or of the file's folder where it is called saved_model.pb, or of an archive
  /// (.tar.gz, .tgz, .tar, .zip) that holds one such folder. Throws Error where there is none or
  /// several, and for an archive that is damaged or unpacks to far more than it has.
  static std::unique_ptr<FileSet> open(const ModelInput& input);
  /// Whether open() would find a SavedModel, by content; false for what cannot be read.
  static bool holds_saved_model(const ModelInput& input);

  FileSet() = default;
  virtual ~FileSet() = default;
  FileSet(const FileSet&) = delete;
  FileSet& operator=(const FileSet&) = delete;

  virtual bool has(const std::string& name) const = 0;
  /// Throws Error that begins with the name where it is absent.
  virtual uint64_t size(const std::string& name) const = 0;
  /// Bytes offset … offset + count − 1. Throws Error that begins with the name unless it has them.
  virtual std::string read(const std::string& name, uint64_t offset, uint64_t count) const = 0;
  std::string read(const std::string& name) const { return read(name, 0, size(name)); }
};

}  // namespace thaw::tensorflow

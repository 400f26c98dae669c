#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/formats/import/array.h"
#include "thaw/formats/tensorflow/file_set.h"

namespace thaw::tensorflow {

/// The variables of a checkpoint: "PREFIX.index", a table of what there is, and
/// "PREFIX.data-00000-of-00001", the numbers. Source: tensorflow/core/util/tensor_bundle.
class TensorBundle {
 public:
  /// Without variables.
  TensorBundle() = default;
  /// Reads the index. `files` must outlive this. Throws Error that begins with the file's name
  /// where it is absent, damaged, or of a machine of the other byte order.
  TensorBundle(const FileSet& files, std::string prefix);

  bool has(const std::string& key) const { return entries_.contains(key); }
  size_t size() const { return entries_.size(); }
  /// Of all, in their order.
  std::vector<std::string> keys() const;

  /// The numbers of a variable. Throws Error that begins with its key where there is none, where
  /// shape, type and bytes do not fit, or where its checksum is another.
  foreign::Array read(const std::string& key) const;
  /// The one text of a tensor of text; as read().
  std::string read_text(const std::string& key) const;

 private:
  /// What the index says of a variable.
  struct Entry {
    int32_t type = 0;  ///< proto::DataType
    std::vector<int64_t> sizes;
    int32_t shard = 0;
    uint64_t offset = 0;
    uint64_t size = 0;  ///< bytes
    uint32_t checksum = 0;
    bool is_sliced = false;
  };

  static Entry parsed_entry(std::string_view bytes);
  const Entry& entry(const std::string& key) const;
  std::string bytes_of(const Entry& entry) const;
  std::string data_file(int32_t shard) const;
  void expect_apart() const;

  const FileSet* files_ = nullptr;
  std::string prefix_;
  int32_t shards_ = 1;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace thaw::tensorflow

#pragma once

#include <functional>
#include <string_view>

namespace thaw::tensorflow {

/// Hands each entry of a table file to `take`, in the order of their keys. The format is leveldb's
/// (doc/table_format.md), with blocks as they are or compressed by snappy: what TensorFlow keeps
/// the index of its variables in. Checksums of blocks are checked. Throws Error for a file that is
/// damaged; memory is in proportion to the file.
void read_table(std::string_view file,
                const std::function<void(std::string_view key, std::string_view value)>& take);

}  // namespace thaw::tensorflow

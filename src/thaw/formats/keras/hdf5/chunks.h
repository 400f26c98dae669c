#pragma once

#include <string>
#include <vector>

#include "thaw/formats/keras/hdf5/values.h"

namespace thaw::keras::hdf5 {

/// Where the pieces ("chunks") of a dataset lie. Each is compressed by itself.
struct ChunkedLayout {
  uint64_t tree = undefined;    ///< the address of the tree that lists them
  std::vector<uint64_t> sizes;  ///< of one chunk, axis by axis, in values
};

/// The bytes of all values, row by row, as in a dataset of one piece: space.count() · value_size of
/// them. Throws Error when a piece is missing, damaged, or compressed in a way that Keras does not
/// use.
std::string read_chunks(const Source& source, const Object& dataset, const ChunkedLayout& layout,
                        const Dataspace& space, uint64_t value_size);

}  // namespace thaw::keras::hdf5

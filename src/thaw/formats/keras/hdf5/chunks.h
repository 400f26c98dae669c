#pragma once

#include <string>
#include <vector>

#include "thaw/formats/keras/hdf5/values.h"

namespace thaw::keras::hdf5 {

/// A dataset that lies in pieces, each filtered by itself.
struct ChunkedLayout {
  uint64_t tree = undefined;
  std::vector<uint64_t> sizes;  ///< of one chunk
};

/// All values, row by row, as they would lie in one piece. Throws Error when one is missing.
std::string read_chunks(const Source& source, const Object& dataset, const ChunkedLayout& layout,
                        const Dataspace& space, uint64_t value_size);

}  // namespace thaw::keras::hdf5

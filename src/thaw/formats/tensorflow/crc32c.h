#pragma once

#include <cstdint>
#include <string_view>

namespace thaw::tensorflow {

/// The CRC-32C (Castagnoli, polynomial 0x1EDC6F41 reflected) of `bytes`.
uint32_t crc32c(std::string_view bytes);

/// As files of TensorFlow and leveldb keep it: rotated and shifted, so that a checksum of data that
/// holds checksums is none of these.
uint32_t masked_crc32c(std::string_view bytes);

}  // namespace thaw::tensorflow

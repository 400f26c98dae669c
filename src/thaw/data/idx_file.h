#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace thaw {

/// An array of bytes in the IDX form of MNIST's files (LeCun, Cortes, Burges): two zeros, the
/// type's number (8: unsigned bytes), the number of axes, each axis' length as 32 bits, big-endian,
/// then the values, the last axis fastest.
struct IdxArray {
  std::vector<int64_t> lengths;  ///< of each axis
  std::string values;            ///< as many as the product of the lengths
};

/// Reads such a file, or what gzip made of one. Memory grows with what is really there, up to a
/// quarter of the machine's. Throws Error when it is damaged, cut off, longer than it declares, or
/// holds anything but bytes.
IdxArray read_idx(const std::filesystem::path& file);

}  // namespace thaw

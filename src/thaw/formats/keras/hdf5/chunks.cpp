#include "thaw/formats/keras/hdf5/chunks.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "thaw/core/error.h"

namespace thaw::keras::hdf5 {
namespace {

constexpr uint64_t deflate_factor = 1100;  // inflating makes nothing more than 1032 times as long
constexpr int most_levels = 32;

enum : uint16_t { deflate = 1, shuffle = 2, checksum = 3 };

struct Chunk {
  std::vector<uint64_t> start;  ///< of its first value, axis by axis
  uint64_t address;
  uint64_t stored_bytes;
  uint32_t skipped_filters;  ///< one bit a filter
};

std::vector<uint16_t> read_filters(const Object& dataset) {
  std::vector<uint16_t> filters;
  const Message* message = dataset.find(MessageType::filters);
  if (message == nullptr) return filters;
  Cursor cursor(message->data);
  const uint8_t version = cursor.u8();
  const uint8_t count = cursor.u8();
  if (version != 1 && version != 2) reject_damage("filters of an unknown version");
  if (version == 1) cursor.skip(6);
  for (uint8_t i = 0; i < count; ++i) {
    const uint16_t id = cursor.u16();
    const uint16_t name = version == 1 || id >= 256 ? cursor.u16() : 0;
    cursor.skip(2);
    const uint16_t values = cursor.u16();
    cursor.skip(version == 1 ? (name + 7U) / 8 * 8 : name);
    cursor.skip(uint64_t{values} * 4);
    if (version == 1 && values % 2 == 1) cursor.skip(4);
    if (id != deflate && id != shuffle && id != checksum) {
      throw Error(fmt::format(
          "numbers are compressed by filter {}; expected deflate (gzip): save the file again "
          "without compression",
          id));
    }
    filters.push_back(id);
  }
  return filters;
}

/// Reads the tree that lists all chunks (section III.A.1, node type 1).
class ChunkTree {
 public:
  ChunkTree(const Source& source, size_t rank, uint64_t expected)
      : source_(source), rank_(rank), expected_(expected) {}

  std::vector<Chunk> read(uint64_t address) {
    read_node(address, most_levels);
    if (chunks_.size() != expected_) reject_damage("numbers that were never written");
    return std::move(chunks_);
  }

 private:
  void read_node(uint64_t address, int levels_left) {
    if (levels_left == 0 || !seen_.insert(address).second)
      reject_damage("a tree of numbers goes in a circle");
    const std::string header = source_.block(address, 24);
    Cursor cursor(header);
    cursor.expect("TREE");
    if (cursor.u8() != 1) reject_damage("numbers have another thing's tree");
    const uint8_t level = cursor.u8();
    const uint16_t used = cursor.u16();
    const uint64_t entry_bytes = 8 + 8 * (rank_ + 1) + 8;
    const std::string entries = source_.block(address + 24, used * entry_bytes);
    Cursor entry(entries);
    for (uint16_t i = 0; i < used; ++i) {
      Chunk chunk;
      chunk.stored_bytes = entry.u32();
      chunk.skipped_filters = entry.u32();
      for (size_t axis = 0; axis < rank_; ++axis) chunk.start.push_back(entry.u64());
      entry.skip(8);
      chunk.address = entry.u64();
      if (level > 0) {
        read_node(chunk.address, levels_left - 1);
      } else {
        if (chunks_.size() >= expected_) reject_damage("more pieces than numbers");
        chunks_.push_back(std::move(chunk));
      }
    }
  }

  const Source& source_;
  size_t rank_;
  uint64_t expected_;
  std::set<uint64_t> seen_;
  std::vector<Chunk> chunks_;
};

std::string inflate(const std::string& stored, uint64_t bytes) {
  std::string result(bytes, '\0');
  uLongf size = bytes;
  const int status = uncompress(reinterpret_cast<Bytef*>(result.data()), &size,
                                reinterpret_cast<const Bytef*>(stored.data()), stored.size());
  if (status != Z_OK || size != bytes) reject_damage("compressed numbers cannot be read");
  return result;
}

/// Undoes HDF5's "shuffle", which stores the first bytes of all values, then their second bytes, ….
std::string unshuffle(const std::string& shuffled, uint64_t value_size) {
  std::string result(shuffled.size(), '\0');
  const size_t count = shuffled.size() / value_size;
  for (size_t byte = 0; byte < value_size; ++byte)
    for (size_t i = 0; i < count; ++i) result[i * value_size + byte] = shuffled[byte * count + i];
  return result;
}

std::string read_chunk(const Source& source, const Chunk& chunk,
                       const std::vector<uint16_t>& filters, uint64_t bytes, uint64_t value_size) {
  std::string data = source.block(chunk.address, chunk.stored_bytes);
  for (size_t i = filters.size(); i-- > 0;) {
    if (i < 32 && (chunk.skipped_filters >> i & 1) != 0) continue;
    if (filters[i] == checksum && data.size() >= 4) data.resize(data.size() - 4);
    if (filters[i] == shuffle) data = unshuffle(data, value_size);
    if (filters[i] == deflate) {
      // When a checksum was added before deflating, the inflated data ends with its 4 bytes.
      const bool is_longer = std::find(filters.begin(), filters.begin() + static_cast<int>(i),
                                       checksum) != filters.begin() + static_cast<int>(i);
      data = inflate(data, bytes + (is_longer ? 4 : 0));
    }
  }
  if (data.size() != bytes) reject_damage("a piece of the numbers has another size");
  return data;
}

/// Copies a chunk into the whole, row by row. Chunks at the end of an axis may reach beyond the
/// whole: that part is left out.
void place(const Chunk& chunk, const std::string& data, const std::vector<uint64_t>& sizes,
           const std::vector<uint64_t>& whole, uint64_t value_size, std::string& into) {
  const size_t last = whole.size() - 1;
  const uint64_t row = std::min(sizes[last], whole[last] - chunk.start[last]) * value_size;
  std::vector<uint64_t> at(whole.size(), 0);
  while (true) {
    uint64_t from = 0;
    uint64_t to = 0;
    for (size_t axis = 0; axis <= last; ++axis) {
      from = from * sizes[axis] + at[axis];
      to = to * whole[axis] + chunk.start[axis] + at[axis];
    }
    std::memcpy(into.data() + to * value_size, data.data() + from * value_size, row);
    size_t axis = last;
    while (axis-- > 0) {
      if (++at[axis] < sizes[axis] && chunk.start[axis] + at[axis] < whole[axis]) break;
      at[axis] = 0;
    }
    if (axis > last) return;
  }
}

}  // namespace

std::string read_chunks(const Source& source, const Object& dataset, const ChunkedLayout& layout,
                        const Dataspace& space, uint64_t value_size) {
  const size_t rank = space.sizes.size();
  if (rank == 0 || layout.sizes.size() != rank) reject_damage("pieces of another rank");
  if (layout.tree == undefined) reject_damage("numbers that were never written");
  uint64_t chunk_bytes = value_size;
  uint64_t expected = 1;
  for (size_t axis = 0; axis < rank; ++axis) {
    // Then all chunks together need little more memory than the whole.
    if (layout.sizes[axis] == 0 || layout.sizes[axis] > space.sizes[axis])
      reject_damage("pieces larger than the whole");
    chunk_bytes *= layout.sizes[axis];
    expected *= (space.sizes[axis] - 1) / layout.sizes[axis] + 1;
  }
  const std::vector<uint16_t> filters = read_filters(dataset);
  const uint64_t limit = source.size() * (filters.empty() ? 1 : deflate_factor);
  const uint64_t bytes = space.count() * value_size;
  if (bytes > limit || chunk_bytes > limit) reject_damage("more numbers than its bytes can hold");
  const std::vector<Chunk> chunks = ChunkTree(source, rank, expected).read(layout.tree);
  std::string result(bytes, '\0');
  std::set<std::vector<uint64_t>> seen;
  for (const Chunk& chunk : chunks) {
    for (size_t axis = 0; axis < rank; ++axis) {
      if (chunk.start[axis] >= space.sizes[axis] || chunk.start[axis] % layout.sizes[axis] != 0)
        reject_damage("a piece outside of the whole");
    }
    if (!seen.insert(chunk.start).second) reject_damage("a piece that comes twice");
    if (chunk.stored_bytes > 2 * chunk_bytes + 1024)
      reject_damage("a piece longer than its numbers");
    place(chunk, read_chunk(source, chunk, filters, chunk_bytes, value_size), layout.sizes,
          space.sizes, value_size, result);
  }
  return result;
}

}  // namespace thaw::keras::hdf5

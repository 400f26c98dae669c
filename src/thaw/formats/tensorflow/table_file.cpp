#include "thaw/formats/tensorflow/table_file.h"

#include <fmt/format.h>
#include <snappy.h>

#include <cstdint>
#include <string>

#include "thaw/core/error.h"
#include "thaw/formats/tensorflow/byte_reader.h"
#include "thaw/formats/tensorflow/crc32c.h"

namespace thaw::tensorflow {
namespace {

constexpr uint64_t magic = 0xDB4775248B80FB57;
constexpr size_t footer_bytes = 48;
/// Behind each block: how it is compressed, and its checksum.
constexpr size_t trailer_bytes = 5;
/// A copy of 64 bytes takes three.
constexpr size_t most_compression = 64;
constexpr size_t longest_key = 4096;
/// How many times the file's own bytes all keys and blocks may make.
constexpr uint64_t most_growth = 64;

[[noreturn]] void refuse(std::string_view why) {
  throw Error(fmt::format("expected a table of TensorFlow's variables: {}", why));
}

class TableReader {
 public:
  using Take = std::function<void(std::string_view key, std::string_view value)>;

  explicit TableReader(std::string_view file) : file_(file), left_(most_growth * file.size()) {}

  void read(const Take& take) {
    if (file_.size() < footer_bytes) refuse("received a file that is too short");
    ByteReader footer(file_.substr(file_.size() - footer_bytes));
    if (ByteReader(file_.substr(file_.size() - 8)).fixed64() != magic)
      refuse("received a file without its signature at the end");
    (void)handle(footer);  // of the index of filters, of which there are none
    const std::string index = block(handle(footer));
    std::string last;
    bool is_first = true;
    entries(index, [&](std::string_view, std::string_view value) {
      ByteReader reader(value);
      entries(block(handle(reader)), [&](std::string_view key, std::string_view content) {
        if (!is_first && key <= last) refuse("received keys that are not in order");
        is_first = false;
        last = key;
        take(key, content);
      });
    });
  }

 private:
  struct Handle {
    uint64_t offset = 0;
    uint64_t size = 0;
  };

  static Handle handle(ByteReader& reader) {
    const uint64_t offset = reader.varint();
    return {.offset = offset, .size = reader.varint()};
  }

  /// Takes note of what was made of the file.
  void spend(uint64_t bytes) {
    if (bytes > left_) refuse("received one that unpacks to far more than it has");
    left_ -= bytes;
  }

  std::string block(const Handle& place) {
    const uint64_t most = file_.size() - footer_bytes;
    if (place.offset > most || place.size > most - place.offset ||
        most - place.offset - place.size < trailer_bytes)
      refuse("received a block that leads out of the file");
    const std::string_view content = file_.substr(place.offset, place.size);
    const std::string_view with_type = file_.substr(place.offset, place.size + 1);
    if (ByteReader(file_.substr(place.offset + place.size + 1, 4)).fixed32() !=
        masked_crc32c(with_type))
      refuse("received a block whose checksum is another");
    if (with_type.back() == 0) {
      spend(content.size());
      return std::string(content);
    }
    if (with_type.back() != 1) refuse("received a block of unknown compression");
    size_t unpacked = 0;
    if (!snappy::GetUncompressedLength(content.data(), content.size(), &unpacked) ||
        unpacked > most_compression * content.size())
      refuse("received a compressed block that is damaged");
    spend(unpacked);
    std::string bytes;
    if (!snappy::Uncompress(content.data(), content.size(), &bytes))
      refuse("received a compressed block that is damaged");
    return bytes;
  }

  void entries(std::string_view content, const Take& take) {
    if (content.size() < 4) refuse("received a block that is too short");
    const uint64_t restarts = ByteReader(content.substr(content.size() - 4)).fixed32();
    if (restarts > (content.size() - 4) / 4) refuse("received a block of too many restarts");
    ByteReader reader(content.substr(0, content.size() - 4 - 4 * restarts));
    std::string key;
    while (!reader.is_at_end()) {
      const uint64_t shared = reader.varint();
      const uint64_t own = reader.varint();
      const uint64_t value = reader.varint();
      if (shared > key.size() || own > longest_key || shared + own > longest_key)
        refuse("received a key that is damaged");
      key.resize(shared);
      key += reader.bytes(own);
      spend(key.size());
      take(key, reader.bytes(value));
    }
  }

  std::string_view file_;
  uint64_t left_;
};

}  // namespace

void read_table(std::string_view file,
                const std::function<void(std::string_view key, std::string_view value)>& take) {
  TableReader(file).read(take);
}

}  // namespace thaw::tensorflow

#include "thaw/formats/keras/hdf5/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "thaw/core/error.h"

namespace thaw::keras::hdf5 {
namespace {

constexpr uint64_t most_values = uint64_t{1} << 48;
constexpr uint64_t most_texts = uint64_t{1} << 20;
constexpr uint64_t newest_attribute_version = 3;

uint64_t padded(uint64_t size) { return (size + 7) / 8 * 8; }

std::string until_zero(std::string_view text) {
  return std::string(text.substr(0, text.find('\0')));
}

/// Reads texts of variable length, which HDF5 keeps in "global heap collections" (section III.E).
class GlobalHeap {
 public:
  explicit GlobalHeap(const Source& source) : source_(source) {}

  std::string text(uint64_t address, uint32_t index, uint32_t length) {
    if (length == 0) return "";
    auto found = collections_.find(address);
    if (found == collections_.end())
      found = collections_.emplace(address, read_collection(address)).first;
    const auto object = found->second.find(index);
    if (object == found->second.end() || length > object->second.size())
      reject_damage("a text lies outside of its heap");
    // Each text is an object of its own, so all together are no longer than the file.
    given_ += length;
    if (given_ > source_.size()) reject_damage("texts lie upon each other");
    return until_zero(std::string_view(object->second).substr(0, length));
  }

 private:
  using Collection = std::map<uint32_t, std::string>;

  Collection read_collection(uint64_t address) {
    const std::string header = source_.block(address, 16);
    Cursor start(header);
    start.expect("GCOL");
    start.skip(4);
    const uint64_t size = start.u64();
    if (size < 16 || size > source_.size() - read_) reject_damage("a heap of texts is too large");
    read_ += size;
    const std::string block = source_.block(address + 16, size - 16);
    Collection collection;
    for (Cursor cursor(block); cursor.left() >= 16;) {
      const uint16_t index = cursor.u16();
      cursor.skip(6);
      const uint64_t length = cursor.u64();
      if (index == 0) break;  // the rest of the collection is free space
      if (length > cursor.left()) reject_damage("a text lies outside of its heap");
      collection[index] = std::string(cursor.take(length));
      cursor.skip(std::min<uint64_t>(padded(length) - length, cursor.left()));
    }
    return collection;
  }

  const Source& source_;
  std::map<uint64_t, Collection> collections_;
  uint64_t read_ =
      0;  // bytes of collections read: they do not overlap, so no more than the file has
  uint64_t given_ = 0;
};

/// Reads an attribute message (section IV.A.2.m); no more than its name if that is not `wanted`.
std::optional<Attribute> read_attribute(const Message& message, std::string_view wanted) {
  Cursor cursor(message.data);
  const uint8_t version = cursor.u8();
  const uint8_t flags = cursor.u8();
  if (version < 1 || version > newest_attribute_version || message.is_shared) return std::nullopt;
  const auto size_of = [&](uint64_t size) { return version == 1 ? padded(size) : size; };
  const uint64_t name_size = cursor.u16();
  const uint64_t type_size = cursor.u16();
  const uint64_t space_size = cursor.u16();
  if (version == 3) cursor.skip(1);
  if (until_zero(cursor.take(size_of(name_size)).substr(0, name_size)) != wanted)
    return std::nullopt;
  if (version > 1 && flags != 0) throw Error("has a shared type; save the file again with Keras");
  Attribute result;
  result.type = read_datatype(cursor.take(size_of(type_size)));
  result.space = read_dataspace(cursor.take(size_of(space_size)));
  result.data = std::string(cursor.take(cursor.left()));
  return result;
}

void reject_dense_attributes(const Message& message) {
  Cursor cursor(message.data);
  cursor.skip(1);
  if ((cursor.u8() & 0x01) != 0) cursor.skip(2);
  if (cursor.u64() != undefined) {
    throw Error(
        "lies in a file of HDF5's newest form, which Keras does not write: load it in Keras and "
        "save it again");
  }
}

}  // namespace

Datatype read_datatype(std::string_view message) {
  Cursor cursor(message);
  const uint8_t class_and_version = cursor.u8();
  const uint8_t bits = cursor.u8();
  cursor.skip(2);
  Datatype type;
  type.size = cursor.u32();
  type.is_big_endian = (bits & 0x01) != 0;
  const int type_class = class_and_version & 0x0F;
  if (type_class == 3) type.kind = Datatype::Kind::text;
  if (type_class == 9 && (bits & 0x0F) == 1) type.kind = Datatype::Kind::variable_text;
  if (type_class > 1) return type;
  // Only numbers that fill their bytes: integers of 1 to 8, and floats in the forms of IEEE 754.
  const uint64_t offset = cursor.u16();
  const uint64_t precision = cursor.u16();
  if (offset != 0 || precision != 8 * type.size) return type;
  if (type_class == 0) {
    const bool is_usual = type.size == 1 || type.size == 2 || type.size == 4 || type.size == 8;
    type.is_signed = (bits & 0x08) != 0;
    if (is_usual) type.kind = Datatype::Kind::integer;
    return type;
  }
  const uint8_t exponent_at = cursor.u8();
  const uint8_t exponent_size = cursor.u8();
  const std::map<uint64_t, std::pair<int, int>> usual = {{2, {10, 5}}, {4, {23, 8}}, {8, {52, 11}}};
  const auto found = usual.find(type.size);
  const bool is_vax = (bits & 0x40) != 0;
  if (found != usual.end() && found->second == std::pair<int, int>(exponent_at, exponent_size) &&
      !is_vax)
    type.kind = Datatype::Kind::floating;
  return type;
}

uint64_t Dataspace::count() const {
  if (is_null) return 0;
  uint64_t count = 1;
  for (const uint64_t size : sizes) {
    if (size == 0) return 0;
    if (size > most_values / count) reject_damage("more values than any file holds");
    count *= size;
  }
  return count;
}

Dataspace read_dataspace(std::string_view message) {
  Cursor cursor(message);
  const uint8_t version = cursor.u8();
  const uint8_t rank = cursor.u8();
  cursor.skip(1);
  Dataspace space;
  if (version == 2) {
    space.is_null = cursor.u8() == 2;
  } else if (version == 1) {
    cursor.skip(5);
  } else {
    reject_damage("a shape of an unknown version");
  }
  if (rank > 8) throw Error(fmt::format("expected at most 8 axes, received {}", rank));
  for (uint8_t i = 0; i < rank; ++i) space.sizes.push_back(cursor.u64());
  return space;
}

std::optional<Attribute> find_attribute(const Object& object, std::string_view name) {
  for (const Message& message : object.messages) {
    if (message.type != MessageType::attribute) continue;
    if (auto found = read_attribute(message, name)) return found;
  }
  if (const Message* info = object.find(MessageType::attribute_info))
    reject_dense_attributes(*info);
  return std::nullopt;
}

std::vector<std::string> read_strings(const Source& source, const Attribute& attribute) {
  const uint64_t count = attribute.space.count();
  std::vector<std::string> texts;
  if (count == 0) return texts;  // an empty list may be of any type: NumPy makes it one of floats
  if (count > most_texts) throw Error(fmt::format("has {} items", count));
  const Datatype& type = attribute.type;
  Cursor cursor(attribute.data);
  GlobalHeap heap(source);
  for (uint64_t i = 0; i < count; ++i) {
    if (type.kind == Datatype::Kind::variable_text) {
      const uint32_t length = cursor.u32();
      const uint64_t address = cursor.u64();
      texts.push_back(heap.text(address, cursor.u32(), length));
    } else if (type.kind == Datatype::Kind::text && type.size > 0) {
      texts.push_back(until_zero(cursor.take(type.size)));
    } else {
      throw Error("expected text, received another type; write the file anew with Keras");
    }
  }
  return texts;
}

}  // namespace thaw::keras::hdf5

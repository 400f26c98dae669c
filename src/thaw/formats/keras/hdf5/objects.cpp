#include "thaw/formats/keras/hdf5/objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "thaw/core/error.h"

namespace thaw::keras::hdf5 {
namespace {

constexpr uint64_t largest_header = uint64_t{16} << 20;
constexpr size_t most_links = size_t{1} << 20;
constexpr int most_levels = 32;

[[noreturn]] void reject_form(std::string_view what) {
  throw Error(fmt::format(
      "the HDF5 file has {}, which Keras's files have not: load it in Keras and save it again",
      what));
}

/// Reads the messages of a header, which may continue in further blocks of the file.
class HeaderReader {
 public:
  explicit HeaderReader(const Source& source) : source_(source) {}

  Object read(uint64_t address) {
    const std::string start = source_.block(address, std::min<uint64_t>(64, rest(address)));
    if (start.starts_with("OHDR")) {
      read_second_version(address, Cursor(start));
    } else {
      read_first_version(address, Cursor(start));
    }
    for (size_t next = 0; next < continuations_.size();) {  // a block may name more of them
      const auto [at, size] = continuations_[next++];
      const std::string block = take_block(at, size);
      Cursor cursor(block);
      if (version_ == 2) {
        cursor.expect("OCHK");
        if (cursor.left() < 4) reject_damage("an object header's block is too short");
        cursor = Cursor(cursor.take(cursor.left() - 4));  // the last 4 bytes are a checksum
      }
      read_messages(cursor);
    }
    return std::move(object_);
  }

 private:
  uint64_t rest(uint64_t address) const {
    return address < source_.size() ? source_.size() - address : 0;
  }

  std::string take_block(uint64_t address, uint64_t size) {
    if (size > largest_header || total_ + size > largest_header)
      reject_damage("an object header is too large");
    if (!seen_.insert(address).second) reject_damage("an object header goes in a circle");
    total_ += size;
    return source_.block(address, size);
  }

  void read_first_version(uint64_t address, Cursor start) {
    version_ = 1;
    if (start.u8() != 1) reject_damage("an object header of an unknown version");
    start.skip(1);
    most_messages_ = start.u16();
    start.skip(4);
    const std::string block = take_block(address + 16, start.u32());
    read_messages(Cursor(block));
  }

  void read_second_version(uint64_t address, Cursor start) {
    version_ = 2;
    const size_t before = start.left();
    start.expect("OHDR");
    if (start.u8() != 2) reject_damage("an object header of an unknown version");
    const uint8_t flags = start.u8();
    has_order_ = (flags & 0x04) != 0;
    if ((flags & 0x20) != 0) start.skip(16);
    if ((flags & 0x10) != 0) start.skip(4);
    const uint64_t size = start.number(size_t{1} << (flags & 3));
    const std::string block = take_block(address + (before - start.left()), size);
    read_messages(Cursor(block));
  }

  void read_messages(Cursor cursor) {
    const size_t header_size = version_ == 1 ? 8 : has_order_ ? 6 : 4;
    while (cursor.left() >= header_size && object_.messages.size() < most_messages_) {
      const auto type = static_cast<MessageType>(version_ == 1 ? cursor.u16() : cursor.u8());
      const uint16_t size = cursor.u16();
      const bool is_shared = (cursor.u8() & 0x02) != 0;
      cursor.skip(header_size - (version_ == 1 ? 5 : 4));
      const std::string_view data = cursor.take(size);
      if (type == MessageType::continuation) {
        Cursor where(data);
        const uint64_t address = where.u64();
        continuations_.emplace_back(address, where.u64());
      }
      object_.messages.push_back({type, is_shared, std::string(data)});
    }
  }

  const Source& source_;
  int version_ = 1;
  bool has_order_ = false;
  size_t most_messages_ = size_t{1} << 16;
  uint64_t total_ = 0;
  std::set<uint64_t> seen_;
  std::vector<std::pair<uint64_t, uint64_t>> continuations_;
  Object object_;
};

/// Reads the old form of a group: a tree whose leaves list the members, with the names in a heap.
class SymbolTable {
 public:
  SymbolTable(const Source& source, const Message& message) : source_(source) {
    Cursor cursor(message.data);
    const uint64_t tree = cursor.u64();
    read_heap(cursor.u64());
    read_node(tree, most_levels);
  }
  Links take() { return std::move(links_); }

 private:
  void read_heap(uint64_t address) {
    const std::string header = source_.block(address, 32);
    Cursor cursor(header);
    cursor.expect("HEAP");
    cursor.skip(4);
    const uint64_t size = cursor.u64();
    cursor.skip(8);
    names_ = source_.block(cursor.u64(), size);
  }

  void read_node(uint64_t address, int levels_left) {
    if (levels_left == 0 || !seen_.insert(address).second)
      reject_damage("a group's tree goes in a circle");
    const std::string header = source_.block(address, 24);
    Cursor cursor(header);
    cursor.expect("TREE");
    if (cursor.u8() != 0) reject_damage("a group has another thing's tree");
    const uint8_t level = cursor.u8();
    const uint16_t used = cursor.u16();
    const std::string entries = source_.block(address + 24, uint64_t{used} * 16);
    Cursor entry(entries);
    for (uint16_t i = 0; i < used; ++i) {
      entry.skip(8);
      const uint64_t child = entry.u64();
      if (level > 0) {
        read_node(child, levels_left - 1);
      } else {
        read_table(child);
      }
    }
  }

  void read_table(uint64_t address) {
    if (!seen_.insert(address).second) reject_damage("a group lists its members twice");
    const std::string header = source_.block(address, 8);
    Cursor cursor(header);
    cursor.expect("SNOD");
    cursor.skip(2);
    const uint16_t used = cursor.u16();
    const std::string entries = source_.block(address + 8, uint64_t{used} * 40);
    Cursor entry(entries);
    for (uint16_t i = 0; i < used; ++i) {
      const uint64_t name = entry.u64();
      const uint64_t object = entry.u64();
      const bool is_soft = entry.u32() == 2;
      entry.skip(20);
      add(name, {object, !is_soft});
    }
  }

  void add(uint64_t at, Link link) {
    const size_t end = at < names_.size() ? names_.find('\0', at) : std::string::npos;
    if (end == std::string::npos) reject_damage("a name lies outside of its group's heap");
    name_bytes_ += end - at;
    if (name_bytes_ > names_.size() || links_.size() >= most_links)
      reject_damage("a group's names share their letters");
    links_.emplace(names_.substr(at, end - at), link);
  }

  const Source& source_;
  std::string names_;
  size_t name_bytes_ = 0;
  std::set<uint64_t> seen_;
  Links links_;
};

/// Reads the new form: a message for each member, as long as there are few.
void add_link(const Message& message, Links& links) {
  Cursor cursor(message.data);
  if (cursor.u8() != 1) reject_form("links of an unknown version");
  const uint8_t flags = cursor.u8();
  const uint8_t type = (flags & 0x08) != 0 ? cursor.u8() : 0;
  if ((flags & 0x04) != 0) cursor.skip(8);
  if ((flags & 0x10) != 0) cursor.skip(1);
  const uint64_t length = cursor.number(size_t{1} << (flags & 3));
  const std::string name(cursor.take(length));
  links.emplace(name, type == 0 ? Link{cursor.u64(), true} : Link{undefined, false});
}

void reject_dense_links(const Message& message) {
  Cursor cursor(message.data);
  cursor.skip(1);
  if ((cursor.u8() & 0x01) != 0) cursor.skip(8);
  if (cursor.u64() != undefined) reject_form("a group in HDF5's newest form");
}

}  // namespace

const Message* Object::find(MessageType type) const {
  const auto found = std::ranges::find(messages, type, &Message::type);
  if (found == messages.end()) return nullptr;
  if (found->is_shared) reject_form("shared descriptions");
  return &*found;
}

bool Object::is_group() const {
  return find(MessageType::symbol_table) != nullptr || find(MessageType::link_info) != nullptr;
}

bool Object::is_dataset() const { return find(MessageType::layout) != nullptr; }

uint64_t read_root(const Source& source) {
  const std::string block = source.block(0, std::min<uint64_t>(source.size(), 128));
  Cursor cursor(block);
  if (!block.starts_with("\x89HDF\r\n\x1a\n")) throw Error("expected an HDF5 file");
  cursor.skip(8);
  const uint8_t version = cursor.u8();
  if (version > 3) reject_form("a superblock of an unknown version");
  if (version < 2) cursor.skip(4);
  const bool has_usual_sizes = cursor.u8() == 8 && cursor.u8() == 8;
  if (!has_usual_sizes) reject_form("addresses of another size than 8 bytes");
  cursor.skip(version == 0 ? 9 : version == 1 ? 13 : 1);
  if (cursor.u64() != 0) reject_form("something else before it");
  cursor.skip(8);
  if (const uint64_t end = cursor.u64(); end > source.size()) {
    reject_damage(
        fmt::format("expected {} bytes, as it says itself, received {}", end, source.size()));
  }
  if (version < 2) cursor.skip(16);
  return cursor.u64();
}

Object read_object(const Source& source, uint64_t address) {
  return HeaderReader(source).read(address);
}

Links read_links(const Source& source, const Object& group) {
  if (const Message* message = group.find(MessageType::symbol_table))
    return SymbolTable(source, *message).take();
  if (const Message* message = group.find(MessageType::link_info)) reject_dense_links(*message);
  Links links;
  for (const Message& message : group.messages)
    if (message.type == MessageType::link) add_link(message, links);
  return links;
}

}  // namespace thaw::keras::hdf5

#pragma once

#include <map>
#include <string>
#include <vector>

#include "thaw/formats/keras/hdf5/source.h"

namespace thaw::keras::hdf5 {

/// The kinds of messages that an object's header consists of (section IV.A.2).
enum class MessageType : uint16_t {
  dataspace = 0x01,
  link_info = 0x02,
  datatype = 0x03,
  link = 0x06,
  external_files = 0x07,
  layout = 0x08,
  filters = 0x0B,
  attribute = 0x0C,
  continuation = 0x10,
  symbol_table = 0x11,
  attribute_info = 0x15,
};

struct Message {
  MessageType type;
  bool is_shared;  ///< its data only says where the message itself is stored
  std::string data;
};

/// The header of a group or a dataset.
struct Object {
  std::vector<Message> messages;

  /// The first message of a type, or nullptr. Throws Error when it is a shared one, which no file
  /// of Keras has.
  const Message* find(MessageType type) const;
  bool is_group() const;
  bool is_dataset() const;
};

struct Link {
  uint64_t address;  ///< of the object's header, when it is a hard link
  bool is_hard;      ///< false: it names a path, perhaps in another file
};
/// The members of a group, by name.
using Links = std::map<std::string, Link>;

/// The address of the root group. Throws Error when the file is no HDF5, or shorter than it says.
uint64_t read_root(const Source& source);
/// The header at an address. Throws Error when it is damaged.
Object read_object(const Source& source, uint64_t address);
/// Throws Error when the group is damaged, or in a form that Keras does not write.
Links read_links(const Source& source, const Object& group);

}  // namespace thaw::keras::hdf5

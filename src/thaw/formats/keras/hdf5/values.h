#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/formats/keras/hdf5/objects.h"

namespace thaw::keras::hdf5 {

/// The type of a dataset's or an attribute's values.
struct Datatype {
  enum class Kind { integer, floating, text, variable_text, other };
  Kind kind = Kind::other;
  uint64_t size = 0;  ///< bytes of one value in the file
  bool is_signed = false;
  bool is_big_endian = false;
};
/// Of a datatype message; Kind::other for a type that Keras does not use. Throws Error when the
/// message ends too early.
Datatype read_datatype(std::string_view message);

/// The shape of a dataset or an attribute: sizes outermost first, at most 8. Without any, it is a
/// single value.
struct Dataspace {
  std::vector<uint64_t> sizes;
  bool is_null = false;  ///< no value at all
  /// The number of values. Throws Error when there are more than 2^48.
  uint64_t count() const;
};
/// Of a dataspace message. Throws Error when it is damaged.
Dataspace read_dataspace(std::string_view message);

/// A small named value in an object's header.
struct Attribute {
  Datatype type;
  Dataspace space;
  std::string data;
};
/// nullopt when the object has no attribute of this name.
std::optional<Attribute> find_attribute(const Object& object, std::string_view name);

/// The texts of an attribute, one or a list. Throws Error when its values are of another type.
std::vector<std::string> read_strings(const Source& source, const Attribute& attribute);

}  // namespace thaw::keras::hdf5
